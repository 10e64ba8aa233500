// What happens while a match runs: its frames, the clock, and help when a frame
// can't be read. Between two matches there is nothing here.

import { ClockSync, pingDelay } from "../netcode/clock.js";
import { Match } from "./match.js";

const nothing = { tick: 0, bytesPerSecond: 0, skipped: 0, frames: 0, bufferMs: 0 };

export class Play {
  clock = new ClockSync();
  #socket;
  #now;
  #resync;
  /** @type {Match | null} */
  #match = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pingTimer;

  /**
   * @param {any} socket
   * @param {() => number} now
   * @param {() => Promise<any>} resync asks for a keyframe
   */
  constructor(socket, now, resync) {
    this.#socket = socket;
    this.#now = now;
    this.#resync = resync;
  }

  /** @param {any} start what match:start said */
  begin(start) {
    this.end();
    this.#match = new Match(this.#socket, start, this.#now);
    this.clock = new ClockSync();
    this.#ping(0);
  }

  end() {
    clearTimeout(this.#pingTimer);
    this.#match?.stop();
    this.#match = null;
  }

  /** @param {any} tables */
  learn(tables) {
    this.#match?.learn(tables);
  }

  /**
   * @param {any} frame
   * @returns {boolean} whether the world is at the frame's tick now
   */
  receive(frame) {
    const match = this.#match;
    if (!match) return false;
    if (match.receive(frame)) return true;
    if (match.wantsKeyframe()) this.#resync().catch(() => match.keyframeRefused());
    return false;
  }

  get world() {
    return this.#match?.world ?? null;
  }

  /** @param {number} now */
  view(now) {
    return this.#match?.view(now) ?? null;
  }

  /** @param {any} payload */
  sendInput(payload) {
    return this.#match?.sendInput(payload) ?? 0;
  }

  get stats() {
    return { rtt: this.clock.rtt, ...nothing, ...this.#match?.stats(this.#now()) };
  }

  /** @param {number} sent */
  #ping(sent) {
    const { clock } = this;
    const t0 = this.#now();
    this.#socket.volatile.emit("clock", t0, (/** @type {any} */ echo, /** @type {number} */ t1, /** @type {number} */ t2) => {
      if (echo === t0) clock.add(t0, t1, t2, this.#now());
    });
    this.#pingTimer = setTimeout(() => this.#ping(sent + 1), pingDelay(sent + 1));
  }
}
