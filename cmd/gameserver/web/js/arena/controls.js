// Keyboard, mouse and touch become one thing: {mx, my, aim, fire}.

const keyMoves = {
  KeyW: [0, -1], ArrowUp: [0, -1], KeyS: [0, 1], ArrowDown: [0, 1],
  KeyA: [-1, 0], ArrowLeft: [-1, 0], KeyD: [1, 0], ArrowRight: [1, 0],
};

/** Listens on the arena's canvas; stop() ends it. */
export class Controls {
  #held = new Set();
  #off = new AbortController();
  #mouse = { x: 0, y: 0, down: false, used: false };
  #canvas;
  sticks;

  /** @param {HTMLCanvasElement} canvas @param {import("./touch.js").Sticks} sticks */
  constructor(canvas, sticks) {
    this.#canvas = canvas;
    this.sticks = sticks;
    const signal = this.#off.signal;
    addEventListener("keydown", (e) => this.#key(e, true), { signal });
    addEventListener("keyup", (e) => this.#key(e, false), { signal });
    addEventListener("blur", () => this.release(), { signal });
    canvas.addEventListener("pointermove", (e) => this.#point(e), { signal });
    canvas.addEventListener("pointerdown", (e) => this.#press(e, true), { signal });
    addEventListener("pointerup", (e) => this.#press(e, false), { signal });
    canvas.addEventListener("contextmenu", (e) => e.preventDefault(), { signal });
  }

  #key(e, down) {
    if (!(e.code in keyMoves) && e.code !== "Space") return;
    if (down && (e.target.matches?.("input, button, select") || e.ctrlKey || e.metaKey || e.altKey)) return;
    if (down) this.#held.add(e.code);
    else this.#held.delete(e.code);
    if (e.target === this.#canvas) e.preventDefault();
  }

  #point(e) {
    if (e.pointerType === "touch") return;
    const box = this.#canvas.getBoundingClientRect();
    Object.assign(this.#mouse, { x: e.clientX - box.left, y: e.clientY - box.top, used: true });
  }

  #press(e, down) {
    if (e.pointerType === "touch" || e.button !== 0) return;
    this.#point(e);
    this.#mouse.down = down;
    if (!down) return;
    this.#canvas.setPointerCapture(e.pointerId); // or a release outside of the window is never heard of
    this.#canvas.focus();
  }

  /** Lets go of everything: another window or the lobby sheet has the keys. */
  release() {
    this.#held.clear();
    this.#mouse.down = false;
    this.sticks.release();
  }

  /** What the player wants now; (sx, sy) is the own ship on the canvas, in CSS pixels. */
  read(sx, sy, lastAim) {
    const { move, aim } = this.sticks;
    let mx = move.x;
    let my = move.y;
    for (const code of this.#held) {
      mx += keyMoves[code]?.[0] ?? 0;
      my += keyMoves[code]?.[1] ?? 0;
    }
    const length = Math.max(1, Math.hypot(mx, my));
    let angle = lastAim;
    if (aim.on) angle = aim.x || aim.y ? Math.atan2(aim.y, aim.x) : lastAim;
    else if (this.#mouse.used) angle = Math.atan2(this.#mouse.y - sy, this.#mouse.x - sx);
    else if (mx || my) angle = Math.atan2(my, mx);
    return {
      mx: Math.round((mx / length) * 127),
      my: Math.round((my / length) * 127),
      aim: angle,
      fire: this.#mouse.down || this.#held.has("Space") || aim.fire,
    };
  }

  stop() {
    this.#off.abort();
    this.sticks.stop();
  }
}

/** The arena's input payload: [moveX, moveY, aim, buttons]. */
export const payload = (c) => [c.mx, c.my, Math.round((c.aim / (2 * Math.PI)) * 1024) & 1023, c.fire ? 1 : 0];
