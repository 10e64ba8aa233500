// Keyboard, mouse and touch become one thing: {mx, my, aim, fire}, as seen on
// the screen.

import { Sticks } from "../arena/touch.js";

const moves = {
  KeyW: [0, -1], ArrowUp: [0, -1], KeyS: [0, 1], ArrowDown: [0, 1],
  KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyD: [1, 0], ArrowRight: [1, 0],
};
const turns = { KeyQ: -1, Comma: -1, KeyE: 1, Period: 1 };
const buffered = 110; // ms that a click or a lifted thumb waits for the gun to be loaded
const drawn = 0.3; // deflection of the aiming stick from which lifting the thumb shoots

export class Controls {
  #held = new Set();
  #off = new AbortController();
  #mouse = { x: 0, y: 0, down: false, aims: false };
  #canvas;
  #sticks;
  #fireUntil = 0;
  #drawn = false;
  #turning = 0; // seconds
  #last = 0;

  /** @param {HTMLCanvasElement} canvas @param {HTMLElement} move @param {HTMLElement} aim the sticks @param {() => void} touched */
  constructor(canvas, move, aim, touched) {
    this.#canvas = canvas;
    this.#sticks = new Sticks(canvas, move, aim, touched);
    const { signal } = this.#off;
    addEventListener("keydown", (e) => this.#key(e, true), { signal });
    addEventListener("keyup", (e) => this.#key(e, false), { signal });
    addEventListener("blur", () => this.release(), { signal });
    canvas.addEventListener("pointermove", (e) => this.#point(e), { signal });
    canvas.addEventListener("pointerdown", (e) => this.#press(e, true), { signal });
    addEventListener("pointerup", (e) => this.#press(e, false), { signal });
    canvas.addEventListener("contextmenu", (e) => e.preventDefault(), { signal });
  }

  #key(e, down) {
    if (!(e.code in moves) && !(e.code in turns) && e.code !== "Space") return;
    if (down && (e.target.matches?.("input, button, select") || e.ctrlKey || e.metaKey || e.altKey)) return;
    if (!down) this.#held.delete(e.code);
    else if (!e.repeat) {
      this.#held.add(e.code);
      if (e.code === "Space") this.#fireUntil = performance.now() + buffered;
      if (e.code in turns) this.#mouse.aims = false;
    }
    if (e.target === this.#canvas) e.preventDefault();
  }

  #point(e) {
    if (e.pointerType === "touch") return;
    const box = this.#canvas.getBoundingClientRect();
    Object.assign(this.#mouse, { x: e.clientX - box.left, y: e.clientY - box.top, aims: true });
  }

  #press(e, down) {
    if (e.pointerType === "touch" || e.button !== 0) return;
    if (down || this.#mouse.down) this.#point(e);
    this.#mouse.down = down;
    if (!down) return;
    this.#fireUntil = performance.now() + buffered;
    this.#canvas.setPointerCapture(e.pointerId); // or a release outside of the window is never heard of
    this.#canvas.focus();
  }

  /** Lets go of everything: another window or the lobby has the keys. */
  release() {
    this.#held.clear();
    this.#mouse.down = this.#drawn = false;
    this.#fireUntil = 0;
    this.#sticks.release();
  }

  /** What the player wants now; at is the own duelist on the canvas, in CSS pixels. */
  read(now, at, aim) {
    const dt = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    const { move } = this.#sticks;
    let [mx, my, turning] = [move.x, move.y, 0];
    for (const code of this.#held) {
      mx += moves[code]?.[0] ?? 0;
      my += moves[code]?.[1] ?? 0;
      turning += turns[code] ?? 0;
    }
    const length = Math.max(1, Math.hypot(mx, my));
    return {
      mx: Math.round((mx / length) * 127),
      my: Math.round((my / length) * 127),
      aim: this.#aim(at, aim, turning, dt),
      fire: this.#fires(now),
    };
  }

  #aim(at, aim, turning, dt) {
    const stick = this.#sticks.aim;
    if (stick.on) return stick.x || stick.y ? Math.atan2(stick.y, stick.x) : aim;
    if (this.#mouse.aims) return Math.atan2(this.#mouse.y - at.y, this.#mouse.x - at.x);
    this.#turning = turning ? this.#turning + dt : 0; // a tap is a nudge, to hold the key turns fast
    return aim + turning * dt * Math.min(3.4, 0.5 + 6 * this.#turning);
  }

  #fires(now) {
    const { aim } = this.#sticks;
    const far = Math.hypot(aim.x, aim.y) > drawn;
    if (this.#drawn && !aim.on) this.#fireUntil = now + buffered;
    this.#drawn = aim.on && far;
    return this.#mouse.down || this.#held.has("Space") || now < this.#fireUntil;
  }

  stop() {
    this.#off.abort();
    this.#sticks.stop();
  }
}

/** The duel's input payload: [moveX, moveY, aim, buttons]. */
export const payload = (c) => [c.mx, c.my, Math.round((c.aim / (2 * Math.PI)) * 4096) & 4095, c.fire ? 1 : 0];
