/* What is wrong with how the page reads: a list of sentences. For page.evaluate. */
() => {
  const found = [], seen = new Set();
  const say = (what, node) => {
    const where = `${node.localName}${node.className && node.className.split ? '.' + node.className.split(' ').join('.') : ''}`;
    const line = `${what}: ${where} "${(node.textContent || node.value || '').trim().slice(0, 40)}"`;
    if (!seen.has(line)) { seen.add(line); found.push(line); }
  };
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].filter((n) => n.getBoundingClientRect().right > root.clientWidth + 1);
    say(`scrolls sideways, ${root.scrollWidth} of ${root.clientWidth}`, wide[0] || document.body);
  }
  const parent = (node) => node.assignedSlot || node.parentElement || (node.getRootNode().host || null);
  const all = [];
  const walk = (node) => {
    for (const child of node.children) { all.push(child); if (child.shadowRoot) walk(child.shadowRoot); walk(child); }
  };
  walk(document);
  const rgb = (text) => { const m = text.match(/[\d.]+/g); return m ? [+m[0], +m[1], +m[2], m[3] === undefined ? 1 : +m[3]] : null; };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = parent(at)) {
      const style = getComputedStyle(at), colour = rgb(style.backgroundColor);
      if (style.backgroundImage !== 'none' || ['IMG', 'VIDEO'].includes(at.tagName)) return null;
      if (colour && colour[3] > 0) { layers.push(colour); if (colour[3] === 1) break; }
    }
    const dark = getComputedStyle(document.documentElement).colorScheme.includes('dark');
    return layers.reverse().reduce((under, top) => over(top, under), dark ? [18, 18, 18] : [255, 255, 255]);
  };
  for (const node of all) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !node.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION', 'TITLE'].includes(node.tagName) || node.closest('[disabled],.ar-vh,.vh,svg')) continue;
    const style = getComputedStyle(node), box = node.getBoundingClientRect(), under = ground(node), colour = rgb(style.color);
    if (!under || !colour || box.width <= 1 || box.height <= 1) continue;
    const [a, b] = [light(over(colour, under)), light(under)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) say(`contrast ${ratio.toFixed(2)}`, node);
  }
  let level = 0;
  const headings = all.filter((n) => (/^H[1-6]$/.test(n.tagName) || n.getAttribute('role') === 'heading') && n.checkVisibility());
  for (const node of headings) {
    const now = +(node.getAttribute('aria-level') || node.tagName[1]);
    if (now > level + 1) say(`h${now} after ${level ? 'h' + level : 'nothing'}`, node);
    level = now;
  }
  const firsts = headings.filter((n) => n.tagName === 'H1' || n.getAttribute('aria-level') === '1').length;
  if (firsts !== 1) found.push(`${firsts} headings of the first level`);
  return found;
}
