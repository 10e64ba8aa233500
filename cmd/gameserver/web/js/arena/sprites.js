// Things with a glow are painted once per colour and size, then stamped:
// a blur for each of a hundred ships in each frame would cost the 60 fps.
import { colour } from "../dom.js";

const margin = 20; // world units around a ship for its glow

function shipPath(ctx) {
  ctx.beginPath();
  ctx.moveTo(20, 0);
  ctx.lineTo(-13, 14);
  ctx.lineTo(-7, 0);
  ctx.lineTo(-13, -14);
  ctx.closePath();
}

export class Sprites {
  #scale = 0;
  #made = new Map();

  /** Drops everything when the size of a world unit in device pixels changed. */
  scaleTo(scale) {
    if (Math.abs(scale - this.#scale) < 1e-3) return;
    this.#scale = scale;
    this.#made.clear();
  }

  #make(key, half, paint) {
    let canvas = this.#made.get(key);
    if (!canvas) {
      canvas = document.createElement("canvas");
      canvas.width = canvas.height = Math.ceil(2 * half * this.#scale);
      const ctx = canvas.getContext("2d");
      ctx.setTransform(this.#scale, 0, 0, this.#scale, canvas.width / 2, canvas.height / 2);
      ctx.lineJoin = "round";
      paint(ctx);
      this.#made.set(key, canvas);
    }
    return canvas;
  }

  /** @param {"own"|"other"|"flash"} kind */
  ship(ctx, x, y, angle, hue, kind) {
    const half = 20 + margin;
    const image = this.#make(`ship ${kind} ${hue}`, half, (c) => this.#paintShip(c, hue, kind));
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(angle);
    ctx.drawImage(image, -half, -half, 2 * half, 2 * half);
    ctx.restore();
  }

  #paintShip(ctx, hue, kind) {
    shipPath(ctx);
    ctx.shadowColor = colour(hue, 0.75, 0.18);
    ctx.shadowBlur = 13 * this.#scale;
    ctx.fillStyle = kind === "flash" ? "#fff" : colour(hue, 0.72, 0.15);
    ctx.fill();
    ctx.shadowBlur = 0;
    ctx.strokeStyle = kind === "own" ? "#fff" : colour(hue, 0.9, 0.08);
    ctx.lineWidth = kind === "own" ? 2.4 : 1.4;
    ctx.stroke();
    if (kind === "flash") return;
    ctx.beginPath(); // a keel gives the flat shape a direction
    ctx.moveTo(15, 0);
    ctx.lineTo(-6, 0);
    ctx.lineTo(-11, 11);
    ctx.closePath();
    ctx.fillStyle = "#0003";
    ctx.fill();
  }

  /** A streak that ends at (x, y). */
  shot(ctx, x, y, angle, hue) {
    const half = 24;
    const image = this.#make(`shot ${hue}`, half, (c) => {
      const fade = c.createLinearGradient(-18, 0, 4, 0);
      fade.addColorStop(0, "transparent");
      fade.addColorStop(1, colour(hue, 0.86, 0.13));
      c.strokeStyle = fade;
      c.lineCap = "round";
      c.lineWidth = 3.4;
      c.shadowColor = colour(hue, 0.75, 0.2);
      c.shadowBlur = 8 * this.#scale;
      c.beginPath();
      c.moveTo(-18, 0);
      c.lineTo(2, 0);
      c.stroke();
      c.shadowBlur = 0;
      c.fillStyle = "#fff";
      c.beginPath();
      c.arc(2, 0, 1.9, 0, 7);
      c.fill();
    });
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(angle);
    ctx.drawImage(image, -half, -half, 2 * half, 2 * half);
    ctx.restore();
  }
}
