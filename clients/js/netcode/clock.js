// What the server's clock shows. Pure: times in ms go in, no timer, no socket.

const WINDOW = 10_000; // ms over which the fastest round trip counts
const GATE = 1.2; // slower answers than this × the fastest say little about the offset
const GAIN = 0.1;
const EARLY = 5; // answers
const SLEW = 250; // ms: time constant with which what is shown follows what is measured
const SNAP = 250; // ms: a greater error is corrected at once

/** Milliseconds between clock requests: five quick ones, then one a second. @param {number} sent */
export function pingDelay(sent) {
  return sent < 5 ? 100 : 1000;
}

export class ClockSync {
  /** Last round trip, smoothed, ms. */
  rtt = 0;
  /** Server time − local time, ms, as measured. */
  offset = 0;
  #accepted = 0;
  /** @type {{ at: number, rtt: number }[]} round trips of the window */
  #trips = [];
  #shown = 0; // offset as shown
  #shownAt = NaN;

  /** Whether serverTime() means something. */
  get ready() {
    return this.#accepted > 0;
  }

  /**
   * One exchange.
   * @param {number} t0 local time of the request
   * @param {number} t1 server time of its arrival
   * @param {number} t2 server time of the answer
   * @param {number} t3 local time of its arrival
   */
  add(t0, t1, t2, t3) {
    const rtt = Math.max(0, t3 - t0 - (t2 - t1));
    this.rtt = this.#trips.length === 0 ? rtt : this.rtt + (rtt - this.rtt) * GAIN;
    const best = this.#fastest();
    this.#trips = this.#trips.filter((trip) => t3 - trip.at <= WINDOW);
    this.#trips.push({ at: t3, rtt });
    if (rtt > this.#fastest() * GATE) return;
    const offset = (t1 - t0 + (t2 - t3)) / 2;
    // The first answers come while the connection is still busy with itself: a
    // much faster one makes them worthless.
    if (this.#accepted < EARLY && rtt * GATE < best) this.#accepted = 0;
    this.#accepted++;
    this.offset += (offset - this.offset) * Math.max(GAIN, 1 / this.#accepted);
  }

  #fastest() {
    return this.#trips.reduce((least, trip) => Math.min(least, trip.rtt), Infinity);
  }

  /**
   * The server's clock, without jumps. Call it with times that do not go back.
   * @param {number} now
   */
  serverTime(now) {
    const error = this.offset - this.#shown;
    const elapsed = now - this.#shownAt;
    if (!(Math.abs(error) <= SNAP) || !(elapsed >= 0)) this.#shown = this.offset;
    else this.#shown += error * (1 - Math.exp(-elapsed / SLEW));
    this.#shownAt = now;
    return now + this.#shown;
  }
}
