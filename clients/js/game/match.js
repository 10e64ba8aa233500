// One running match: frames in, inputs and acknowledged ticks out.

import { asBytes } from "../engine/wire.js";
import { Interpolator } from "../netcode/interpolator.js";
import { PlayHead } from "../netcode/playhead.js";
import { Replica } from "../state/replica.js";

// The server stops sending to a client that does not say what it has applied
// (250 ms is the most); inputs say it too.
const ACK_EVERY = 100; // ms

export class Match {
  #socket;
  #now;
  #interpolator;
  #playHead;
  #ticksPerFrame;
  #seq = 0;
  #sentAt = -Infinity; // time of the last input or acknowledgement
  #sentTick = 0; // tick that it named
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #ackTimer;
  #asked = false; // for a keyframe
  #frames = 0;
  #skipped = 0;
  #rate;

  /**
   * @param {any} socket
   * @param {any} start what match:start said
   * @param {() => number} now
   */
  constructor(socket, start, now) {
    this.#socket = socket;
    this.#now = now;
    this.world = new Replica(start.schema);
    this.#interpolator = new Interpolator(this.world);
    this.#ticksPerFrame = Math.max(1, Math.round(start.hz / (start.sendHz || start.hz)));
    this.#playHead = new PlayHead(1000 / start.hz, this.#ticksPerFrame);
    this.#rate = new Rate(now());
  }

  stop() {
    clearTimeout(this.#ackTimer);
  }

  /**
   * @param {any} frame
   * @returns {boolean} whether the world is at the frame's tick now
   */
  receive(frame) {
    const { world } = this;
    const before = world.tick;
    const now = this.#now();
    const bytes = asBytes(frame);
    if (!bytes) return false;
    this.#rate.add(bytes.length, now);
    try {
      world.apply(bytes);
    } catch {
      return false; // the caller asks for a keyframe
    }
    this.#asked = false;
    this.#frames++;
    if (before >= 0) this.#skipped += Math.max(0, Math.round((world.tick - before) / this.#ticksPerFrame) - 1);
    this.#interpolator.record();
    this.#playHead.frame(world.tick, now);
    this.#scheduleAck(now);
    return true;
  }

  /**
   * New codes for the frames from now on.
   * @param {any} tables
   */
  learn(tables) {
    try {
      this.world.learn(tables);
    } catch {
      // Frames can't be read any more, and the first of them asks for help.
    }
  }

  /** Whether to ask for a keyframe: once, until it comes. */
  wantsKeyframe() {
    const first = !this.#asked;
    this.#asked = true;
    return first;
  }

  /** The request for a keyframe failed: the next bad frame asks again. */
  keyframeRefused() {
    this.#asked = false;
  }

  /** @param {number} now */
  view(now) {
    if (this.#playHead.latest < 0) return null;
    return this.#interpolator.view(this.#playHead.at(now));
  }

  /**
   * @param {any} payload
   * @returns {number}
   */
  sendInput(payload) {
    this.#seq++;
    this.#send(this.#socket, payload);
    return this.#seq;
  }

  /** @param {number} now */
  #scheduleAck(now) {
    const wait = this.#sentAt + ACK_EVERY - now;
    if (wait <= 0) return this.#acknowledge();
    this.#ackTimer ??= setTimeout(() => this.#acknowledge(), wait);
  }

  #acknowledge() {
    this.#clearTimer();
    if (this.#sentTick === this.world.tick) return;
    this.#send(this.#socket, null);
  }

  /**
   * @param {any} socket
   * @param {any} payload null: only the tick
   */
  #send(socket, payload) {
    this.#clearTimer();
    this.#sentAt = this.#now();
    this.#sentTick = Math.max(0, this.world.tick);
    // What the player saw when acting, for lag compensation: the last view() that was asked for.
    const view = this.#interpolator.tick;
    if (payload === null || view < 0) socket.emit("i", this.#seq, this.#sentTick, payload);
    else socket.emit("i", this.#seq, this.#sentTick, payload, view);
  }

  #clearTimer() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
  }

  /** @param {number} now */
  stats(now) {
    return {
      tick: Math.max(0, this.world.tick),
      bytesPerSecond: this.#rate.perSecond(now),
      skipped: this.#skipped,
      frames: this.#frames,
      bufferMs: this.#playHead.bufferMs,
    };
  }
}

/** Bytes per second, over the last one to two seconds. */
class Rate {
  #from; // start of the second that is counted
  #bytes = 0;
  #last = 0;

  /** @param {number} now */
  constructor(now) {
    this.#from = now;
  }

  /**
   * @param {number} bytes
   * @param {number} now
   */
  add(bytes, now) {
    this.perSecond(now);
    this.#bytes += bytes;
  }

  /** @param {number} now */
  perSecond(now) {
    const passed = now - this.#from;
    if (passed >= 1000) {
      this.#last = (this.#bytes * 1000) / passed;
      this.#bytes = 0;
      this.#from = now;
    }
    return this.#last;
  }
}
