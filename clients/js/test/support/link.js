// A seeded link in virtual time. It keeps order, as TCP does: a lost packet is
// sent again and everything behind it waits.

/** Small seeded generator (mulberry32). */
export function randomSource(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Link {
  #lastArrival = -Infinity;

  /** @param {{ delay: number, jitter: number, loss: number, random: () => number }} o one-way delay ± jitter in ms, loss 0..1 */
  constructor({ delay, jitter, loss, random }) {
    Object.assign(this, { delay, jitter, loss, random });
  }

  /** When what is sent now arrives. */
  arrival(now) {
    let transit = Math.max(1, this.delay + this.jitter * (this.random() * 2 - 1));
    // Thin streams see no three duplicate acknowledgements: a probe after two
    // round trips (RFC 8985, "tail loss probe") tells the sender.
    while (this.random() < this.loss) transit += 4 * this.delay;
    this.#lastArrival = Math.max(this.#lastArrival, now + transit);
    return this.#lastArrival;
  }
}

/** The links of the reference results, docs/state-format.md §10. */
export const LINKS = [
  { name: "30 ms ± 4, 0.1 %", delay: 30, jitter: 4, loss: 0.001, underruns: 0.0017, clockError: 0.9 },
  { name: "45 ms ± 12, 0.5 %", delay: 45, jitter: 12, loss: 0.005, underruns: 0.0039, clockError: 1.9 },
  { name: "80 ms ± 20, 1 %", delay: 80, jitter: 20, loss: 0.01, underruns: 0.014, clockError: 3.2 },
  { name: "120 ms ± 35, 3 %", delay: 120, jitter: 35, loss: 0.03, underruns: 0.105, clockError: 6.7 },
];

/** Runs [time, action] pairs in the order of their times; actions may add more. */
export class Schedule {
  #queue = [];

  at(time, action) {
    this.#queue.push({ time, action });
  }

  run(until) {
    for (;;) {
      this.#queue.sort((a, b) => a.time - b.time);
      const next = this.#queue[0];
      if (!next || next.time > until) return;
      this.#queue.shift();
      next.action(next.time);
    }
  }
}
