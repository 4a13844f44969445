/* Local stand-in for App Bridge, served to the embedded pages as {stand-in}/cdn/app-bridge.js. The demo and the tests only.

   It is the first script in <head> (not async, not deferred); the page has <meta name="shopify-api-key">. It talks to the
   admin page around the iframe, whose origin is the one this script came from. What it does for a page, as App Bridge does:
   - signs every same-origin fetch with Authorization: Bearer <fresh ID token>, and once more with a new token when the
     answer is 401 with X-Shopify-Retry-Invalid-Session-Request;
   - a click on a same-origin link, also inside a web component, and a GET form load the next document with a fresh
     id_token (and shop, host, embedded, locale) in the query. Left alone: other origins, target=_blank, download, #anchors;
   - a page loaded with ?shopify-reload=<path of this origin> goes there with a fresh id_token (the bounce page);
   - a page opened outside the admin goes into it;
   - takes id_token, hmac, session and timestamp out of the address once the page has them;
   - <s-app-nav> links become the admin's navigation, the <s-page> heading its title;
   - form[data-save-bar] shows the save bar while it differs from what was loaded; Save submits it, Discard resets it;
     while the bar is up a link only shakes the bar;
   - window.shopify: config, ready, idToken(), toast.show(text, {isError}), toast.hide(), loading(on), saveBar.show(),
     saveBar.hide(), modal.show(id), modal.hide(id), app.extensions(), scopes.request([...]); and of our own: go(href), a
     signed document load.

   How a form is sent is not App Bridge's business: shopify_app/static/admin/admin.js does it, with this or the real one,
   and says at its top what the app may answer. From it the bridge hears two events: `ar:saved` on a form (what it holds
   now is clean) and `ar:swap` on document (the body is new). */
