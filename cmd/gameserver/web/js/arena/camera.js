// From world units to canvas pixels. Every screen shows about the same area of
// the world, whatever its shape, so a wide monitor sees no more than a phone.

import { size } from "./rules.js";

const unitsAcross = 830; // side of a square of the visible area

const beyond = 130; // units of void that may be seen

function within(v, half, before, after) {
  const low = half - before;
  const high = size - half + after;
  return low > high ? size / 2 : Math.min(high, Math.max(low, v));
}

export class Camera {
  x = 0;
  y = 0;
  width = 1; // CSS pixels
  height = 1;
  ratio = 1; // device pixels per CSS pixel, at most 2: sharp enough, and half the work on phones
  zoom = 1; // CSS pixels per world unit
  shake = 0;

  #changed = true; // the canvas has another size than its pixels
  #observer = new ResizeObserver(() => (this.#changed = true));

  constructor(canvas) {
    this.canvas = canvas;
    this.#observer.observe(canvas);
  }

  /** Follows the window and the screen's density; asking the canvas each time would cost a layout per frame. */
  fit() {
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (!this.#changed && ratio === this.ratio) return;
    this.#changed = false;
    const { clientWidth: w, clientHeight: h } = this.canvas;
    Object.assign(this, { width: w, height: h, ratio, zoom: Math.sqrt(w * h) / unitsAcross });
    this.canvas.width = Math.round(w * ratio);
    this.canvas.height = Math.round(h * ratio);
  }

  stop() {
    this.#observer.disconnect();
  }

  /** Looks at a place, but shows little of the void beyond the edge; thumbs may need more of it below. */
  follow(x, y) {
    const below = document.body.classList.contains("touch") ? 320 : beyond;
    this.x = within(x, this.width / 2 / this.zoom, beyond, beyond);
    this.y = within(y, this.height / 2 / this.zoom, beyond, below);
  }

  /** Makes ctx draw in world units. */
  apply(ctx) {
    const s = this.zoom * this.ratio;
    const jolt = this.shake * 7;
    const dx = jolt * Math.sin(performance.now() / 17);
    const dy = jolt * Math.cos(performance.now() / 13);
    ctx.setTransform(s, 0, 0, s, (this.width / 2 + dx) * this.ratio - this.x * s, (this.height / 2 + dy) * this.ratio - this.y * s);
  }

  sees(x, y, r) {
    return Math.abs(x - this.x) < this.width / 2 / this.zoom + r && Math.abs(y - this.y) < this.height / 2 / this.zoom + r;
  }

  /** World to CSS pixels on the canvas. */
  toScreen(x, y) {
    return { x: (x - this.x) * this.zoom + this.width / 2, y: (y - this.y) * this.zoom + this.height / 2 };
  }
}
