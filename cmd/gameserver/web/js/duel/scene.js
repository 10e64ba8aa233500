// What to draw, made of three times: the other one a buffer ago (smooth), oneself
// as predicted (at once), and hits and rounds as last heard (true).

import { phases } from "./rules.js";

export const colours = ["#7cf7d4", "#ff9f5a"]; // of the near and of the far side
const flashMs = 90;

export class Scene {
  duelists = []; // {seat, name, x, y, angle, reload, hp, wins, own, flash, colour}
  own = null; // null for who watches
  foe = null;
  round = { number: 0, phase: phases.ready, winner: 0, until: 0 };
  walls = [];
  #beams = new WeakSet(); // that were drawn
  #hearts = new Map(); // seat to {hp, flashUntil}

  /** @param {number} seat of this player, −1: watches @param {import("./effects.js").Effects} effects @param {(seat: number) => void} hurt */
  constructor(seat, effects, hurt) {
    this.seat = seat;
    this.near = Math.max(0, seat); // the side that is drawn near
    this.effects = effects;
    this.hurt = hurt;
  }

  colour(seat) {
    return colours[seat === this.near ? 0 : 1];
  }

  bySeat(seat) {
    return this.duelists.find((d) => d.seat === seat);
  }

  /** @param view interpolated state @param world as last received @param body {x, y, reload} as predicted, or null */
  update(now, view, world, body, aim) {
    if (!this.walls.length) this.walls = [...world.entities("Wall").values()].map((w) => ({ ...w }));
    Object.assign(this.round, world.entities("Round").values().next().value);
    this.duelists.length = 0;
    this.own = this.foe = null;
    for (const [slot, d] of view.entities("Duelist")) this.#add(now, d, world.entities("Duelist").get(slot) ?? d, body, aim);
    this.#shots(view);
  }

  #add(now, d, latest, body, aim) {
    const own = d.seat === this.seat;
    const at = own && body ? { ...body, angle: aim } : d;
    const shown = {
      seat: d.seat, name: d.name, own, colour: this.colour(d.seat), hp: latest.hp, wins: latest.wins,
      x: at.x, y: at.y, angle: at.angle, reload: at.reload, flash: false,
    };
    const was = this.#hearts.get(d.seat) ?? { hp: latest.hp, flashUntil: 0 };
    if (shown.hp < was.hp) {
      was.flashUntil = now + flashMs;
      if (shown.hp === 0) this.effects.fall(shown.x, shown.y, shown.colour);
      this.hurt(d.seat);
    }
    was.hp = shown.hp;
    this.#hearts.set(d.seat, was);
    shown.flash = now < was.flashUntil;
    this.duelists.push(shown);
    if (own) this.own = shown;
    else this.foe = shown;
  }

  /** One's own shots were drawn when they were fired. */
  #shots(view) {
    for (const beam of view.entities("Beam").values()) {
      if (beam.seat === this.seat || this.#beams.has(beam)) continue;
      this.#beams.add(beam);
      this.effects.beam(beam, this.colour(beam.seat));
    }
  }
}
