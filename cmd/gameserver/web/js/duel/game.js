// One duel on the screen, from match:start to match:end.
import { Predictor } from "/sdk/index.js";
import { $ } from "../dom.js";
import { Camera } from "./camera.js";
import { Controls, payload } from "./controls.js";
import { calm, Effects } from "./effects.js";
import { Hud, summary } from "./hud.js";
import { Renderer } from "./render.js";
import { phases, step, trace } from "./rules.js";
import { Scene } from "./scene.js";

const grid = 0.125; // of x and y on the wire
const burst = 4; // steps that a late frame makes good

export class Game {
  static summary = summary;
  #client;
  #canvas = $("#ring");
  #effects = new Effects();
  #scene;
  #camera;
  #renderer;
  #hud;
  #controls = null; // null for who watches
  #predictor;
  #aim; // on the screen
  #want = { mx: 0, my: 0, aim: 0, fire: false, moves: false }; // in the world
  #hz;
  #stepAt = 0; // ms: when the next input is due
  #last = 0;
  #request = 0;
  #frames = 0;
  #countFrom = 0;
  #off = [];
  fps = 0;
  paused = false; // the lobby lies over the game

  /** @param client the GameClient @param start what match:start said */
  constructor(client, start) {
    this.#client = client;
    this.#hz = start.hz;
    this.#scene = new Scene(client.spectating ? -1 : start.you.seat, this.#effects, (seat) => this.#hurt(seat));
    this.#camera = new Camera(this.#canvas, $("#score"), this.#scene.near === 1);
    this.#renderer = new Renderer(this.#canvas, this.#camera, this.#effects);
    this.#hud = new Hud($("#game"), this.#scene);
    this.#predictor = new Predictor({ step: (at, input) => step(at, input, this.#scene.walls), grid: { x: grid, y: grid }, snap: 90 / grid });
    const byTouch = () => document.body.classList.add("touch");
    if (matchMedia("(pointer: coarse)").matches) byTouch();
    $("#game").classList.toggle("watched", client.spectating);
    if (!client.spectating) this.#controls = new Controls(this.#canvas, $("#stick-move"), $("#stick-aim"), byTouch);
    this.#listen("frame", ({ ack }) => this.#settle(ack));
    this.#request = requestAnimationFrame((now) => this.#draw(now));
  }

  #listen(name, fn) {
    this.#client.on(name, fn);
    this.#off.push(() => this.#client.off(name, fn));
  }

  focus() {
    this.#canvas.focus({ preventScroll: true });
  }

  /** For tests and the console: what is on the screen, and where. */
  get view() {
    const { duelists, own, foe, round, walls } = this.#scene;
    return { duelists, own, foe, round, walls, corrections: this.#predictor.corrections, toScreen: (x, y) => this.#camera.toScreen(x, y) };
  }

  #settle(ack) {
    for (const d of this.#client.world.entities("Duelist").values()) {
      if (d.seat === this.#scene.seat) this.#predictor.settle(ack, { x: d.x, y: d.y, reload: d.reload });
    }
  }

  #draw(now) {
    this.#request = requestAnimationFrame((t) => this.#draw(t));
    const dt = Math.min(0.1, (now - (this.#last || now)) / 1000);
    this.#last = now;
    this.#count(now);
    const { world } = this.#client;
    const view = this.#client.view(now);
    if (!view) return; // not there yet, or the link is down: the picture stands still
    if (this.#controls) this.#steer(now);
    this.#scene.update(now, view, world, this.#body(now), this.#want.aim);
    this.#camera.shake = Math.max(0, this.#camera.shake - dt * 5);
    this.#renderer.draw(this.#scene, dt);
    this.#hud.update(now, this.#scene, world.tick, this.#hz, this.#client.stats, this.fps);
  }

  /** Oneself, between two steps. */
  #body(now) {
    const at = this.#predictor.view(now);
    const since = 1 - (this.#stepAt - now) * this.#hz / 1000;
    return at && step(at, this.#want, this.#scene.walls, Math.min(1, Math.max(0, since)));
  }

  /** Reads the controls, and sends as many inputs as steps have passed: one each. */
  #steer(now) {
    const { own } = this.#scene;
    this.#camera.fit();
    this.#aim ??= this.#camera.upright ? -Math.PI / 2 : 0; // at the other one
    const at = own ? this.#camera.toScreen(own.x, own.y) : { x: 0, y: 0 };
    const c = this.#controls.read(now, at, this.#aim);
    this.#aim = c.aim;
    this.#want = this.#inWorld(this.paused ? { ...c, mx: 0, my: 0, fire: false } : c);
    const every = 1000 / this.#hz;
    this.#stepAt = Math.max(this.#stepAt, now - burst * every);
    for (; this.#stepAt <= now; this.#stepAt += every) this.#step();
  }

  /** The map is turned: so is what the player wants. */
  #inWorld({ mx, my, aim, fire }) {
    const [c, s] = [Math.cos(this.#camera.angle), Math.sin(this.#camera.angle)];
    return { mx: Math.round(c * mx + s * my), my: Math.round(c * my - s * mx), aim: aim - this.#camera.angle, fire, moves: this.#moves() };
  }

  /** Whether the server will let an input that leaves now move: it arrives when the count may be over. */
  #moves() {
    const { round } = this.#scene;
    const arrives = this.#client.world.tick + (this.#client.stats.rtt * this.#hz) / 1000;
    return round.phase === phases.fight || (round.phase === phases.ready && arrives > round.until);
  }

  #step() {
    const before = this.#predictor.state;
    this.#predictor.input(this.#client.sendInput(payload(this.#want)), this.#want);
    if (!before || !this.#want.moves || !this.#want.fire || before.reload > 1) return;
    const { aim } = this.#want;
    this.#effects.beam(trace(this.#predictor.state, aim, this.#scene.walls, this.#scene.foe), this.#scene.colour(this.#scene.seat));
  }

  #hurt(seat) {
    if (seat !== this.#scene.seat) return;
    this.#hud.hurt();
    this.#camera.shake = calm.matches ? 0 : 1;
  }

  #count(now) {
    this.#frames++;
    if (now - this.#countFrom < 1000) return;
    this.fps = Math.round((this.#frames * 1000) / (now - this.#countFrom));
    this.#frames = 0;
    this.#countFrom = now;
  }

  /** Lets go of all controls, for when no frames are drawn that could. */
  idle() {
    this.#controls?.release();
    this.#want = { ...this.#want, mx: 0, my: 0, fire: false };
  }

  say(name, seat, text) {
    this.#hud.say(name, seat < 0 ? "" : this.#scene.colour(seat), text);
  }

  stop() {
    cancelAnimationFrame(this.#request);
    this.#controls?.stop();
    this.#hud.stop();
    this.#camera.stop();
    this.#off.forEach((off) => off());
  }
}
