// The whole arena in a corner, ten times a second.
import { colour } from "../dom.js";
import { size } from "./rules.js";

const every = 100; // ms

export class Minimap {
  #next = 0;

  constructor(canvas) {
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d");
    this.ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = canvas.height = 140 * this.ratio;
  }

  draw(now, scene, camera) {
    if (now < this.#next) return;
    this.#next = now + every;
    const ctx = this.ctx;
    const s = this.canvas.width / size;
    ctx.setTransform(s, 0, 0, s, 0, 0);
    ctx.clearRect(0, 0, size, size);
    ctx.fillStyle = "#1d2836";
    for (const rock of scene.rocks) dot(ctx, rock.x, rock.y, rock.r);
    ctx.strokeStyle = "#3a4a60";
    ctx.lineWidth = 16;
    const w = camera.width / camera.zoom;
    const h = camera.height / camera.zoom;
    ctx.strokeRect(camera.x - w / 2, camera.y - h / 2, w, h);
    for (const ship of scene.ships) {
      if (ship.own || ship.hp === 0) continue;
      ctx.fillStyle = colour(ship.hue, 0.74, 0.13);
      dot(ctx, ship.x, ship.y, 26);
    }
    const own = scene.followed;
    if (!own || own.hp === 0) return;
    ctx.fillStyle = "#fff";
    dot(ctx, own.x, own.y, 40);
  }
}

function dot(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 7);
  ctx.fill();
}
