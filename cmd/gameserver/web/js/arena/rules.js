// What the page must know of games/arena to move its own ship before the
// server answers. The server decides; a difference shows as a correction.

export const size = 2000;
export const shipRadius = 16;
export const shotSpeed = 720;
const maxSpeed = 240;
const accel = 1500;

const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));

/**
 * Moves a body by dt seconds, as move() in games/arena/ship.go does.
 * @param {{x: number, y: number, vx: number, vy: number}} body
 * @param {{mx: number, my: number}} input each -127..127
 * @param {{x: number, y: number, r: number}[]} rocks
 */
export function move(body, input, rocks, dt) {
  const wish = maxSpeed / Math.max(127, Math.hypot(input.mx, input.my));
  const dx = input.mx * wish - body.vx;
  const dy = input.my * wish - body.vy;
  const k = Math.min(1, (accel * dt) / Math.max(Math.hypot(dx, dy), 1e-6));
  body.vx += dx * k;
  body.vy += dy * k;
  body.x = clamp(body.x + body.vx * dt, shipRadius, size - shipRadius);
  body.y = clamp(body.y + body.vy * dt, shipRadius, size - shipRadius);
  for (const rock of rocks) {
    const rx = body.x - rock.x;
    const ry = body.y - rock.y;
    const far = rock.r + shipRadius;
    const d = Math.hypot(rx, ry);
    if (d < far && d > 0) {
      body.x = rock.x + (rx * far) / d;
      body.y = rock.y + (ry * far) / d;
    }
  }
}
