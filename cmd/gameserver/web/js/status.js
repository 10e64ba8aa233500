// What the page tells about the server: the connection, its end, what its operator has to say.
import { $, setText } from "./dom.js";

/** @param {"up" | "down"} state */
export function linkIs(state, text) {
  $("#status").dataset.state = state;
  setText($("#status span"), text);
  $("#link").hidden = state !== "down";
  setText($("#link span"), text);
}

/** Shows a line until it is dismissed, or another takes its place. */
export function announce(text) {
  clearInterval(counting);
  const box = $("#announce");
  setText($("span", box), text);
  box.hidden = false;
}
let counting = 0;

/** @param {number} ms until the server goes down at the latest */
export function drains(ms) {
  const end = performance.now() + ms;
  announce("The server restarts soon. Running matches end; the page finds its way back by itself.");
  const left = $("#announce b");
  const tick = () => setText(left, `${Math.max(0, Math.ceil((end - performance.now()) / 1000))} s`);
  tick();
  left.hidden = false;
  counting = setInterval(tick, 1000);
}

export function quiet() {
  clearInterval(counting);
  $("#announce").hidden = true;
  $("#announce b").hidden = true;
}
