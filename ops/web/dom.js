// Elements without a framework. Texts of players are always text, never HTML.

export const $ = (selector) => document.querySelector(selector);

export function el(tag, props = {}, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children);
  return e;
}

/** Sets a text only when it changes, so that a selection survives. */
export function text(e, value) {
  if (e.textContent !== value) e.textContent = value;
}

/**
 * Makes the children of a parent show a list: one element per item, kept as
 * long as its key is there, so that focus and canvases stay.
 */
export function keyed(parent, items, keyOf, make, update) {
  const old = parent.keyed ?? new Map(), now = new Map();
  let at = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    const e = old.get(key) ?? make(item);
    now.set(key, e);
    update(e, item);
    if (e === at) at = at.nextSibling;
    else parent.insertBefore(e, at);
  }
  for (const [key, e] of old) if (!now.has(key)) e.remove();
  parent.keyed = now;
}

/** A row whose cells are set by index: text, or an element that stays. */
export function row(classes) {
  const tr = el("tr");
  for (const className of classes) tr.append(el("td", { className }));
  return tr;
}

export function cells(tr, ...values) {
  values.forEach((value, i) => {
    if (value === undefined) return;
    text(tr.cells[i], String(value));
  });
}

/** Shows how much of a list is there, and whether it is empty. */
export function tally(table, total, shown) {
  text($(`#${table.id}-total`), total > shown ? `${shown} of ${total}` : total ? String(total) : "");
  table.closest("section").querySelector(".empty").hidden = total > 0;
}
