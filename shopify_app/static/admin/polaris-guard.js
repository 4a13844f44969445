/* Last script in <head>, deferred: if the CDN gave us no components, use the local ones. */
if (!customElements.get('s-page')) {
  const s = document.createElement('script');
  s.src = document.currentScript.dataset.lite || new URL('polaris-lite.js', document.currentScript.src);
  document.head.append(s);
}
