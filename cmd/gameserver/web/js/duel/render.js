// One picture of a scene.
import { fullHP, height, phases, radius, reload, trace, width } from "./rules.js";

const font = "600 13px Inter, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif";

export class Renderer {
  constructor(canvas, camera, effects) {
    this.ctx = canvas.getContext("2d", { alpha: false });
    this.camera = camera;
    this.effects = effects;
  }

  draw(scene, dt) {
    const { ctx, camera } = this;
    camera.fit();
    camera.flat(ctx);
    ctx.fillStyle = "#07090d";
    ctx.fillRect(0, 0, camera.width, camera.height);
    camera.apply(ctx);
    drawFloor(ctx, scene);
    drawWalls(ctx, scene.walls);
    if (scene.own?.hp > 0) drawAim(ctx, scene);
    for (const d of scene.duelists) if (d.hp > 0) drawDuelist(ctx, d, camera.zoom);
    this.effects.draw(ctx, dt);
    if (scene.round.phase === phases.ready) for (const d of scene.duelists) this.#drawName(d);
  }

  #drawName(d) {
    const { ctx, camera } = this;
    camera.flat(ctx);
    const at = camera.toScreen(d.x, d.y);
    ctx.font = font;
    ctx.textAlign = "center";
    ctx.fillStyle = d.colour;
    const text = d.own ? "you" : d.name;
    const half = ctx.measureText(text).width / 2 + 6;
    ctx.fillText(text, Math.min(camera.width - half, Math.max(half, at.x)), at.y + 34 * Math.max(camera.zoom, 0.8) + 8);
  }
}

/** The floor, with each one's side and the wire around it: a tick every 60 units. */
function drawFloor(ctx, scene) {
  ctx.fillStyle = "#0a0e15";
  ctx.fillRect(0, 0, width, height);
  ctx.fillStyle = "#1c2738";
  for (let x = 60; x < width; x += 60) for (let y = 60; y < height; y += 60) ctx.fillRect(x - 1.2, y - 1.2, 2.4, 2.4);
  for (const seat of [0, 1]) {
    const x = seat === 0 ? 110 : width - 110;
    ctx.strokeStyle = ctx.fillStyle = scene.colour(seat);
    ctx.globalAlpha = 0.05;
    ctx.fillRect(seat === 0 ? 0 : width - 220, 0, 220, height);
    ctx.globalAlpha = 0.22;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.arc(x, height / 2, 34, 0, 7);
    ctx.stroke();
    drawEdge(ctx, seat);
  }
  ctx.globalAlpha = 1;
}

/** Half of the edge, in the colour of whose side it is. */
function drawEdge(ctx, seat) {
  const [outer, middle] = seat === 0 ? [0, width / 2] : [width, width / 2];
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 3;
  ctx.beginPath();
  ctx.moveTo(middle, 0);
  ctx.lineTo(outer, 0);
  ctx.lineTo(outer, height);
  ctx.lineTo(middle, height);
  ctx.stroke();
  ctx.globalAlpha = 0.4;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let x = 60; x < width / 2; x += 60) {
    const at = seat === 0 ? x : width - x;
    ctx.moveTo(at, 0);
    ctx.lineTo(at, 8);
    ctx.moveTo(at, height - 8);
    ctx.lineTo(at, height);
  }
  ctx.stroke();
}

function drawWalls(ctx, walls) {
  for (const w of walls) {
    ctx.fillStyle = "#18222f";
    ctx.strokeStyle = "#52677f";
    ctx.lineWidth = 2.5;
    ctx.beginPath();
    ctx.roundRect(w.x, w.y, w.w, w.h, 5);
    ctx.fill();
    ctx.stroke();
    ctx.strokeStyle = "#26364a";
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.roundRect(w.x + 8, w.y + 8, w.w - 16, w.h - 16, 3);
    ctx.stroke();
  }
}

/** A line to where a shot would end now. */
function drawAim(ctx, scene) {
  const { own } = scene;
  const to = trace(own, own.angle, scene.walls, null);
  const loaded = own.reload === 0;
  ctx.strokeStyle = own.colour;
  ctx.globalAlpha = loaded ? 0.5 : 0.18;
  ctx.lineWidth = 1.6;
  ctx.setLineDash(loaded ? [] : [3, 9]);
  ctx.beginPath();
  ctx.moveTo(own.x + Math.cos(own.angle) * 36, own.y + Math.sin(own.angle) * 36);
  ctx.lineTo(to.toX, to.toY);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(to.toX, to.toY, 4, 0, 7);
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** A body that fills while it loads, a ring with a piece per heart, and a barrel. */
function drawDuelist(ctx, d, zoom) {
  const bold = Math.max(1, 0.75 / zoom); // lines stay lines on a phone
  const core = radius * (1 - 0.75 * (Math.min(reload, d.reload) / reload));
  ctx.save();
  ctx.translate(d.x, d.y);
  ctx.rotate(d.angle);
  ctx.shadowColor = d.colour;
  ctx.shadowBlur = d.reload === 0 ? 18 : 6;
  ctx.fillStyle = d.flash ? "#fff" : "#101a26";
  ctx.strokeStyle = d.own ? "#fff" : d.colour;
  ctx.lineWidth = 2 * bold;
  ctx.beginPath();
  ctx.roundRect(radius - 4, -4 * bold, 17, 8 * bold, 2);
  ctx.fill();
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(0, 0, radius, 0, 7);
  ctx.fill();
  ctx.stroke();
  ctx.shadowBlur = 0;
  ctx.fillStyle = d.flash ? "#fff" : d.colour;
  ctx.beginPath();
  ctx.arc(0, 0, Math.max(2, core - 3), 0, 7);
  ctx.fill();
  ctx.lineWidth = 3.4 * bold;
  const piece = (2 * Math.PI) / fullHP;
  for (let i = 0; i < fullHP; i++) {
    ctx.strokeStyle = i < d.hp ? d.colour : "#2a384a";
    ctx.beginPath();
    ctx.arc(0, 0, radius + 8 * bold, piece * i + 0.45 + Math.PI / fullHP - piece / 2, piece * (i + 1) - 0.1 + Math.PI / fullHP - piece / 2);
    ctx.stroke();
  }
  ctx.restore();
}
