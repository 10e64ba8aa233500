// The few lines that stand in for a framework.

export const $ = (selector, root = document) => root.querySelector(selector);

/** el("li", {className: "me", onclick: f, "aria-label": "x"}, "text", node) */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** Writes text only when it changed: the HUD is refreshed many times a second. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * One child for each item, in their order. The child of a key stays the same
 * node and, where it can, in its place: replacing it would take the focus away.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{ key: (item: T) => string, make: (item: T) => HTMLElement, update: (node: HTMLElement, item: T) => void }} how
 */
export function keyed(parent, items, { key, make, update }) {
  const keys = new Set(items.map(key));
  const old = new Map();
  for (const node of [...parent.children]) {
    if (keys.has(node.dataset.key)) old.set(node.dataset.key, node);
    else node.remove();
  }
  let next = parent.firstElementChild;
  for (const item of items) {
    const node = old.get(key(item)) ?? make(item);
    node.dataset.key = key(item);
    update(node, item);
    if (node === next) next = next.nextElementSibling;
    else if (node.isConnected && parent.moveBefore) parent.moveBefore(node, next);
    else parent.insertBefore(node, next);
  }
}

/** A seat's or ship's hue (0..255) as a colour of even brightness. */
export const colour = (hue, light = 0.8, chroma = 0.14) =>
  `oklch(${light} ${chroma} ${((hue * 360) / 256).toFixed(1)})`;

/** Hue of a seat: the golden angle keeps neighbours apart. games/arena paints its ships by the same rule. */
export const seatHue = (seat) => (seat * 158) & 255;

/** "1 player", "2 players" */
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
