// Two virtual sticks: the left thumb moves, the right one aims and fires.
// A stick appears under the thumb, wherever in its half that lands.

const reach = 52; // CSS pixels to full deflection
const fireAt = 0.35; // deflection of the aiming stick that fires

export class Sticks {
  #off = new AbortController();
  #area;
  #seen;
  move;
  aim;

  /** @param {HTMLElement} area @param {() => void} seen called at the first touch */
  constructor(area, moveNode, aimNode, seen) {
    this.#area = area;
    this.#seen = seen;
    this.move = { x: 0, y: 0, on: false, fire: false, id: -1, node: moveNode, left: 0, top: 0 };
    this.aim = { x: 0, y: 0, on: false, fire: false, id: -1, node: aimNode, left: 0, top: 0 };
    const signal = this.#off.signal;
    area.addEventListener("pointerdown", (e) => this.#down(e), { signal });
    addEventListener("pointermove", (e) => this.#drag(e), { signal });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (e) => this.#up(e), { signal });
    addEventListener("resize", () => this.rest(), { signal });
    this.rest();
  }

  /** Puts the sticks where thumbs look for them. */
  rest() {
    const { clientWidth: w, clientHeight: h } = this.#area;
    if (!this.move.on) this.#put(this.move, Math.max(86, w * 0.13), h - 116);
    if (!this.aim.on) this.#put(this.aim, w - Math.max(86, w * 0.13), h - 116);
  }

  #put(stick, left, top) {
    stick.left = left;
    stick.top = top;
    stick.node.style.left = `${left}px`;
    stick.node.style.top = `${top}px`;
    stick.node.classList.toggle("on", stick.on);
    stick.node.firstElementChild.style.translate = `${stick.x * reach}px ${stick.y * reach}px`;
  }

  #down(e) {
    if (e.pointerType !== "touch") return;
    this.#seen();
    const box = this.#area.getBoundingClientRect();
    const stick = e.clientX - box.left < box.width / 2 ? this.move : this.aim;
    if (stick.on) return;
    Object.assign(stick, { id: e.pointerId, on: true, x: 0, y: 0 });
    this.#put(stick, e.clientX - box.left, e.clientY - box.top);
  }

  #drag(e) {
    const stick = [this.move, this.aim].find((s) => s.on && s.id === e.pointerId);
    if (!stick) return;
    const box = this.#area.getBoundingClientRect();
    const dx = (e.clientX - box.left - stick.left) / reach;
    const dy = (e.clientY - box.top - stick.top) / reach;
    const length = Math.max(1, Math.hypot(dx, dy));
    stick.x = dx / length;
    stick.y = dy / length;
    stick.fire = stick === this.aim && Math.hypot(stick.x, stick.y) > fireAt;
    this.#put(stick, stick.left, stick.top);
  }

  #up(e) {
    for (const stick of [this.move, this.aim]) {
      if (stick.on && stick.id === e.pointerId) this.#let(stick);
    }
    this.rest();
  }

  #let(stick) {
    Object.assign(stick, { x: 0, y: 0, on: false, fire: false, id: -1 });
  }

  release() {
    this.#let(this.move);
    this.#let(this.aim);
    this.rest();
  }

  stop() {
    this.#off.abort();
  }
}
