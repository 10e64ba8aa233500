// A recorded match as the server tells it to a viewer (docs/replay.md): a head,
// what each tick brought, a tail.

import { asBytes } from "../engine/wire.js";
import { decodeSequence } from "../msgpack/decode.js";

/**
 * @typedef {object} Tick
 * @property {number} tick
 * @property {Uint8Array | null} frame from the tick before to this one
 * @property {Uint8Array | null} key the same state from nothing
 * @property {Uint8Array | null} tables for this frame and those that follow
 * @property {[number, string, any][]} events seat (−1: everybody), name, payload
 */

/** @typedef {{ seat: number, team?: number, name: string, bot?: boolean }} RecordedPlayer */

const MAX_HZ = 128;

export class Recording {
  /** @type {Tick[]} without gaps, oldest first; at least one, and the first has a key */
  ticks;

  /** @param {Uint8Array | ArrayBuffer} stream as GET /replays/{id}/stream answers; what is cut off is good until there */
  constructor(stream) {
    const [head, ...rest] = decodeSequence(/** @type {Uint8Array} */ (asBytes(stream)));
    if (head?.v !== 1 || !(head.schema instanceof Uint8Array) || !(head.hz >= 1 && head.hz <= MAX_HZ)) {
      throw new RangeError("no recording of a match");
    }
    /** @type {string} */
    this.game = String(head.game);
    /** @type {number} ticks per second */
    this.hz = head.hz;
    this.started = new Date(Number(head.started));
    /** @type {Uint8Array} */
    this.schema = head.schema;
    /** @type {RecordedPlayer[]} who played in the first tick */
    this.players = Array.isArray(head.players) ? head.players : [];
    const tail = Array.isArray(rest.at(-1)) ? undefined : rest.pop();
    /** @type {string} why the match ended; "cut" when the recording ends before */
    this.reason = tail?.reason ?? "cut";
    this.result = tail?.result;
    this.ticks = ticksOf(rest);
    if (!this.ticks[0]?.key) throw new RangeError("a recording without a beginning");
  }

  get first() {
    return this.ticks[0].tick;
  }

  get last() {
    return this.ticks[this.ticks.length - 1].tick;
  }

  /** Index of the last tick up to this one at which a viewer can begin. @param {number} index */
  keyBefore(index) {
    while (index > 0 && !this.ticks[index].key) index--;
    return index;
  }
}

/**
 * @param {any[]} values
 * @returns {Tick[]} up to the first that is malformed
 */
function ticksOf(values) {
  const ticks = [];
  for (const v of values) {
    if (!Array.isArray(v) || v.length < 5) break;
    const [tick, frame, key, tables, events] = v;
    if (!Number.isInteger(tick) || (ticks.length && (tick !== ticks[ticks.length - 1].tick + 1 || !frame))) break;
    ticks.push({ tick, frame, key, tables, events: Array.isArray(events) ? events : [] });
  }
  return ticks;
}
