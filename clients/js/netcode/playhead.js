// Where in the past the picture is drawn: as late as the link's lateness
// demands, so that the state after the drawn moment has arrived, and no later.
// Pure: times in ms go in.

const WINDOW = 10_000; // ms of arrivals that are looked at
const SLOTS = 10; // the window slides in tenths
const MARGIN = 10; // ms
const MAX_BUFFER = 350; // ms
const SNAP = 250; // ms: a greater error of the play head is corrected at once
const SLOWEST = 0.96;
const FASTEST = 1.02;
const CHASE = 400; // ms in which the play head makes good an error, within the two above
const RISE = 100; // ms: time constant of a growing buffer
const FALL = 15_000; // ms: of a shrinking one
const HOLD = 100; // ms that the play head waits for a late frame before it goes on without

export class PlayHead {
  /** What the picture lags behind the newest state on a link without jitter, ms. */
  bufferMs;
  /** Calls of at() for a moment whose following state had not arrived. */
  underruns = 0;
  /** Greatest tick that has arrived. */
  latest = -1;
  #tickMs;
  #frameMs;
  #arrivals = new Arrivals();
  #head = NaN;
  #at = NaN;

  /**
   * @param {number} tickMs
   * @param {number} [ticksPerFrame] between two frames that the server sends
   */
  constructor(tickMs, ticksPerFrame = 1) {
    this.#tickMs = tickMs;
    this.#frameMs = tickMs * ticksPerFrame;
    this.bufferMs = this.#frameMs * 1.5;
  }

  /**
   * A frame has arrived.
   * @param {number} tick
   * @param {number} now
   */
  frame(tick, now) {
    this.latest = Math.max(this.latest, tick);
    this.#arrivals.add(now - tick * this.#tickMs, now);
  }

  /**
   * The tick to draw, fractional. Never goes back but for a snap.
   * @param {number} now
   */
  at(now) {
    const elapsed = this.#at <= now ? now - this.#at : 0;
    this.#at = now;
    this.#adapt(elapsed);
    // A frame of this age or older has arrived, were it as fast as the fastest.
    const target = (now - this.#arrivals.fastest - this.bufferMs) / this.#tickMs;
    const before = this.#head;
    const next = before + elapsed / this.#tickMs;
    const error = (target - next) * this.#tickMs;
    if (!(Math.abs(error) <= SNAP)) {
      this.#head = target;
    } else {
      const rate = Math.min(FASTEST, Math.max(SLOWEST, 1 + error / CHASE));
      this.#head += (elapsed * rate) / this.#tickMs;
    }
    if (this.#head > this.latest) {
      this.underruns++;
      // Waiting a moment looks better than a jump when the frame is there.
      this.#head = Math.max(before || 0, this.latest, target - HOLD / this.#tickMs);
    }
    return this.#head;
  }

  /** @param {number} elapsed */
  #adapt(elapsed) {
    const want = this.#frameMs + this.#arrivals.lateness(0.99) + MARGIN;
    const target = Math.min(MAX_BUFFER, Math.max(1.5 * this.#frameMs, want));
    const pace = target > this.bufferMs ? RISE : FALL;
    this.bufferMs += (target - this.bufferMs) * (1 - Math.exp(-elapsed / pace));
  }
}

/** Transit times (plus an unknown constant) of the frames of the last ten seconds. */
class Arrivals {
  fastest = Infinity;
  /** @type {Float64Array[]} one list of transits per tenth of the window */
  #slots = [];
  #fill = 0; // entries of the newest slot
  #openedAt = -Infinity;
  #late = NaN; // cached lateness
  #all = new Float64Array(0);

  /**
   * @param {number} transit
   * @param {number} now
   */
  add(transit, now) {
    if (now - this.#openedAt >= WINDOW / SLOTS) this.#open(now);
    let newest = this.#slots[0];
    if (this.#fill === newest.length) {
      newest = new Float64Array(newest.length * 2);
      newest.set(this.#slots[0]);
      this.#slots[0] = newest;
    }
    newest[this.#fill++] = transit;
    this.fastest = Math.min(this.fastest, transit);
    this.#late = NaN;
  }

  /** @param {number} now */
  #open(now) {
    const gap = this.#openedAt + WINDOW < now; // nothing for so long: what was measured says nothing
    if (this.#slots.length > 0) this.#slots[0] = this.#slots[0].subarray(0, this.#fill);
    this.#slots = gap ? [] : this.#slots.slice(0, SLOTS - 1);
    this.#slots.unshift(new Float64Array(16));
    this.#fill = 0;
    this.#openedAt = now;
    this.fastest = Infinity;
    for (const slot of this.#slots.slice(1)) for (const t of slot) this.fastest = Math.min(this.fastest, t);
  }

  /**
   * How much later than the fastest frame this share of the frames came at most.
   * @param {number} share
   */
  lateness(share) {
    if (this.#slots.length === 0) return 0;
    if (!Number.isNaN(this.#late)) return this.#late;
    const all = this.#sorted();
    const rank = Math.min(all.length - 1, Math.floor(all.length * share));
    return (this.#late = all[rank] - this.fastest);
  }

  /** All transits, in a buffer that is used again: this happens with each frame that arrives. */
  #sorted() {
    let n = this.#fill;
    for (let i = 1; i < this.#slots.length; i++) n += this.#slots[i].length;
    if (n > this.#all.length) this.#all = new Float64Array(2 * n);
    let at = 0;
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = i === 0 ? this.#slots[0].subarray(0, this.#fill) : this.#slots[i];
      this.#all.set(slot, at);
      at += slot.length;
    }
    return this.#all.subarray(0, n).sort();
  }
}
