// A recording that plays. To the view of a game it is what GameClient is while
// it watches: world, view(now), stats, and the events "frame" and "event". It
// moves when view() is called, once for each drawn frame.
//
// Events:
//   frame ({tick, ack})    world is at tick
//   event (name, payload)  of the game, at its time
//   change ()              playing, speed or, by seek, the place has changed

import { Emitter } from "../events.js";
import { Interpolator } from "../netcode/interpolator.js";
import { Replica } from "../state/replica.js";

/** @typedef {import("./recording.js").Recording} Recording */

const MAX_STEP = 250; // ms between two drawn frames; more is a page that slept

export class Playback extends Emitter {
  playing = true;
  speed = 1;
  spectating = true;
  lobby = null;
  you = { id: "", seat: -1 };
  #recording;
  /** @type {Replica} */
  #world = /** @type {any} */ (null);
  /** @type {Interpolator} */
  #interpolator = /** @type {any} */ (null);
  #index = -1; // of the last tick that was applied
  #place = 0; // what is shown, in ticks since the first
  #goal = NaN; // where seek wants to be
  #at = NaN; // time of the last view
  #frames = 0;

  /** @param {Recording} recording */
  constructor(recording) {
    super();
    this.#recording = recording;
    this.#jump(0);
  }

  get recording() {
    return this.#recording;
  }

  /** The state at the last tick that was applied. */
  get world() {
    return this.#world;
  }

  /** What is shown, fractional. */
  get tick() {
    return this.#recording.first + (this.#goal >= 0 ? this.#goal : this.#place);
  }

  get atEnd() {
    return this.tick >= this.#recording.last;
  }

  play() {
    if (this.atEnd) this.seek(this.#recording.first);
    this.#set(true);
  }

  pause() {
    this.#set(false);
  }

  /** @param {boolean} playing */
  #set(playing) {
    this.playing = playing;
    this.dispatch("change");
  }

  /** @param {number} speed 1: as it was */
  setSpeed(speed) {
    this.speed = speed;
    this.dispatch("change");
  }

  /** Shows another moment, with the next view. @param {number} tick fractional */
  seek(tick) {
    const { first, last } = this.#recording;
    this.#goal = Math.min(last, Math.max(first, tick)) - first;
    this.dispatch("change");
  }

  /**
   * The state to draw now. Valid until the next call.
   * @param {number} [now] as requestAnimationFrame gives it
   */
  view(now = performance.now()) {
    const elapsed = Math.min(MAX_STEP, Math.max(0, now - this.#at)) || 0;
    this.#at = now;
    if (this.#goal >= 0) this.#turnTo();
    else if (this.playing) this.#run(elapsed);
    return this.#interpolator.view(this.#recording.first + this.#place);
  }

  /** @param {number} ms */
  #run(ms) {
    const end = this.#recording.last - this.#recording.first;
    this.#place = Math.min(end, this.#place + (ms * this.speed * this.#recording.hz) / 1000);
    this.#reach(Math.min(end, Math.floor(this.#place) + 1), true);
    if (this.#place === end) this.pause();
  }

  #turnTo() {
    this.#place = this.#goal;
    this.#goal = NaN;
    const index = Math.min(this.#recording.ticks.length - 1, Math.floor(this.#place) + 1);
    const key = this.#recording.keyBefore(Math.floor(this.#place));
    if (index < this.#index || key > this.#index) this.#jump(key);
    this.#reach(index, false);
  }

  /** Begins at a tick that has a keyframe. @param {number} index */
  #jump(index) {
    const { ticks, schema } = this.#recording;
    this.#world = new Replica(schema); // with the tables of the beginning
    for (let i = 0; i <= index; i++) {
      const { tables } = ticks[i];
      if (tables) this.#world.learn(tables);
    }
    this.#world.apply(/** @type {Uint8Array} */ (ticks[index].key));
    this.#index = index;
    this.#interpolator = new Interpolator(this.#world);
    this.#applied();
  }

  /**
   * Applies what came until then.
   * @param {number} index
   * @param {boolean} tell what the game said meanwhile
   */
  #reach(index, tell) {
    while (this.#index < index) {
      const { frame, tables, events } = this.#recording.ticks[this.#index + 1];
      try {
        if (tables) this.#world.learn(tables);
        this.#world.apply(/** @type {Uint8Array} */ (frame));
      } catch {
        return this.#cut();
      }
      this.#index++;
      this.#applied();
      if (tell) for (const [, name, payload] of events) this.dispatch("event", name, payload);
    }
  }

  /** What follows cannot be read: the recording ends here. */
  #cut() {
    const { ticks } = this.#recording;
    ticks.length = this.#index + 1;
    this.#place = Math.min(this.#place, this.#index);
    this.#jump(this.#recording.keyBefore(this.#index));
    this.#reach(ticks.length - 1, false);
  }

  #applied() {
    this.#frames++;
    this.#interpolator.record();
    this.dispatch("frame", { tick: this.#world.tick, ack: 0 });
  }

  /** A recording takes no inputs. */
  sendInput() {
    return 0;
  }

  /** Numbers to show, as those of GameClient. */
  get stats() {
    const { ticks, hz } = this.#recording;
    let bytes = 0;
    for (let i = Math.max(0, this.#index - hz + 1); i <= this.#index; i++) bytes += ticks[i].frame?.length ?? 0;
    return { rtt: 0, tick: this.#world.tick, bytesPerSecond: bytes, skipped: 0, frames: this.#frames, bufferMs: 0 };
  }
}
