/* The stand-in's own pages: the reader's own time, and lists that renew themselves without losing the reader's place. */
const local = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' });
const settle = root => root.querySelectorAll('time[datetime]').forEach(t => { t.title = t.dateTime; t.textContent = local.format(new Date(t.dateTime)); });
settle(document);

const list = document.querySelector('#posts[data-source]');
const busy = item => item.querySelector('details[open]') || item.contains(document.activeElement);
const merge = html => {
  const fresh = new DOMParser().parseFromString(`<ol>${html}</ol>`, 'text/html').querySelectorAll('li[data-key]');
  const known = new Map([...list.querySelectorAll(':scope > li')].map(li => [li.dataset.key, li]));
  let before = list.firstElementChild, added = 0;
  const anchor = [...known.values()].find(li => li.getBoundingClientRect().bottom > 0), was = anchor?.getBoundingClientRect().top;
  fresh.forEach(li => {
    settle(li);
    const old = known.get(li.dataset.key);
    known.delete(li.dataset.key);
    if (!old) { li.classList.add('ar-in'); list.insertBefore(li, before); added += 1; return; }
    before = old.nextElementSibling;
    if (old.dataset.version !== li.dataset.version && !busy(old)) old.replaceWith(li);
  });
  known.forEach(li => li.remove());
  if (scrollY > 0 && anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - was);
  const news = document.getElementById('news');
  if (news && added) news.textContent = `${added} new, ${list.querySelectorAll('li:not(.is-none)').length} shown`;
};
if (list) setInterval(async () => {
  if (document.hidden) return;
  try { const answer = await fetch(list.dataset.source); if (answer.ok) merge(await answer.text()); } catch { /* the demo is stopping; the page stays readable */ }
}, 2000);
