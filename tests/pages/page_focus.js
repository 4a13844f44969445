/* Controls whose focus cannot be seen; one of each kind is looked at, since the rest differ by their words. */
() => {
  const found = [], kinds = new Set();
  const all = [];
  const walk = (node) => { for (const child of node.children) { all.push(child); if (child.shadowRoot) walk(child.shadowRoot); walk(child); } };
  walk(document);
  const picture = (node) => [node, node.nextElementSibling, node.parentElement].filter(Boolean).map((n) => {
    const s = getComputedStyle(n);
    return [s.outlineStyle === 'none' ? '' : s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor, s.borderWidth, s.textDecorationThickness].join();
  }).join('|');
  for (const node of all) {
    if (!node.matches('a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]')) continue;
    if (node.disabled || !node.checkVisibility({checkVisibilityCSS: true})) continue;
    const kind = [node.localName, node.type, node.className].join();
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    node.blur();
    const before = picture(node);
    node.focus({focusVisible: true, preventScroll: true});
    if (before === picture(node)) found.push(`focus cannot be seen: ${kind} "${(node.textContent || node.name || '').trim().slice(0, 30)}"`);
    node.blur();
  }
  return found;
}
