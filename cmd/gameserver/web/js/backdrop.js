// Behind the menu: a wire on which ticks travel. Decoration, at 30 frames a
// second, and still when the visitor prefers that.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const gap = 26; // CSS pixels between ticks

export class Backdrop {
  #timer = 0;

  constructor(canvas) {
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d");
    addEventListener("resize", () => this.#draw());
  }

  start() {
    if (this.#timer) return;
    this.#draw();
    if (!calm.matches) this.#timer = setInterval(() => document.hidden || this.#draw(), 1000 / 30);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #draw() {
    const { canvas, ctx } = this;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const w = canvas.clientWidth;
    const h = canvas.clientHeight;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, w, h);
    const now = calm.matches ? 0 : performance.now() / 1000;
    for (const [row, speed] of [[0.14, 46], [0.5, 74], [0.86, 33]]) this.#wire(w, Math.round(h * row) + 0.5, now * speed, row);
  }

  /** One wire: ticks drift to the left, and a pulse runs through them. */
  #wire(w, y, shift, seed) {
    const { ctx } = this;
    ctx.strokeStyle = "#151d29";
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(0, y);
    ctx.lineTo(w, y);
    ctx.stroke();
    const pulse = ((shift * 3.1 + seed * 900) % (w + 600)) - 300;
    const first = Math.floor(shift / gap);
    for (let i = 0; i * gap < w + gap; i++) {
      const x = i * gap - (shift % gap);
      const near = Math.exp(-(((x - pulse) / 90) ** 2));
      const tall = 5 + ((first + i) % 5 === 0 ? 5 : 0) + near * 30;
      ctx.strokeStyle = near > 0.03 ? `rgba(124, 247, 212, ${0.12 + 0.5 * near})` : "#1b2533";
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x, y - tall);
      ctx.stroke();
    }
  }
}
