// The light that a moving ship leaves behind: a ribbon that thins and fades.
import { colour } from "../dom.js";

const last = 0.5; // seconds
const apart = 5; // units between two points
const jump = 120; // units: a ship that came back elsewhere draws no line across the map
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Trails {
  #bySlot = new Map(); // slot to {hue, points: [{x, y, at}]}, oldest first

  /** The ship in slot is at (x, y), at now seconds. */
  add(slot, x, y, hue, now) {
    if (calm.matches) return;
    let trail = this.#bySlot.get(slot);
    if (!trail) this.#bySlot.set(slot, (trail = { hue, points: [] }));
    trail.hue = hue;
    const end = trail.points.at(-1);
    const way = end ? Math.hypot(x - end.x, y - end.y) : Infinity;
    if (end && way > jump) trail.points.length = 0;
    if (way > apart) trail.points.push({ x, y, at: now });
  }

  draw(ctx, now) {
    ctx.globalCompositeOperation = "lighter";
    ctx.lineCap = "butt";
    for (const [slot, { hue, points }] of this.#bySlot) {
      while (points.length && now - points[0].at > last) points.shift();
      if (!points.length) this.#bySlot.delete(slot);
      ctx.strokeStyle = colour(hue, 0.7, 0.15);
      for (let i = 1; i < points.length; i++) {
        const left = 1 - (now - points[i].at) / last;
        ctx.globalAlpha = 0.55 * left * left;
        ctx.lineWidth = 1 + 6 * left;
        ctx.beginPath();
        ctx.moveTo(points[i - 1].x, points[i - 1].y);
        ctx.lineTo(points[i].x, points[i].y);
        ctx.stroke();
      }
    }
    ctx.globalAlpha = 1;
    ctx.globalCompositeOperation = "source-over";
  }
}
