// The floor, its edge and the rocks.
import { size } from "./rules.js";

const cell = 100;

/** Fills the canvas and draws what the camera sees of the ground; ctx is in world units. */
export function drawGround(ctx, camera) {
  const w = camera.width / 2 / camera.zoom + 20;
  const h = camera.height / 2 / camera.zoom + 20;
  ctx.fillStyle = "#05070a"; // the void beyond the edge
  ctx.fillRect(camera.x - w, camera.y - h, 2 * w, 2 * h);
  const left = Math.max(0, camera.x - w);
  const top = Math.max(0, camera.y - h);
  const right = Math.min(size, camera.x + w);
  const bottom = Math.min(size, camera.y + h);
  ctx.fillStyle = "#0a0e15";
  ctx.fillRect(left, top, right - left, bottom - top);

  drawDust(ctx, camera, left, top, right, bottom);
  ctx.lineWidth = 1 / camera.zoom;
  for (const strong of [false, true]) {
    ctx.strokeStyle = strong ? "#243144" : "#141d29";
    ctx.beginPath();
    for (let x = Math.ceil(left / cell) * cell; x <= right; x += cell) {
      if ((x % 500 === 0) === strong) ctx.moveTo(x, top), ctx.lineTo(x, bottom);
    }
    for (let y = Math.ceil(top / cell) * cell; y <= bottom; y += cell) {
      if ((y % 500 === 0) === strong) ctx.moveTo(left, y), ctx.lineTo(right, y);
    }
    ctx.stroke();
  }
  drawEdge(ctx, left, top, right, bottom);
}

/** Specks that lie deeper than the floor: they move slower, and tell speed where nothing else is in sight. */
function drawDust(ctx, camera, left, top, right, bottom) {
  const deep = 0.55;
  const grid = 130;
  const ox = camera.x * deep;
  const oy = camera.y * deep;
  ctx.fillStyle = "#2a384c";
  for (let i = Math.floor((left - ox) / grid); i * grid + ox < right; i++) {
    for (let j = Math.floor((top - oy) / grid); j * grid + oy < bottom; j++) {
      const random = Math.abs(Math.sin(i * 127.1 + j * 311.7) * 43758.5453);
      const x = i * grid + ox + (random % 1) * grid;
      const y = j * grid + oy + ((random * 7) % 1) * grid;
      const r = 0.5 + ((random * 13) % 1) * 0.8;
      if (x > left && x < right && y > top && y < bottom) ctx.fillRect(x - r, y - r, 2 * r, 2 * r);
    }
  }
}

/** The edge is the wire: a bright line with a tick every 50 units. */
function drawEdge(ctx, left, top, right, bottom) {
  ctx.strokeStyle = "#7cf7d4";
  ctx.lineWidth = 3;
  ctx.globalAlpha = 0.9;
  ctx.strokeRect(0, 0, size, size);
  ctx.lineWidth = 1.5;
  ctx.globalAlpha = 0.45;
  ctx.beginPath();
  const long = (v) => (v % 250 === 0 ? 20 : 9);
  for (let x = Math.ceil(left / 50) * 50; x <= right; x += 50) {
    if (top === 0) ctx.moveTo(x, 0), ctx.lineTo(x, long(x));
    if (bottom === size) ctx.moveTo(x, size), ctx.lineTo(x, size - long(x));
  }
  for (let y = Math.ceil(top / 50) * 50; y <= bottom; y += 50) {
    if (left === 0) ctx.moveTo(0, y), ctx.lineTo(long(y), y);
    if (right === size) ctx.moveTo(size, y), ctx.lineTo(size - long(y), y);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

export function drawRocks(ctx, camera, rocks) {
  for (const rock of rocks) {
    if (!camera.sees(rock.x, rock.y, rock.r)) continue;
    ctx.beginPath();
    ctx.arc(rock.x, rock.y, rock.r, 0, 7);
    ctx.fillStyle = "#101823";
    ctx.fill();
    ctx.strokeStyle = "#4d617c";
    ctx.lineWidth = 2.5;
    ctx.stroke();
    ctx.strokeStyle = "#233144";
    ctx.lineWidth = 1.5;
    for (let r = rock.r - 14; r > 8; r -= 14) {
      ctx.beginPath();
      ctx.arc(rock.x, rock.y, r, 0, 7);
      ctx.stroke();
    }
  }
}
