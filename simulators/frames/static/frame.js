/* The page around the iframe, in place of the Shopify admin: hands out ID tokens, shows the save bar, toasts, title and
   navigation. The embedded page is on another origin and is heard only from there; app-bridge.js is its other half. */
const { app, shop, host } = document.body.dataset;
const origin = new URL(app).origin;
const frame = document.querySelector('iframe');
const bar = document.querySelector('.save'), toast = document.querySelector('.toast'), progress = document.querySelector('.progress');
const user = document.getElementById('user'), links = document.getElementById('links');
const send = (ar, data = {}) => frame.contentWindow.postMessage({ ar, ...data }, origin);

const fetchToken = async () => {
  const answer = await fetch('/admin/session-token', { method: 'POST', body: new URLSearchParams({ shop, user_id: user.value }) });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return (await answer.json()).id_token;
};

let hiding;
const showToast = (text, error) => {
  clearTimeout(hiding);
  toast.textContent = text;
  toast.classList.toggle('err', !!error);
  toast.hidden = !text;
  if (!error) hiding = setTimeout(() => { toast.hidden = true; }, 5000);
};
const nudge = () => bar.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: 160, iterations: 3 });
const navLink = (link, here) => {
  const a = document.createElement('a');
  a.textContent = link.text;
  a.href = a.dataset.go = link.href;
  if (here === link.href || here.startsWith(link.href + '/')) a.setAttribute('aria-current', 'page');
  return a;
};

const grant = document.querySelector('.grant');
let decide = () => {};
/* The grant window: "granted-all" once somebody allowed it and the shop knows, else "declined-all". */
const askFor = scopes => new Promise(done => {
  decide('declined-all');
  decide = result => { grant.hidden = true; decide = () => {}; done(result); };
  grant.querySelector('b').textContent = scopes.join(', ');
  grant.hidden = false;
  grant.querySelector('[data-allow]').focus();
  grant.onclick = async e => {
    if (e.target.matches('[data-decline]')) decide('declined-all');
    if (!e.target.matches('[data-allow]')) return;
    const answer = await fetch('/admin/scopes', { method: 'POST', body: new URLSearchParams({ shop, scopes: scopes.join(',') }) });
    decide(answer.ok ? 'granted-all' : 'declined-all');
  };
});

const heard = {
  async scopes({ id, value }) { send('answer', { id, value: await askFor(value) }); },
  async token({ id }) { send('answer', { id, value: await fetchToken() }); },
  hello({ id }) { send('answer', { id, value: { shop, host, locale: 'en' } }); },
  dirty({ value }) { bar.hidden = !value; },
  nudge,
  toast({ value, error }) { showToast(value, error); },
  loading({ value }) { progress.hidden = !value; },
  page({ title, path, links: found }) {
    document.title = `${title} · Demo store`;
    progress.hidden = true;
    links.replaceChildren(...found.map(link => navLink(link, path.split(/[?#]/)[0])));
    history.replaceState(null, '', `/admin?${new URLSearchParams({ shop, path })}`);
  },
};
addEventListener('message', e => {
  if (e.source !== frame.contentWindow || e.origin !== origin) return;
  heard[e.data?.ar]?.(e.data);
});
document.addEventListener('click', e => {
  const go = e.target.closest?.('[data-go]'), act = e.target.dataset?.do;
  if (go && !e.metaKey && !e.ctrlKey) { e.preventDefault(); if (bar.hidden) send('go', { value: go.dataset.go }); else nudge(); }
  if (act) send(act);
});
user.addEventListener('change', () => location.assign(`/admin?${new URLSearchParams({ shop, user: user.value, path: new URLSearchParams(location.search).get('path') ?? '/app' })}`));
addEventListener('beforeunload', e => { if (!bar.hidden) e.preventDefault(); });
/* Only now, when what it says is heard: a quick page inside spoke before a slow one around it listened. */
frame.src = frame.dataset.src;
