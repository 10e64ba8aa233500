// What the page must know of games/duel to move and shoot before the server
// answers. The server decides; a difference shows as a correction.

export const width = 1200;
export const height = 720;
export const radius = 18;
export const reload = 40; // steps
export const fullHP = 3;
export const phases = { ready: 0, fight: 1, over: 2 };
const speed = 300 / 60; // units per step

const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));

/**
 * One input, as Input() in games/duel/duel.go takes it.
 * @param {{x: number, y: number, reload: number}} at
 * @param {{mx: number, my: number, aim: number, fire: boolean, moves: boolean}} input moves: a round is fought
 * @param {{x: number, y: number, w: number, h: number}[]} walls
 * @param {number} [share] of the step, for what is drawn between two
 */
export function step(at, input, walls, share = 1) {
  const next = { x: at.x, y: at.y, reload: Math.max(0, at.reload - share) };
  if (!input.moves) return next;
  const by = (speed * share) / Math.max(127, Math.hypot(input.mx, input.my));
  next.x = clamp(at.x + input.mx * by, radius, width - radius);
  next.y = clamp(at.y + input.my * by, radius, height - radius);
  for (const w of walls) pushOut(next, w);
  if (input.fire && next.reload === 0 && share === 1) next.reload = reload;
  return next;
}

function pushOut(at, w) {
  const x = clamp(at.x, w.x, w.x + w.w);
  const y = clamp(at.y, w.y, w.y + w.h);
  const far = Math.hypot(at.x - x, at.y - y);
  if (far >= radius || far === 0) return;
  at.x = x + ((at.x - x) * radius) / far;
  at.y = y + ((at.y - y) * radius) / far;
}

/**
 * Where a shot ends, and whether at the foe.
 * @param {{x: number, y: number}} from
 * @param {number} angle
 * @param {{x: number, y: number, hp: number} | undefined} foe
 */
export function trace(from, angle, walls, foe) {
  const dx = Math.cos(angle);
  const dy = Math.sin(angle);
  let [, far] = slab(from, dx, dy, 0, 0, width, height);
  for (const w of walls) {
    const [enter, leave] = slab(from, dx, dy, w.x, w.y, w.x + w.w, w.y + w.h);
    if (enter <= leave && enter > 0) far = Math.min(far, enter);
  }
  let hit = false;
  if (foe?.hp > 0) {
    const [x, y] = [foe.x - from.x, foe.y - from.y];
    const along = x * dx + y * dy;
    hit = along > 0 && along < far && Math.abs(x * dy - y * dx) <= radius;
    if (hit) far = along;
  }
  return { x: from.x, y: from.y, toX: from.x + dx * far, toY: from.y + dy * far, hit };
}

/** Where a line enters a box, and where it leaves it. */
function slab(from, dx, dy, x0, y0, x1, y1) {
  const ix = dx ? 1 / dx : 1e9;
  const iy = dy ? 1 / dy : 1e9;
  const [ax, bx, ay, by] = [(x0 - from.x) * ix, (x1 - from.x) * ix, (y0 - from.y) * iy, (y1 - from.y) * iy];
  return [Math.max(Math.min(ax, bx), Math.min(ay, by)), Math.min(Math.max(ax, bx), Math.max(ay, by))];
}
