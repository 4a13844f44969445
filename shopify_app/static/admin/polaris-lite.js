/* Local stand-in for the Polaris web components the admin pages use.
   Loaded instead of the CDN in the demo and in tests (as {stand-in}/cdn/polaris.js), and by polaris-guard.js when the CDN
   is out of reach. Text from attributes and children is escaped by safe() wherever it becomes markup.
   Same tag, attribute, slot and form behaviour for the subset we use; plain looks on purpose. */
(() => {
  if (customElements.get('s-page')) return;
  document.documentElement.dataset.ui = 'lite';

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{box-sizing:border-box;font-family:inherit;color:inherit} :host([hidden]){display:none!important}
    *,*::before,*::after{box-sizing:border-box} h1,h2,h3,p{margin:0;font:inherit}
    .head{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;justify-content:space-between}
    .acts{display:flex;flex-wrap:wrap;gap:8px}
    button,a.btn{font:inherit;font-weight:550;font-size:13px;min-height:32px;padding:5px 12px;border-radius:8px;border:1px solid #8a8a8a;background:#fff;color:#303030;cursor:pointer;display:inline-flex;align-items:center;gap:6px;text-decoration:none}
    :is(button,a).primary{background:#303030;border-color:#303030;color:#fff}:is(button,a).tertiary{border-color:transparent;background:transparent;color:#005bd3;padding-inline:4px}
    :is(button,a).critical{color:#8e0b21}:is(button,a).critical.primary{background:#c70a24;border-color:#c70a24;color:#fff} button[disabled]{opacity:.5;cursor:default}
    button:focus-visible,a:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible{outline:2px solid #005bd3;outline-offset:2px}
    label.l{display:block;font-size:13px;margin-bottom:4px;color:#303030}.row{display:flex;gap:8px;align-items:flex-start;font-size:13px;line-height:20px}
    input:not([type=checkbox],[type=radio]),select,textarea{font:inherit;font-size:13px;width:100%;min-height:32px;padding:5px 10px;border:1px solid #8a8a8a;border-radius:8px;background:#fdfdfd;color:#303030}
    input[type=checkbox],input[type=radio]{width:16px;height:16px;margin:2px 0 0;accent-color:#303030;flex:none}
    .wrap{display:flex;align-items:center;gap:6px}.wrap span{color:#616161;font-size:13px;white-space:nowrap}.wrap span:empty{display:none}
    .d{font-size:12px;color:#616161;margin-top:4px}.e{font-size:12px;color:#8e0b21;margin-top:4px} .e:empty,.d:empty{display:none} .b{display:block}.row.m{margin-bottom:6px}
    .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    fieldset{border:0;margin:0;padding:0} legend{font-size:13px;padding:0;margin-bottom:6px} dialog{border:0;border-radius:12px;padding:16px;max-width:560px;width:calc(100% - 32px)}`);

  const safe = text => String(text ?? '').replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[c]));

  const base = class extends HTMLElement {
    static css = ''; static attrs = [];
    static get observedAttributes() { return this.attrs; }
    connectedCallback() {
      if (this.shadowRoot) return;
      const own = new CSSStyleSheet(); own.replaceSync(this.constructor.css);
      this.attachShadow({ mode: 'open', delegatesFocus: true }).adoptedStyleSheets = [sheet, own];
      this.draw(); this.ready?.();
      // the parser may still be adding children
      if (/^S-(SELECT|CHOICE-LIST)$/.test(this.tagName)) new MutationObserver(() => { this.draw(); this.ready(); }).observe(this, { childList: true, subtree: true, characterData: true });
    }
    attributeChangedCallback(name) {
      if (!this.shadowRoot) return;
      // Drawn anew, a field would lose the focus of whoever is correcting it.
      const told = name === 'error' && this.$('.e');
      if (told) told.textContent = this.a('error'); else { this.draw(); this.ready?.(); }
    }
    a(n, d = '') { return this.getAttribute(n) ?? d; }
    esc(n, d) { return safe(this.a(n, d)); }
    draw() { this.shadowRoot.innerHTML = this.view(); }
    view() { return '<slot></slot>'; }
    $(q) { return this.shadowRoot.querySelector(q); }
  };
  const def = (tag, css, view, attrs = [], extra = {}) => {
    const C = class extends base { static css = css; static attrs = attrs; };
    if (view) C.prototype.view = view;
    Object.assign(C.prototype, extra);
    customElements.define(tag, C);
  };

  /* layout */
  const gap = { none: 0, 'small-500': 2, 'small-400': 2, 'small-300': 4, 'small-200': 4, 'small-100': 8, small: 12, base: 16, large: 20, 'large-100': 24, 'large-200': 32, 'large-300': 40 };
  const px = v => gap[v] ?? 16;
  def('s-page', `:host{display:block;max-width:998px;margin-inline:auto;padding:20px 16px 48px}:host([inlinesize=small]){max-width:660px}:host([inlinesize=large]){max-width:1280px}
    h1{font-size:20px;font-weight:650;line-height:28px}.crumb{font-size:13px}.body{margin-top:16px;display:grid;gap:16px}.main{display:grid;gap:16px;align-content:start;min-width:0}
    .side{display:none}.two .side{display:grid} @media(min-width:768px){.body.two{grid-template-columns:minmax(0,2fr) minmax(0,1fr)}}`,
    function () { return `<main><div class="crumb"><slot name="breadcrumb-actions"></slot></div><div class="head"><h1>${this.esc('heading')}</h1><div class="acts"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div></div>
      <slot name="supplemental-start"></slot><div class="body"><div class="main"><slot></slot></div><div class="main side"><slot name="aside"></slot></div></div></main>`; }, ['heading'],
    { ready() { const a = this.$('slot[name=aside]'), f = () => this.$('.body').classList.toggle('two', a.assignedElements().length > 0); a.addEventListener('slotchange', f); f(); } });
  def('s-section', `:host{display:block}.card{background:#fff;border-radius:12px;padding:16px;box-shadow:0 1px 0 0 #0000000d,0 0 0 1px #00000014}:host([padding=none]) .card{padding:0}:host([padding=none]) .head{padding:16px 16px 8px}
    :host(:is(s-section s-section)) .card{box-shadow:none;padding:0} h2{font-size:14px;font-weight:650;line-height:20px}.s{font-size:13px;color:#616161}.c{display:grid;gap:12px;margin-top:8px} .head:not(:has(h2)){display:none}`,
    function () { const t = this.esc('heading'); return `<section class="card" aria-label="${this.esc('accessibilitylabel') || t}"><div class="head">${t ? `<div><h2>${t}</h2><p class="s">${this.esc('subheading')}</p></div>` : ''}<div class="acts"><slot name="supplemental"></slot><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div></div><div class="c"><slot></slot></div></section>`; }, ['heading']);
  def('s-stack', ':host{display:flex;flex-direction:column}:host([direction=inline]){flex-direction:row;flex-wrap:wrap}', null, [], { ready() { Object.assign(this.style, { gap: px(this.a('gap', 'base')) + 'px', alignItems: this.a('alignitems', this.a('direction') === 'inline' ? 'center' : ''), justifyContent: this.a('justifycontent') }); } });
  def('s-grid', ':host{display:grid} @media(max-width:600px){:host{grid-template-columns:minmax(0,1fr)!important}}', null, [], { ready() { this.style.gridTemplateColumns = this.a('gridtemplatecolumns'); this.style.gap = px(this.a('gap', 'base')) + 'px'; this.style.alignItems = this.a('alignitems'); } });
  def('s-grid-item', ':host{display:block;min-width:0}', null, [], { ready() { this.style.gridColumn = this.a('gridcolumn'); } });
  def('s-box', ':host{display:block}:host([background=subdued]){background:#f7f7f7}:host([border^=base]){border:1px solid #e3e3e3}:host([borderradius]){border-radius:8px}', null, [], { ready() { if (this.a('padding')) this.style.padding = px(this.a('padding')) + 'px'; } });
  def('s-divider', ':host{display:block;height:1px;background:#e3e3e3}');
  def('s-query-container', ':host{display:block;container-type:inline-size}');

  /* text */
  def('s-heading', ':host{display:block;font-size:13px;font-weight:650;line-height:20px}');
  def('s-paragraph', ':host{display:block;font-size:13px;line-height:20px}:host([color=subdued]){color:#616161}');
  def('s-text', ':host{display:inline;font-size:13px;line-height:20px}:host([color=subdued]){color:#616161}:host([type=strong]){font-weight:650}:host([tone=critical]){color:#8e0b21}:host([tone=success]){color:#0c5132}:host([tone=warning]){color:#5e4200}');
  def('s-badge', ':host{display:inline-flex;font-size:12px;line-height:16px;padding:2px 8px;border-radius:8px;background:#ebebeb;color:#4a4a4a;white-space:nowrap}:host([tone=success]){background:#cdfee1;color:#0c5132}:host([tone=info]){background:#e0f0ff;color:#003a5a}:host([tone=warning]){background:#ffd6a4;color:#5e4200}:host([tone=caution]){background:#fff1a8;color:#4f4700}:host([tone=critical]){background:#fee8eb;color:#8e0b21}');
  def('s-unordered-list', ':host{display:block;padding-inline-start:18px;font-size:13px;line-height:20px}');
  def('s-list-item', ':host{display:list-item;list-style:disc}');
  def('s-avatar', ':host{display:inline-grid;place-items:center;width:28px;height:28px;border-radius:8px;background:#e3e3e3;font-size:11px;font-weight:650}', function () { return `<span role="img" aria-label="${this.esc('alt')}">${this.esc('initials')}</span>`; });
  def('s-icon', ':host{display:none}'); def('s-tooltip', ':host{display:none}'); def('s-app-nav', ':host{display:none}');
  def('s-spinner', ':host{display:inline-block;width:20px;height:20px;border:2px solid #c9c9c9;border-top-color:#303030;border-radius:50%}', function () { return `<span class="vh" role="status">${this.esc('accessibilitylabel', 'Loading')}</span>`; });

  /* actions */
  def('s-link', ':host{display:inline;font-size:13px} a{color:#005bd3}', function () { return `<a href="${this.esc('href', '#')}" target="${this.esc('target')}"><slot></slot></a>`; });
  def('s-button', ':host{display:inline-block}:host([inlinesize=fill]){display:block}:host([inlinesize=fill]) :is(button,a.btn){width:100%;justify-content:center}',
    function () { const c = `${this.esc('variant')} ${this.esc('tone')}`, l = this.a('accessibilitylabel') ? `aria-label="${this.esc('accessibilitylabel')}"` : '';
      return this.a('href') ? `<a class="btn ${c}" href="${this.esc('href')}" ${l}><slot></slot></a>` : `<button type="button" class="${c}" ${l} ${this.hasAttribute('disabled') || this.hasAttribute('loading') ? 'disabled' : ''}><slot></slot></button>`; },
    ['disabled', 'loading', 'variant'], { ready() { this.$('button')?.addEventListener('click', () => {
      const f = this.closest('form'); if (f && this.a('type') === 'submit') f.requestSubmit(); if (f && this.a('type') === 'reset') f.reset();
      const t = document.getElementById(this.a('commandfor')); if (t) ({ '--hide': () => t.hideOverlay?.(), '--show': () => t.showOverlay?.() }[this.a('command', '--show')] ?? (() => t.showOverlay?.()))(); }); } });
  def('s-button-group', ':host{display:inline-flex;gap:8px;flex-wrap:wrap}', () => '<slot></slot><slot name="secondary-actions"></slot><slot name="primary-action"></slot>');
  def('s-clickable', ':host{display:block}a{color:inherit;text-decoration:none;display:block}', function () { return this.a('href') ? `<a href="${this.esc('href')}"><slot></slot></a>` : '<slot></slot>'; });
  def('s-modal', ':host{display:contents}', function () { return `<dialog><div class="head"><h2>${this.esc('heading')}</h2></div><slot></slot><div class="acts"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div></dialog>`; }, [], { showOverlay() { this.$('dialog').showModal(); }, hideOverlay() { this.$('dialog').close(); } });

  /* feedback */
  def('s-banner', ':host{display:block}.b{border-radius:12px;overflow:hidden;background:#fff;box-shadow:0 0 0 1px #00000014}.t{font-size:13px;font-weight:650;padding:8px 12px;background:#91d0ff;color:#002133}.x{padding:12px;font-size:13px}:host([tone=success]) .t{background:#92fcac;color:#013118}:host([tone=warning]) .t{background:#ffb800;color:#251a00}:host([tone=critical]) .t{background:#c70a24;color:#fff}',
    function () { return `<div class="b" role="${this.a('tone') === 'critical' ? 'alert' : 'status'}"><div class="t">${this.esc('heading')}</div><div class="x"><slot></slot><div class="acts"><slot name="secondary-actions"></slot></div></div></div>`; });
  def('s-progress', ':host{display:block}progress{width:100%;height:6px;accent-color:#303030}', function () { return `<progress max="${this.esc('max', '1')}" value="${this.esc('value', '0')}" aria-label="${this.esc('accessibilitylabel', 'Progress')}"></progress>`; });
  def('s-empty-state', ':host{display:grid;justify-items:center;text-align:center;gap:8px;padding:40px 16px;font-size:13px}h2{font-weight:650;font-size:14px}', function () { return `<slot name="graphic"></slot><h2>${this.esc('heading')}</h2><slot name="subheading"></slot><div class="acts"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div>`; });

  /* table: native roles through internals, list layout on narrow screens */
  const cell = (tag, role, css) => customElements.define(tag, class extends HTMLElement { constructor() { super(); this.attachInternals().role = role; const s = new CSSStyleSheet(); s.replaceSync(css); const r = this.attachShadow({ mode: 'open' }); r.adoptedStyleSheets = [s]; r.innerHTML = tag === 's-table' ? '<slot name="filters"></slot><div role="presentation"><slot></slot></div>' : '<slot></slot>'; } });
  cell('s-table', 'table', ':host{display:block;overflow-x:auto}div{display:table;width:100%;border-collapse:collapse;font-size:13px;line-height:20px}');
  cell('s-table-header-row', 'row', ':host{display:table-row;background:#f7f7f7}'); cell('s-table-body', 'rowgroup', ':host{display:table-row-group}');
  cell('s-table-row', 'row', ':host{display:table-row}');
  cell('s-table-header', 'columnheader', ':host{display:table-cell;padding:8px 12px;font-size:12px;font-weight:550;color:#616161;text-align:start;white-space:nowrap}:host([format=numeric]),:host([format=currency]){text-align:end}');
  cell('s-table-cell', 'cell', ':host{display:table-cell;padding:10px 12px;border-top:1px solid #ebebeb;vertical-align:top}:host([data-num]){text-align:end;font-variant-numeric:tabular-nums}');
  // One that is wider than its place can be scrolled from the keyboard.
  const scrolls = t => t.scrollWidth > t.clientWidth ? t.setAttribute('tabindex', '0') : t.removeAttribute('tabindex');
  const sizes = new ResizeObserver(seen => seen.forEach(({ target: t }) => scrolls(t.localName === 's-table' ? t : t.getRootNode().host)));
  const align = () => document.querySelectorAll('s-table').forEach(t => { sizes.observe(t); sizes.observe(t.shadowRoot.querySelector('div')); const n = [...t.querySelectorAll('s-table-header')].map(h => /numeric|currency/.test(h.getAttribute('format'))); t.querySelectorAll('s-table-row').forEach(r => [...r.children].forEach((c, i) => c.toggleAttribute('data-num', !!n[i]))); });
  document.readyState === 'loading' ? addEventListener('DOMContentLoaded', align) : align(); document.addEventListener('htmx:after:swap', align);

  /* fields: form-associated, so a plain <form> posts them */
  const field = (tag, type) => customElements.define(tag, class extends base {
    static formAssociated = true; static css = ':host{display:block;min-width:0}'; static attrs = ['error', 'disabled'];
    constructor() { super(); this.i = this.attachInternals(); }
    view() {
      const v = this._v ?? this.a('value'), at = ['placeholder', 'autocomplete', 'maxlength', 'min', 'max', 'step', 'rows'].filter(n => this.hasAttribute(n)).map(n => `${n}="${this.esc(n)}"`).join(' ') + (this.hasAttribute('disabled') ? ' disabled' : '') + (this.hasAttribute('required') ? ' required' : '') + (this.hasAttribute('readonly') ? ' readonly' : '');
      const q = safe(v);
      const control = type === 'textarea' ? `<textarea id="f" ${at}>${q}</textarea>` : type === 'select'
        ? `<select id="f" ${at}>${[...this.querySelectorAll('s-option')].map(o => `<option value="${safe(o.getAttribute('value') ?? o.textContent)}" ${(this._v ?? this.a('value')) === o.getAttribute('value') || (!this.a('value') && o.hasAttribute('selected')) ? 'selected' : ''}>${safe(o.textContent)}</option>`).join('')}</select>`
        : `<div class="wrap"><span>${this.esc('prefix') || (type === 'money' ? this.esc('currencycode') : '')}</span><input id="f" type="${type === 'money' ? 'number' : type}" value="${q}" ${at}><span>${this.esc('suffix')}</span></div>`;
      return `<label class="l ${this.a('labelaccessibilityvisibility') === 'exclusive' ? 'vh' : ''}" for="f">${this.esc('label')}</label>${control}<div class="d">${this.esc('details')}</div><div class="e" role="alert">${this.esc('error')}</div>`;
    }
    ready() { const f = this.$('#f'); const set = () => this.i.setFormValue(this._v = f.value); this.i.setFormValue(f.value);
      f.addEventListener('input', set); f.addEventListener('change', () => { set(); this.dispatchEvent(new Event('change', { bubbles: true })); });
      f.addEventListener('keydown', e => { if (e.key === 'Enter' && type !== 'textarea') this.i.form?.requestSubmit(); }); }
    formResetCallback() { this._v = undefined; this.draw(); this.ready(); }
    get name() { return this.a('name'); } get form() { return this.i.form; }
    get value() { return this.$('#f')?.value ?? this.a('value'); } set value(v) { this._v = v; if (this.shadowRoot) { this.draw(); this.ready(); } }
  });
  Object.entries({ 'text-field': 'text', 'email-field': 'email', 'url-field': 'url', 'password-field': 'password', 'search-field': 'search', 'number-field': 'number', 'money-field': 'money', 'date-field': 'date', 'text-area': 'textarea', select: 'select' }).forEach(([t, k]) => field('s-' + t, k));
  def('s-option', ':host{display:none}');

  const tick = tag => customElements.define(tag, class extends base {
    static formAssociated = true; static css = ':host{display:block}'; static attrs = ['error'];
    constructor() { super(); this.i = this.attachInternals(); }
    view() { return `<label class="row"><input type="checkbox" ${tag === 's-switch' ? 'role="switch"' : ''} ${this.hasAttribute('checked') ? 'checked' : ''} ${this.hasAttribute('disabled') ? 'disabled' : ''}><span>${this.esc('label')}<span class="d b">${this.esc('details')}</span></span></label><div class="e" role="alert">${this.esc('error')}</div>`; }
    ready() { const c = this.$('input'), set = () => this.i.setFormValue(c.checked ? this.a('value', 'on') : null); set(); c.addEventListener('change', () => { set(); this.dispatchEvent(new Event('change', { bubbles: true })); }); }
    formResetCallback() { this.draw(); this.ready(); }
    get checked() { return this.$('input').checked; }
  });
  tick('s-checkbox'); tick('s-switch');
  def('s-choice', ':host{display:none}');
  customElements.define('s-choice-list', class extends base {
    static formAssociated = true; static css = ':host{display:block}'; static attrs = ['error'];
    constructor() { super(); this.i = this.attachInternals(); }
    view() { const many = this.hasAttribute('multiple'); return `<fieldset><legend class="${this.a('labelaccessibilityvisibility') === 'exclusive' ? 'vh' : ''}">${this.esc('label')}</legend>${[...this.querySelectorAll('s-choice')].map(c => `<label class="row m"><input name="g" type="${many ? 'checkbox' : 'radio'}" value="${safe(c.getAttribute('value'))}" ${c.hasAttribute('selected') ? 'checked' : ''}><span>${safe(c.firstChild?.textContent)}<span class="d b">${safe(c.querySelector('[slot=details]')?.textContent)}</span></span></label>`).join('')}</fieldset><div class="d">${this.esc('details')}</div><div class="e" role="alert">${this.esc('error')}</div>`; }
    ready() { const set = () => { const d = new FormData(); this.shadowRoot.querySelectorAll('input:checked').forEach(x => d.append(this.a('name'), x.value)); this.i.setFormValue(d); }; set(); this.shadowRoot.addEventListener('change', () => { set(); this.dispatchEvent(new Event('change', { bubbles: true })); }); }
    formResetCallback() { this.draw(); this.ready(); }
    get values() { return [...this.shadowRoot.querySelectorAll('input:checked')].map(x => x.value); }
  });
})();
