// Elements and tables. Text enters the document as text nodes only, so that no name of a task or a process can become markup.

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== undefined && child !== null));
  return element;
}

export function setText(element, text) {
  // Unchanged text keeps the reader's selection, and a screen reader says nothing about it.
  if (element.textContent !== text) element.textContent = text;
}

// A long name may break between its words only. Where it has none, after sixteen characters.
const breaks = /(?<=[.:/\\_+-])(?=[A-Za-z])|(?<=[a-z0-9])(?=[A-Z])|(?=[([<])/;
const pieceOf = /[^]{1,16}/g;

export function breakable(text) {
  const parts = [];
  for (const word of text.split(/(?<=\s)/).filter(Boolean)) {
    const pieces = word.split(breaks).flatMap(piece => piece.match(pieceOf));
    pieces.forEach((piece, index) => {
      if (index) parts.push(h('wbr'));
      parts.push(/\d-\d/.test(piece) ? h('span', { class: 'whole' }, piece) : piece); // an id such as 7-1
    });
  }
  return parts;
}

export function setBreakable(element, text) {
  if (element.textContent !== text) element.replaceChildren(...breakable(text));
}

/**
 * The choice of the order of a long table, and the text that its rows contain. orders: { label: compare(a, b) or undefined for the order of the data }.
 * It is hidden while the table is short.
 */
export class ListControls {
  constructor(name, orders, changed) {
    this.orders = orders;
    this.select = h('select', { onchange: changed }, Object.keys(orders).map(label => h('option', {}, label)));
    this.input = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: changed });
    this.found = h('span', { class: 'note', 'aria-live': 'polite' });
    this.element = h('div', { class: 'controls list', role: 'group', 'aria-label': name },
      Object.keys(orders).length > 1 ? h('label', {}, 'Order ', this.select) : null, h('label', {}, 'Find ', this.input), this.found);
  }

  // Whether the rows are all there, in the order of the data.
  get isTree() {
    return this.element.hidden || (!this.orders[this.select.value] && !this.input.value.trim());
  }

  apply(items, text, least = 12) {
    this.element.hidden = items.length <= least;
    if (this.element.hidden) return items;
    const wanted = this.input.value.trim().toLowerCase();
    const found = wanted ? items.filter(item => text(item).toLowerCase().includes(wanted)) : items;
    setText(this.found, wanted ? `${found.length} of ${items.length}` : '');
    const order = this.orders[this.select.value];
    return order ? [...found].sort(order) : found;
  }
}

// Sums in words, each with a mark of its colour: [text, kind?]. Unchanged ones keep their elements.
export function facts() {
  const list = h('ul', { class: 'facts' });
  return {
    element: list,
    update(texts) {
      const key = JSON.stringify(texts);
      if (list.dataset.key === key) return;
      list.dataset.key = key;
      list.replaceChildren(...texts.map(([text, kind]) => h('li', {}, kind ? h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }) : null, text)));
    },
  };
}

export function panel(title, ...children) {
  const id = `h-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${++panels}`;
  return h('section', { class: 'panel', 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}
let panels = 0;

export function note(text) {
  return h('p', { class: 'note' }, text);
}

// A share of 1 as a bar; the number stands beside it, so the bar itself is hidden from a screen reader.
export function bar(share, kind) {
  const fill = h('span', { class: `fill ${kind ?? ''}` });
  fill.style.width = `${Math.max(0, Math.min(1, share || 0)) * 100}%`;
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
}

export function badge(text, kind) {
  return h('span', { class: `badge ${kind ?? ''}` }, text);
}

/**
 * A table whose rows stay the same elements while the data changes, so that focus, selection and open details survive an update.
 * columns: { title, value(row) -> string or Node, number?, wide?, key?(row) -> string, hint? }. `wide` columns are hidden on narrow screens.
 */
export class Table {
  constructor(caption, columns, options) {
    this.columns = columns;
    this.options = options ?? {};
    this.breaks = columns.map(column => /wrap|prose/.test(column.class ?? ''));
    this.rows = new Map();
    this.body = h('tbody');
    this.empty = h('p', { class: 'note' }, this.options.empty ?? 'None.');
    const head = h('tr', {}, columns.map(column =>
      h('th', { scope: 'col', class: this.#class(column), title: column.hint }, column.title)));
    this.table = h('table', {}, h('caption', { class: 'unseen' }, caption), h('thead', {}, head), this.body);
    this.scroll = h('div', { class: 'scroll', role: 'region', 'aria-label': `Table: ${caption}`, tabindex: '0' }, this.table);
    this.element = h('div', {}, this.scroll, this.empty);
  }

  #class(column) {
    return [column.number ? 'number' : '', column.wide ? 'wide' : '', column.class ?? ''].join(' ').trim();
  }

  update(items) {
    this.scroll.hidden = items.length === 0;
    this.empty.hidden = items.length > 0;
    const seen = new Set();
    let place = this.body.firstChild;
    for (const item of items) {
      const key = String(this.options.key(item));
      if (seen.has(key)) continue;
      seen.add(key);
      let row = this.rows.get(key);
      if (!row) this.rows.set(key, row = this.#create());
      this.#fill(row, item);
      if (place === row.element) place = place.nextSibling;
      else this.body.insertBefore(row.element, place);
      if (row.detail) {
        if (place === row.detail) place = place.nextSibling;
        else this.body.insertBefore(row.detail, place);
      }
    }
    for (const [key, row] of this.rows) {
      if (seen.has(key)) continue;
      row.element.remove();
      row.detail?.remove();
      this.rows.delete(key);
    }
  }

  #create() {
    const cells = this.columns.map((column, index) => index === 0
      ? h('th', { scope: 'row', class: this.#class(column) })
      : h('td', { class: this.#class(column) }));
    const row = { element: h('tr', {}, cells), cells, shown: [] };
    if (this.options.detail) {
      row.body = h('td', { colspan: String(this.columns.length) });
      row.detail = h('tr', { class: 'detail', hidden: true }, row.body);
      row.button = h('button', { type: 'button', class: 'open', 'aria-expanded': 'false', onclick: () => this.#toggle(row) });
      cells[0].append(row.button);
    }
    return row;
  }

  #toggle(row) {
    const open = row.button.getAttribute('aria-expanded') !== 'true';
    row.button.setAttribute('aria-expanded', String(open));
    row.detail.hidden = !open;
    if (open) row.body.replaceChildren(this.options.detail(row.item));
  }

  #fill(row, item) {
    row.item = item;
    row.element.className = this.options.rowClass?.(item) ?? '';
    if (row.detail) {
      row.detail.hidden = row.button.getAttribute('aria-expanded') !== 'true';
    }
    this.columns.forEach((column, index) => {
      const value = column.value(item);
      const target = index === 0 && row.button ? row.button : row.cells[index];
      if (value instanceof Node) {
        // A column with nodes names what they depend on: only a change replaces them.
        const key = column.key ? column.key(item) : value.textContent;
        if (row.shown[index] === key) return;
        row.shown[index] = key;
        target.replaceChildren(value);
      } else {
        row.shown[index] = undefined;
        if (this.breaks[index]) setBreakable(target, value ?? '');
        else setText(target, value ?? '');
      }
    });
  }
}
