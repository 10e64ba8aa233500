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

/** A seat's or ship's hue (0..255) as a colour of even brightness. */
export const colour = (hue, light = 0.8, chroma = 0.14) =>
  `oklch(${light} ${chroma} ${((hue * 360) / 256).toFixed(1)})`;

/** The token of this tab's seat: a page that is loaded again finds its place. */
export const seatStore = {
  get() {
    try { return sessionStorage.getItem("tickwire.seat") ?? ""; } catch { return ""; }
  },
  set(token) {
    try { sessionStorage.setItem("tickwire.seat", token); } catch { /* the seat then lasts as long as the page */ }
  },
};

/** Remembered on this device; private windows may refuse to. */
export const store = {
  get(key) {
    try { return localStorage.getItem("tickwire." + key) ?? ""; } catch { return ""; }
  },
  set(key, value) {
    try { localStorage.setItem("tickwire." + key, value); } catch { /* a convenience only */ }
  },
};