(() => {
  const home = new URL(document.currentScript.src).origin;
  const here = new URL(location.href);
  const outer = window.parent;

  if (outer === window) {
    const asked = new URL(here.searchParams.get('shopify-reload') ?? here, here);
    location.replace(`${home}/admin?path=${encodeURIComponent(asked.pathname + asked.search)}`);
    return;
  }

  /* talking to the frame */
  const asked = new Map();
  let number = 0;
  const tell = (kind, data = {}) => outer.postMessage({ ar: kind, ...data }, home);
  const ask = (kind, data = {}, patience = 8000) => new Promise((ok, no) => {
    const id = ++number;
    asked.set(id, ok);
    tell(kind, { id, ...data });
    setTimeout(() => { if (asked.delete(id)) no(new Error(`the admin did not answer: ${kind}`)); }, patience);
  });
  addEventListener('message', e => {
    if (e.origin !== home || e.source !== outer || !e.data?.ar) return;
    const { ar, id, value } = e.data;
    if (ar === 'answer') { asked.get(id)?.(value); asked.delete(id); }
    if (ar === 'go') go(value);
    if (ar === 'save') barForms().find(f => f.dataset.dirty)?.requestSubmit();
    if (ar === 'discard') barForms().forEach(f => f.reset());
  });

  /* documents */
  const sameOrigin = href => { try { const url = new URL(href, location.href); return url.origin === location.origin ? url : null; } catch { return null; } };
  const go = async (href, replace = false) => {
    const url = sameOrigin(href);
    if (!url) return;
    tell('loading', { value: true });
    url.searchParams.delete('shopify-reload');
    for (const [name, value] of Object.entries({ embedded: '1', shop: config.shop, host: config.host, locale: config.locale, id_token: await ask('token') }))
      if (value) url.searchParams.set(name, value);
    location[replace ? 'replace' : 'assign'](url);
  };

  const config = {
    apiKey: document.querySelector('meta[name=shopify-api-key]')?.content,
    shop: here.searchParams.get('shop'), host: here.searchParams.get('host'), locale: here.searchParams.get('locale') ?? 'en',
  };
  const ready = ask('hello').then(told => { Object.assign(config, told); return window.shopify; });

  const reload = here.searchParams.get('shopify-reload');
  if (reload !== null && sameOrigin(reload)) ready.then(() => go(reload, true));

  const PRIVATE = ['id_token', 'hmac', 'session', 'timestamp'];
  if (PRIVATE.some(name => here.searchParams.has(name))) {
    PRIVATE.forEach(name => here.searchParams.delete(name));
    history.replaceState(history.state, '', here);
  }
  const cleanPath = () => {
    const url = new URL(location.href);
    ['embedded', 'shop', 'host', 'locale', 'shopify-reload', ...PRIVATE].forEach(name => url.searchParams.delete(name));
    return url.pathname + url.search + url.hash;
  };

  document.addEventListener('click', e => {
    if (e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const link = e.composedPath().find(node => node.tagName === 'A' && node.getAttribute('href') !== null);
    if (!link || link.hasAttribute('download') || (link.target && link.target !== '_self')) return;
    const url = sameOrigin(link.href);
    if (!url || link.getAttribute('href').startsWith('#')) return;
    e.preventDefault();
    if (dirty()) tell('nudge'); else go(url.href);
  });
  document.addEventListener('submit', e => {
    const form = e.target;
    if (e.defaultPrevented || form.method !== 'get' || !sameOrigin(form.action)) return;
    e.preventDefault();
    const url = new URL(form.action || location.href);
    url.search = new URLSearchParams(new FormData(form, e.submitter));
    go(url.href);
  });

  /* fetch */
  const plain = window.fetch.bind(window);
  window.fetch = async (input, init = {}) => {
    const url = sameOrigin(input.url ?? input);
    if (!url) return plain(input, init);
    const send = async () => {
      const headers = new Headers(init.headers ?? input.headers);
      headers.set('Authorization', `Bearer ${await ask('token')}`);
      headers.set('X-Requested-With', 'XMLHttpRequest');
      return plain(input instanceof Request ? input.clone() : input, { ...init, headers });
    };
    const answer = await send();
    return answer.status === 401 && answer.headers.has('X-Shopify-Retry-Invalid-Session-Request') ? send() : answer;
  };

  window.shopify = {
    config, ready, go,
    idToken: () => ask('token'),
    loading: on => tell('loading', { value: on !== false }),
    toast: { show: (text, options = {}) => tell('toast', { value: String(text), error: !!options.isError }), hide: () => tell('toast', { value: '' }) },
    saveBar: { show: async () => tell('dirty', { value: true }), hide: async () => tell('dirty', { value: false }), leaveConfirmation: async () => {} },
    modal: { show: async id => document.getElementById(id)?.showOverlay?.(), hide: async id => document.getElementById(id)?.hideOverlay?.() },
    app: { extensions: async () => [] },
    // A person decides, and takes as long as they like.
    scopes: { request: async wanted => ({ result: await ask('scopes', { value: wanted }, 600000) }) },
  };

  /* save bar, title, navigation */
  const barForms = () => [...document.querySelectorAll('form[data-save-bar]')];
  const dirty = () => barForms().some(f => f.dataset.dirty);
  const snap = form => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
  const watch = form => {
    if (form.dataset.watched) return;
    form.dataset.watched = '1';
    // What counts as clean is taken when the first field is entered at the latest: components settle late, people type early.
    let clean = null;
    const settle = () => { clean ??= snap(form); };
    const look = () => requestAnimationFrame(() => {
      settle();
      if (snap(form) === clean) delete form.dataset.dirty; else form.dataset.dirty = '1';
      tell('dirty', { value: dirty() });
    });
    form.addEventListener('focusin', settle);
    ['input', 'change', 'reset'].forEach(kind => form.addEventListener(kind, look));
    form.addEventListener('ar:saved', () => { clean = snap(form); look(); });
    setTimeout(settle, 500);
  };
  const describe = () => {
    const links = [...document.querySelectorAll('s-app-nav > *')].filter(l => l.getAttribute('rel') !== 'home');
    tell('page', {
      title: document.querySelector('s-page')?.getAttribute('heading') ?? document.title, path: cleanPath(),
      links: links.map(l => ({ href: l.getAttribute('href'), text: l.textContent.trim() })),
    });
    barForms().forEach(watch);
    tell('dirty', { value: dirty() });
  };
  document.addEventListener('DOMContentLoaded', () => barForms().forEach(watch));
  // Components take their first values just after the load event.
  addEventListener('load', () => setTimeout(describe, 50));
  ['ar:swap', 'htmx:afterSwap', 'htmx:after:swap'].forEach(kind => document.addEventListener(kind, describe));
})();
