// Beams, sparks and rings: what tells of a shot, and then is gone.

const beamLife = 0.34; // seconds
const most = 200; // sparks
export const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Effects {
  #beams = [];
  #sparks = [];
  #rings = [];

  /** @param {{x: number, y: number, toX: number, toY: number, hit: boolean}} beam @param {string} colour */
  beam(beam, colour) {
    const { x, y, toX, toY, hit } = beam;
    this.#beams.push({ x, y, toX, toY, colour, age: 0, life: beamLife });
    this.#rings.push({ x: toX, y: toY, colour, age: 0, life: 0.25, from: 2, to: hit ? 34 : 14 });
    const back = Math.atan2(y - toY, x - toX);
    this.#burst(toX, toY, hit ? 14 : 7, colour, back, hit ? Math.PI : 1.1);
  }

  /** Somebody falls. */
  fall(x, y, colour) {
    this.#rings.push({ x, y, colour, age: 0, life: 0.7, from: 10, to: 130 }, { x, y, colour, age: 0, life: 0.4, from: 4, to: 70 });
    this.#burst(x, y, 40, colour, 0, Math.PI);
  }

  #burst(x, y, n, colour, angle, spread) {
    if (calm.matches) return;
    for (let i = 0; i < n; i++) {
      const a = angle + (Math.random() * 2 - 1) * spread;
      const v = 60 + Math.random() * 300;
      this.#sparks.push({ x, y, vx: Math.cos(a) * v, vy: Math.sin(a) * v, colour, age: 0, life: 0.2 + Math.random() * 0.35 });
    }
    this.#sparks.splice(0, this.#sparks.length - most);
  }

  /** Draws in world units, dt seconds after the last time. */
  draw(ctx, dt) {
    ctx.globalCompositeOperation = "lighter";
    ctx.lineCap = "round";
    for (const b of this.#beams) drawBeam(ctx, b, (b.age += dt));
    for (const r of this.#rings) drawRing(ctx, r, (r.age += dt));
    for (const s of this.#sparks) drawSpark(ctx, s, dt);
    ctx.globalAlpha = 1;
    ctx.globalCompositeOperation = "source-over";
    const alive = (e) => e.age < e.life;
    this.#beams = this.#beams.filter(alive);
    this.#rings = this.#rings.filter(alive);
    this.#sparks = this.#sparks.filter(alive);
  }
}

function drawBeam(ctx, b, age) {
  const left = Math.max(0, 1 - age / b.life);
  const line = (width, style, alpha) => {
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(b.x, b.y);
    ctx.lineTo(b.toX, b.toY);
    ctx.stroke();
  };
  line(16 * left + 2, b.colour, 0.16 * left);
  line(7 * left + 1, b.colour, 0.7 * left);
  line(2.6 * left + 0.4, "#fff", left ** 0.5);
}

function drawRing(ctx, r, age) {
  const t = Math.min(1, age / r.life);
  ctx.globalAlpha = 1 - t;
  ctx.strokeStyle = r.colour;
  ctx.lineWidth = 4 * (1 - t) + 0.5;
  ctx.beginPath();
  ctx.arc(r.x, r.y, r.from + (r.to - r.from) * Math.sqrt(t), 0, 7);
  ctx.stroke();
}

function drawSpark(ctx, s, dt) {
  s.age += dt;
  s.x += s.vx * dt;
  s.y += s.vy * dt;
  s.vx *= 1 - 3 * dt;
  s.vy *= 1 - 3 * dt;
  const left = Math.max(0, 1 - s.age / s.life);
  ctx.globalAlpha = left;
  ctx.strokeStyle = s.colour;
  ctx.lineWidth = 2.6 * left + 0.4;
  ctx.beginPath();
  ctx.moveTo(s.x, s.y);
  ctx.lineTo(s.x - s.vx * 0.04, s.y - s.vy * 0.04);
  ctx.stroke();
}
