// One picture of a scene. The scene is plain data (see scene.js), so what is
// drawn can be compared with what was decoded.
import { Sprites } from "./sprites.js";
import { drawGround, drawRocks } from "./ground.js";

export class Renderer {
  #sprites = new Sprites();

  constructor(canvas, camera, effects) {
    this.ctx = canvas.getContext("2d", { alpha: false });
    this.camera = camera;
    this.effects = effects;
  }

  draw(scene, now, dt) {
    const { ctx, camera } = this;
    camera.fit();
    this.#sprites.scaleTo(camera.zoom * camera.ratio);
    if (scene.followed) camera.follow(scene.followed.x, scene.followed.y);
    camera.apply(ctx);
    drawGround(ctx, camera);
    drawRocks(ctx, camera, scene.rocks);
    this.effects.trails.draw(ctx, now / 1000);
    if (scene.own?.hp > 0) this.#drawAim(scene.own);
    for (const s of scene.shots) {
      if (camera.sees(s.x, s.y, 30)) this.#sprites.shot(ctx, s.x, s.y, s.angle, s.hue);
    }
    for (const ship of scene.ships) {
      if (ship.hp > 0 && !ship.own && camera.sees(ship.x, ship.y, 60)) this.#drawShip(ship);
    }
    if (scene.own?.hp > 0) this.#drawShip(scene.own);
    this.effects.draw(ctx, dt);
    for (const ship of scene.ships) {
      if (ship.hp > 0 && !ship.own && camera.sees(ship.x, ship.y, 60)) this.#drawPlate(ship);
    }
  }

  #drawShip(ship) {
    const kind = ship.flash ? "flash" : ship.own ? "own" : "other";
    this.#sprites.ship(this.ctx, ship.x, ship.y, ship.angle, ship.hue, kind);
  }

  /** A faint line from the own ship to where it shoots. */
  #drawAim(own) {
    const { ctx } = this;
    const c = Math.cos(own.angle);
    const s = Math.sin(own.angle);
    ctx.strokeStyle = "#ffffff";
    ctx.globalAlpha = 0.13;
    ctx.lineWidth = 1.5;
    ctx.setLineDash([2, 9]);
    ctx.beginPath();
    ctx.moveTo(own.x + c * 30, own.y + s * 30);
    ctx.lineTo(own.x + c * 320, own.y + s * 320);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  /** Name and, once hurt, the hull of another ship. */
  #drawPlate(ship) {
    const { ctx } = this;
    ctx.font = "600 12.5px Inter, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif";
    ctx.textAlign = "center";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "#05070acc";
    ctx.strokeText(ship.name, ship.x, ship.y - 27);
    ctx.fillStyle = "#d4deea";
    ctx.fillText(ship.name, ship.x, ship.y - 27);
    if (ship.hp >= 100) return;
    ctx.fillStyle = "#2b3747";
    ctx.fillRect(ship.x - 19, ship.y + 24, 38, 4);
    ctx.fillStyle = ship.hp > 35 ? "#d4deea" : "#ff7a7a";
    ctx.fillRect(ship.x - 19, ship.y + 24, (38 * ship.hp) / 100, 4);
  }
}
