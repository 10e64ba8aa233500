// Delays between reconnection attempts: exponential, with jitter, so that the
// clients of a restarted server do not come back all at once.

export class Backoff {
  attempts = 0;

  /**
   * @param {object} options
   * @param {number} options.min first delay, ms
   * @param {number} options.max
   * @param {number} options.jitter 0..1: the share of a delay that is random
   * @param {() => number} [options.random] in [0, 1)
   */
  constructor({ min, max, jitter, random = Math.random }) {
    this.min = min;
    this.max = max;
    this.jitter = jitter;
    this.random = random;
  }

  /** @returns {number} the next delay in ms */
  next() {
    const base = this.min * 2 ** Math.min(this.attempts++, 30);
    const spread = (this.random() * 2 - 1) * this.jitter;
    return Math.min(Math.floor(base * (1 + spread)), this.max);
  }

  reset() {
    this.attempts = 0;
  }
}
