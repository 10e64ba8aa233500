// Sparks, rings and trails: nothing here means anything to the game.
import { colour } from "../dom.js";
import { Trails } from "./trails.js";

const most = 420;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Effects {
  #parts = [];
  #rings = [];
  trails = new Trails();

  /** @param {import("./camera.js").Camera} camera what it does not see gets no effects */
  constructor(camera) {
    this.camera = camera;
  }

  #spark(x, y, angle, speed, life, hue, width) {
    if (this.#parts.length >= most) this.#parts.shift();
    this.#parts.push({ x, y, vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed, age: 0, life, hue, width });
  }

  #burst(x, y, n, speed, life, hue, width) {
    for (let i = 0; i < n; i++) {
      this.#spark(x, y, Math.random() * 2 * Math.PI, speed * (0.3 + Math.random()), life * (0.5 + Math.random() / 2), hue, width);
    }
  }

  hit(x, y, hue) {
    if (!this.camera.sees(x, y, 40)) return;
    this.#burst(x, y, 7, 190, 0.3, hue, 2);
    this.#rings.push({ x, y, age: 0, life: 0.22, from: 12, to: 26, hue });
  }

  explode(x, y, hue) {
    if (!this.camera.sees(x, y, 120)) return;
    this.#burst(x, y, calm.matches ? 8 : 30, 300, 0.75, hue, 3);
    this.#rings.push({ x, y, age: 0, life: 0.5, from: 8, to: 92, hue }, { x, y, age: 0, life: 0.28, from: 4, to: 50, hue, core: 26 });
  }

  trail(slot, x, y, hue, now) {
    if (this.camera.sees(x, y, 150)) this.trails.add(slot, x, y, hue, now);
  }

  /** Where a ship comes back. */
  arrive(x, y, hue) {
    if (!this.camera.sees(x, y, 70)) return;
    this.#rings.push({ x, y, age: 0, life: 0.45, from: 64, to: 18, hue });
  }

  muzzle(x, y, angle, hue) {
    for (let i = -1; i <= 1; i++) this.#spark(x, y, angle + i * 0.5, 130, 0.1, hue, 2.4);
  }

  draw(ctx, dt) {
    ctx.globalCompositeOperation = "lighter";
    ctx.lineCap = "round";
    for (const p of this.#parts) {
      p.age += dt;
      p.x += p.vx * dt;
      p.y += p.vy * dt;
      p.vx *= 1 - 2.2 * dt;
      p.vy *= 1 - 2.2 * dt;
      const left = 1 - p.age / p.life;
      if (left <= 0) continue;
      ctx.globalAlpha = left;
      ctx.strokeStyle = colour(p.hue, 0.84, 0.14);
      ctx.lineWidth = p.width * left + 0.4;
      ctx.beginPath();
      ctx.moveTo(p.x, p.y);
      ctx.lineTo(p.x - p.vx * 0.055, p.y - p.vy * 0.055);
      ctx.stroke();
    }
    for (const r of this.#rings) {
      r.age += dt;
      const t = Math.min(1, r.age / r.life);
      ctx.globalAlpha = 1 - t;
      ctx.strokeStyle = colour(r.hue, 0.84, 0.14);
      ctx.lineWidth = 3 * (1 - t) + 0.5;
      ctx.beginPath();
      ctx.arc(r.x, r.y, r.from + (r.to - r.from) * Math.sqrt(t), 0, 7);
      ctx.stroke();
      if (!r.core) continue;
      ctx.globalAlpha = (1 - t) ** 2;
      ctx.fillStyle = colour(r.hue, 0.93, 0.06);
      ctx.beginPath();
      ctx.arc(r.x, r.y, r.core * (1 - t / 2), 0, 7);
      ctx.fill();
    }
    ctx.globalAlpha = 1;
    ctx.globalCompositeOperation = "source-over";
    const alive = (p) => p.age < p.life;
    this.#parts = this.#parts.filter(alive);
    this.#rings = this.#rings.filter(alive);
  }
}
