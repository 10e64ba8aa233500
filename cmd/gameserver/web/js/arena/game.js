// One match on the screen, from match:start to match:end.
import { $, colour } from "../dom.js";
import { Camera } from "./camera.js";
import { Controls, payload } from "./controls.js";
import { Effects } from "./effects.js";
import { Hud } from "./hud.js";
import { Minimap } from "./minimap.js";
import { Predictor } from "./predict.js";
import { Renderer } from "./render.js";
import { Scene } from "./scene.js";
import { Spectator } from "./spectator.js";
import { Sticks } from "./touch.js";

export class Game {
  #client;
  #canvas = $("#arena");
  #camera = new Camera(this.#canvas);
  #effects = new Effects(this.#camera);
  #renderer = new Renderer(this.#canvas, this.#camera, this.#effects);
  #minimap = new Minimap($("#minimap"));
  #hud = new Hud($("#game"));
  #controls; // null for who watches
  #spectator = null;
  #scene;
  #predictor;
  #want = { mx: 0, my: 0, aim: 0, fire: false };
  #stepMs;
  #sendAt = 0;
  #last = 0;
  #request = 0;
  #frames = 0;
  #countFrom = 0;
  #downAt = 0;
  #killer = null;
  #off = [];
  fps = 0;
  paused = false; // the lobby sheet is open: the ship waits

  /** @param client the GameClient @param start what match:start said @param {{takeSeat: () => void}} deps for who watches */
  constructor(client, start, { takeSeat }) {
    this.#client = client;
    this.#stepMs = 1000 / start.hz;
    this.#predictor = new Predictor(1 / start.hz);
    this.#scene = new Scene(start.you.seat, this.#effects);
    const byTouch = () => document.body.classList.add("touch");
    if (matchMedia("(pointer: coarse)").matches) byTouch();
    if (client.spectating) this.#spectator = new Spectator(this.#canvas, $("#watching"), takeSeat);
    else this.#controls = new Controls(this.#canvas, new Sticks(this.#canvas, $("#stick-move"), $("#stick-aim"), byTouch));
    const perFrame = Math.round(start.hz / (start.sendHz || start.hz));
    this.#listen("frame", (f) => this.#frame(f, perFrame));
    this.#listen("event", (name, what) => name === "kill" && this.#kill(what));
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
    return { ships: this.#scene.ships, shots: this.#scene.shots, own: this.#scene.own, toScreen: (x, y) => this.#camera.toScreen(x, y), colour };
  }

  #frame(f, perFrame) {
    const world = this.#client.world;
    this.#hud.frame(performance.now(), world.tick, perFrame);
    const me = this.#me();
    if (!me || me.hp === 0) this.#predictor.body = null;
    else if (!this.#predictor.body) this.#predictor.place(me.x, me.y);
    else this.#predictor.settle(f?.ack ?? 0, me.x, me.y);
    this.#predictor.rocks = this.#scene.rocks;
  }

  #me() {
    for (const p of this.#client.world.entities("Player").values()) if (p.seat === this.#scene.seat) return p;
    return null;
  }

  #draw(now) {
    this.#request = requestAnimationFrame((t) => this.#draw(t));
    const dt = Math.min(0.1, (now - (this.#last || now)) / 1000);
    this.#last = now;
    this.#count(now);
    const view = this.#client.view(now);
    if (!view) return; // not there yet, or the link is down: the picture stands still
    if (this.#controls) this.#steer(now);
    const body = this.#predictor.draw(dt, this.#want);
    this.#scene.update(now, view, this.#client.world, body, this.#want.aim);
    this.#spectator?.follow(this.#scene);
    this.#camera.shake = Math.max(0, this.#camera.shake - dt * 5);
    this.#renderer.draw(this.#scene, now, dt);
    this.#minimap.draw(now, this.#scene, this.#camera);
    this.#hud.update(now, this.#scene, this.#client.stats, this.fps);
    this.#tellDown(now);
  }

  #count(now) {
    this.#frames++;
    if (now - this.#countFrom < 1000) return;
    this.fps = Math.round((this.#frames * 1000) / (now - this.#countFrom));
    this.#frames = 0;
    this.#countFrom = now;
  }

  /** Reads the controls and sends one input per server step. */
  #steer(now) {
    const own = this.#scene.own;
    const at = own ? this.#camera.toScreen(own.x, own.y) : { x: 0, y: 0 };
    this.#want = this.#controls.read(at.x, at.y, this.#want.aim);
    if (this.paused) Object.assign(this.#want, { mx: 0, my: 0, fire: false });
    if (now < this.#sendAt) return;
    this.#sendAt = Math.max(this.#sendAt + this.#stepMs, now - this.#stepMs);
    this.#predictor.step(this.#client.sendInput(payload(this.#want)), this.#want);
  }

  /** Lets go of the ship, for when no frames are drawn that could. */
  idle() {
    if (!this.#controls) return;
    this.#controls.release();
    this.#want = { ...this.#want, mx: 0, my: 0, fire: false };
    this.#predictor.step(this.#client.sendInput(payload(this.#want)), this.#want);
  }

  #kill({ by, seat }) {
    const { seat: me } = this.#scene;
    this.#hud.kill(this.#scene.bySeat(by), this.#scene.bySeat(seat), by === me || seat === me);
    if (seat !== me) return;
    this.#killer = this.#scene.bySeat(by);
    this.#camera.shake = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1;
  }

  #tellDown(now) {
    const { own } = this.#scene;
    if (own && own.hp === 0) {
      this.#downAt ||= now;
      const left = Math.max(1, Math.ceil(2 - (now - this.#downAt) / 1000));
      if (this.#shownLeft !== left) this.#hud.down(`Taken out by ${this.#killer?.name ?? "someone"}`, `Back in ${left}`);
      this.#shownLeft = left;
    } else if (this.#downAt) {
      this.#downAt = this.#shownLeft = 0;
      this.#killer = null;
      this.#hud.down(null);
    }
  }
  #shownLeft = 0;

  say(name, seat, text) {
    this.#hud.say(name, this.#scene.bySeat(seat)?.hue ?? 0, text);
  }

  stop() {
    cancelAnimationFrame(this.#request);
    this.#controls?.stop();
    this.#spectator?.stop();
    this.#hud.stop();
    this.#hud.down(null);
    this.#camera.stop();
    this.#off.forEach((off) => off());
  }
}
