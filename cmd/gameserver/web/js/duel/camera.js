// The whole map, as large as the screen allows, turned so that one's own side is
// at the left, or at the bottom of an upright phone.

import { height, width } from "./rules.js";

const margin = 14; // CSS pixels around the map
const strip = 30; // below it, on wide screens

export class Camera {
  width = 1; // CSS pixels
  height = 1;
  ratio = 1; // device pixels per CSS pixel, at most 2
  zoom = 1; // CSS pixels per world unit
  angle = 0; // of the world on the screen
  upright = false;
  shake = 0;
  #x = 0; // of the map's middle, CSS pixels
  #y = 0;
  #flip;
  #changed = true;
  #observer = new ResizeObserver(() => (this.#changed = true));

  /** @param {HTMLCanvasElement} canvas @param {HTMLElement} above what must not cover the map @param {boolean} flip one's own side is the right one */
  constructor(canvas, above, flip) {
    this.canvas = canvas;
    this.above = above;
    this.#flip = flip;
    this.#observer.observe(canvas);
    this.#observer.observe(above);
  }

  /** Follows the window and the screen's density. */
  fit() {
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (!this.#changed && ratio === this.ratio) return;
    this.#changed = false;
    const { clientWidth: w, clientHeight: h } = this.canvas;
    const top = this.above.offsetTop + this.above.offsetHeight;
    const upright = (this.upright = h > w);
    const below = upright ? margin : Math.min(strip, h / 24);
    const [across, down] = upright ? [height, width] : [width, height];
    Object.assign(this, { width: w, height: h, ratio });
    this.zoom = Math.min((w - 2 * margin) / across, (h - top - margin - below) / down);
    this.angle = (upright ? -Math.PI / 2 : 0) + (this.#flip ? Math.PI : 0);
    this.#x = w / 2;
    // Upright, what is left over goes to the thumbs below.
    this.#y = upright ? top + margin + (down * this.zoom) / 2 : top + margin + (h - top - margin - below) / 2;
    this.canvas.width = Math.round(w * ratio);
    this.canvas.height = Math.round(h * ratio);
  }

  stop() {
    this.#observer.disconnect();
  }

  /** Makes ctx draw in world units. */
  apply(ctx) {
    const s = this.zoom * this.ratio;
    const [c, d] = [Math.cos(this.angle) * s, Math.sin(this.angle) * s];
    const jolt = this.shake * 6;
    const x = (this.#x + jolt * Math.sin(performance.now() / 17)) * this.ratio;
    const y = (this.#y + jolt * Math.cos(performance.now() / 13)) * this.ratio;
    ctx.setTransform(c, d, -d, c, x - (c * width) / 2 + (d * height) / 2, y - (d * width) / 2 - (c * height) / 2);
  }

  /** Makes ctx draw in CSS pixels. */
  flat(ctx) {
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }

  /** World to CSS pixels on the canvas. */
  toScreen(x, y) {
    const [c, s] = [Math.cos(this.angle) * this.zoom, Math.sin(this.angle) * this.zoom];
    const [dx, dy] = [x - width / 2, y - height / 2];
    return { x: this.#x + c * dx - s * dy, y: this.#y + s * dx + c * dy };
  }
}
