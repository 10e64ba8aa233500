// What to draw, made of three times: the others a buffer ago (smooth), the own
// ship as predicted (at once), and hull and scores as last heard (true).
import { shotSpeed } from "./rules.js";

const flashMs = 70;
const turn = Math.PI * 2;

export class Scene {
  ships = []; // {slot, seat, hue, name, hp, score, x, y, angle, own, flash}
  shots = []; // {x, y, angle, hue}
  rocks = []; // {x, y, r}
  own = null;
  followed = null; // the ship that the camera follows
  #hues = new Map(); // seat to hue
  #hulls = new Map(); // slot to {hp, flashUntil}
  #ownShots = new Map(); // slot to {x, y, angle, at}

  /** @param {number} seat of this player */
  constructor(seat, effects) {
    this.seat = seat;
    this.effects = effects;
  }

  bySeat(seat) {
    return this.ships.find((s) => s.seat === seat);
  }

  /**
   * @param view interpolated state @param world the state as last received
   * @param body the predicted own ship, or null @param aim where the player aims
   */
  update(now, view, world, body, aim) {
    this.#readRocks(world);
    this.ships.length = 0;
    this.own = null;
    for (const [slot, p] of view.entities("Player")) {
      const own = p.seat === this.seat;
      const latest = own ? world.entities("Player").get(slot) : undefined;
      this.#addShip(now, slot, latest ?? p, own, own ? body : null, aim);
    }
    for (const slot of this.#hulls.keys()) if (!this.ships.some((s) => s.slot === slot)) this.#hulls.delete(slot);
    this.followed = this.own;
    this.#readShots(now, view, world);
  }

  #addShip(now, slot, p, own, body, aim) {
    const ship = {
      slot, own, seat: p.seat, hue: p.hue, name: p.name, hp: p.hp, score: p.score, flash: false,
      x: body?.x ?? p.x, y: body?.y ?? p.y, angle: body ? aim : p.angle,
    };
    this.#hues.set(p.seat, p.hue);
    this.#tellHull(now, ship);
    this.ships.push(ship);
    if (own) this.own = ship;
  }

  /** Turns changes of the hull into things to see. */
  #tellHull(now, ship) {
    const was = this.#hulls.get(ship.slot);
    if (!was) return void this.#hulls.set(ship.slot, { hp: ship.hp, flashUntil: 0, x: ship.x, y: ship.y });
    if (ship.hp < was.hp) {
      was.flashUntil = now + flashMs;
      if (ship.hp === 0) this.effects.explode(was.x, was.y, ship.hue);
      else this.effects.hit(ship.x, ship.y, ship.hue);
    } else if (was.hp === 0 && ship.hp > 0) this.effects.arrive(ship.x, ship.y, ship.hue);
    if (ship.hp > 0) this.effects.trail(ship.slot, ship.x, ship.y, ship.hue, now / 1000);
    Object.assign(was, { hp: ship.hp, x: ship.x, y: ship.y });
    ship.flash = now < was.flashUntil;
  }

  #readShots(now, view, world) {
    this.shots.length = 0;
    for (const s of view.entities("Shot").values()) {
      if (s.seat !== this.seat) this.shots.push({ x: s.x, y: s.y, angle: s.angle, hue: this.#hues.get(s.seat) ?? 0 });
    }
    // Own shots fly from the present, where the own ship is.
    const mine = world.entities("Shot");
    for (const [slot, s] of mine) {
      if (s.seat === this.seat) this.#flyOwn(now, slot, s);
    }
    for (const slot of this.#ownShots.keys()) {
      if (mine.get(slot)?.seat !== this.seat) this.#ownShots.delete(slot);
    }
  }

  #flyOwn(now, slot, s) {
    let shot = this.#ownShots.get(slot);
    const flown = shot ? ((now - shot.at) / 1000) * shotSpeed : 0;
    const x = shot ? shot.x + Math.cos(shot.angle) * flown : 0;
    const y = shot ? shot.y + Math.sin(shot.angle) * flown : 0;
    if (!shot || Math.hypot(x - s.x, y - s.y) > 120) { // new, or another shot in the same slot
      shot = { x: s.x, y: s.y, angle: s.angle % turn, at: now };
      this.#ownShots.set(slot, shot);
      this.effects.muzzle(s.x, s.y, s.angle, this.own?.hue ?? 0);
      return void this.shots.push({ x: s.x, y: s.y, angle: s.angle, hue: this.own?.hue ?? 0 });
    }
    this.shots.push({ x, y, angle: shot.angle, hue: this.own?.hue ?? 0 });
  }

  #readRocks(world) {
    const rocks = world.entities("Rock");
    if (rocks.size === this.rocks.length) return; // they never move
    this.rocks = [...rocks.values()].map(({ x, y, r }) => ({ x, y, r }));
  }
}
