/* The embedded admin's own script. Shopify's App Bridge signs fetch, not the browser's form posts, so whatever changes
   anything goes through fetch. Works with App Bridge and with the local stand-in of it.

   Sent: <form method="post" data-save-bar> (fields; App Bridge shows its save bar), <form method="post" data-fetch> (one
   button), and a click on [data-post="/app/..."] (a page's own action, which cannot stand in a form), or on [data-scopes].
   Nothing asks window.confirm: browsers suppress it in a frame of another origin.

   What the app answers, and what happens then:
     {"redirect": "/app/cases/7"}   goes there, on this origin only; "" loads this page again
     {"toast": "Saved."}            says it; together with redirect: both
     {"open": "/desk/in/..."}       opens it in a new tab; this origin only. Held back by the browser: a link is shown
     {"error": {"message", "fields": {name: sentence}}}   each sentence under its field, else as a toast; what was typed stays
     303 to a page of this origin   goes there
     HTML                           takes the place of this page's body; `ar:swap` on document
   [data-refresh="4"] with an id: fetched anew after so many seconds, until it comes without the mark.
   It stands in the head and is not deferred: it listens before there is a button, so no press is lost or sent unsigned.
   While it is under way its buttons are disabled. After an answer below 400 the form counts as saved (`ar:saved`). */
(() => {
  if (window.arAdmin) return;
  window.arAdmin = true;

  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || !form.matches('[data-save-bar],[data-fetch]')) return;
    event.preventDefault();
    if (form.dataset.sending || !bridge()) return;
    const data = new FormData(form, event.submitter);
    const action = form.getAttribute('action') || location.pathname + location.search;
    send(action, form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data), form);
  });

  document.addEventListener('click', event => {
    const pressed = event.target.closest?.('[data-post]');
    if (!pressed || pressed.dataset.sending || !bridge()) return;
    event.preventDefault();
    send(pressed.dataset.post, new URLSearchParams(), pressed);
  });

  /* [data-scopes="read_users"]: App Bridge asks the merchant for these rights; given, [data-then] is posted. */
  document.addEventListener('click', async event => {
    const pressed = event.target.closest?.('[data-scopes]');
    if (!pressed || pressed.dataset.sending || !bridge()) return;
    event.preventDefault();
    const release = hold(pressed);
    let result;
    try {
      ({ result } = await window.shopify.scopes.request(pressed.dataset.scopes.split(',')));
      if (result !== 'granted-all') toast('Nothing was changed.');
    } catch {
      toast("Shopify did not ask. Use the link to Shopify's own page.", true);
    } finally {
      release();
    }
    if (result === 'granted-all') send(pressed.dataset.then, new URLSearchParams(), pressed);
  });

  // A field that is being corrected has no sentence under it any more.
  document.addEventListener('input', event => event.target.removeAttribute?.('error'));

  const send = async (action, body, from) => {
    const release = hold(from);
    try {
      const headers = { Accept: 'application/json, text/html', 'X-Requested-With': 'XMLHttpRequest' };
      await follow(await fetch(action, { method: 'POST', body, headers }), from);
    } catch {
      toast('The app did not answer. Nothing was saved; please try again.', true);
    } finally {
      release();
    }
  };

  const follow = async (answer, from) => {
    if (answer.ok) from.dispatchEvent(new CustomEvent('ar:saved'));
    if (answer.redirected) return go(answer.url);
    const kind = answer.headers.get('Content-Type') ?? '';
    if (kind.includes('json')) return obey(await answer.json(), from);
    if (kind.includes('html') && answer.status < 500) return swap(await answer.text());
    if (!answer.ok) toast(`The app could not do that (${answer.status}).`, true);
  };

  const obey = (told, from) => {
    if (told.error && !mark(from, told.error.fields ?? {})) toast(told.error.message ?? String(told.error), true);
    if (told.toast) toast(told.toast);
    if (told.open) open(told.open);
    // Without its anchor: going to one of this same page would only scroll, and show what was.
    if (told.redirect !== undefined) go(told.redirect || location.href.split('#')[0]);
  };

  /* Puts each sentence under its field; false when one has no field, so that it is said another way. */
  const mark = (from, fields) => {
    from.querySelectorAll('[error]').forEach(field => field.removeAttribute('error'));
    const found = Object.entries(fields).map(([name, sentence]) => {
      const field = from.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
      field?.setAttribute('error', sentence);
      return field;
    });
    found.find(Boolean)?.scrollIntoView({ block: 'center' });
    return found.length > 0 && found.every(Boolean);
  };

  const ours = href => {
    try { const url = new URL(href, location.href); return url.origin === location.origin ? url : null; } catch { return null; }
  };

  const go = href => {
    const url = ours(href);
    if (!url) return;
    if (window.shopify?.go) window.shopify.go(url.href); else location.assign(url);
  };

  const open = href => {
    const url = ours(href);
    if (!url || window.open(url, '_blank')) return;
    const banner = document.createElement('s-banner'), link = document.createElement('s-link');
    banner.setAttribute('heading', 'Your browser held the new tab back.');
    link.setAttribute('href', url.href);
    link.setAttribute('target', '_blank');
    link.textContent = 'Open it here';
    banner.append(link);
    document.querySelector('s-page')?.prepend(banner);
  };

  const swap = html => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    document.title = page.title || document.title;
    document.body.replaceChildren(...page.body.childNodes);
    document.dispatchEvent(new CustomEvent('ar:swap'));
    document.querySelector('[error],[aria-invalid=true]')?.scrollIntoView({ block: 'center' });
  };

  const hold = from => {
    const buttons = from.matches('form') ? [...from.querySelectorAll('button:not([disabled]),s-button:not([disabled])')] : [from];
    const set = on => {
      if (on) from.dataset.sending = '1'; else delete from.dataset.sending;
      buttons.forEach(button => button.toggleAttribute('disabled', on));
      window.shopify?.loading?.(on);
    };
    set(true);
    return () => set(false);
  };

  /* How far something is, for a person who watches. Where this does not run, loading the page says it as well. */
  const renew = part => part && setTimeout(async () => {
    let fresh = part;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      fresh = answer.ok ? page.getElementById(part.id) : part;
    } catch { /* away for a moment: tried again */ }
    if (!part.isConnected || !fresh) return;
    if (fresh !== part) part.replaceWith(fresh);
    renew(fresh.matches('[data-refresh]') && fresh);
  }, 1000 * part.dataset.refresh);
  const watch = () => document.querySelectorAll('[data-refresh][id]').forEach(renew);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', watch); else watch();

  const toast = (text, isError = false) => window.shopify?.toast?.show(text, { isError });

  /* Without App Bridge nothing can be signed: say so once, and save nothing. */
  const bridge = () => {
    if (window.shopify?.idToken) return true;
    const page = document.querySelector('s-page');
    if (page && !document.getElementById('no-bridge')) {
      const banner = document.createElement('s-banner');
      banner.id = 'no-bridge';
      banner.setAttribute('tone', 'warning');
      banner.setAttribute('heading', "Shopify's own tools did not load. Reload this page.");
      page.querySelectorAll(':scope > s-banner').forEach(other => other.remove());
      page.prepend(banner);
    }
    return false;
  };
  const look = () => {
    if (bridge()) return;
    document.querySelectorAll('s-button[type=submit],[data-post],[data-scopes]').forEach(button => button.setAttribute('disabled', ''));
  };
  if (document.readyState === 'complete') look(); else addEventListener('load', look);
})();
