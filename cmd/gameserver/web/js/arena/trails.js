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
    for (const [slot, { hue, points }] of this.#bySlot) {
      while (points.length && now - points[0].at > last) points.shift();
      if (!points.length) this.#bySlot.delete(slot);
      if (points.length > 2) ribbon(ctx, points, hue, now);
    }
    ctx.globalCompositeOperation = "source-over";
  }
}

/** One filled shape, widest and brightest at the newest point. */
function ribbon(ctx, points, hue, now) {
  const head = points.at(-1);
  const fade = ctx.createLinearGradient(points[0].x, points[0].y, head.x, head.y);
  fade.addColorStop(0, "transparent");
  fade.addColorStop(1, colour(hue, 0.5, 0.11));
  ctx.fillStyle = fade;
  ctx.beginPath();
  for (let i = 0; i < points.length; i++) edge(ctx, points, i, 1, now);
  for (let i = points.length - 1; i >= 0; i--) edge(ctx, points, i, -1, now);
  ctx.fill();
}

/** The ribbon's border beside point i, on one side. */
function edge(ctx, points, i, side, now) {
  const a = points[Math.max(0, i - 1)];
  const b = points[Math.min(points.length - 1, i + 1)];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const half = 3.4 * Math.max(0, 1 - (now - points[i].at) / last) * side;
  ctx.lineTo(points[i].x - ((b.y - a.y) * half) / length, points[i].y + ((b.x - a.x) * half) / length);
}
