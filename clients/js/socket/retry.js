// At-least-once delivery: events leave one by one, each after the one before it
// has been acknowledged, and are sent again until then.

/** @typedef {import("./socket.js").Socket} Socket */
/** @typedef {import("./socket.js").Flags} Flags */

/**
 * @typedef {object} Entry
 * @property {any[]} args event name first
 * @property {Flags} flags
 * @property {((...args: any[]) => void) | undefined} ack
 * @property {number} tries
 */

export class RetryQueue {
  #socket;
  #retries;
  /** @type {Entry[]} */
  #entries = [];
  #waiting = false; // for the answer to the first entry

  /**
   * @param {Socket} socket
   * @param {number} retries
   */
  constructor(socket, retries) {
    this.#socket = socket;
    this.#retries = retries;
  }

  /**
   * @param {string} event
   * @param {any[]} args
   * @param {Flags} flags
   */
  add(event, args, flags) {
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    this.#entries.push({ args: [event, ...args], flags, ack, tries: 0 });
    this.#next();
  }

  /** The connection is back: what was under way may be lost. */
  resume() {
    this.#waiting = false;
    this.#next();
  }

  #next() {
    const entry = this.#entries[0];
    if (!entry || this.#waiting || !this.#socket.connected) return;
    this.#waiting = true;
    entry.tries++;
    /** @type {((err: Error | null, ...values: any[]) => void) & { withError?: boolean }} */
    const answered = (err, ...values) => {
      if (entry !== this.#entries[0]) return; // answered by an earlier try
      if (!err || entry.tries > this.#retries) {
        this.#entries.shift();
        entry.ack?.(err, ...values);
      }
      this.#waiting = false;
      this.#next();
    };
    answered.withError = true;
    this.#socket._emitQueued(entry.flags, [...entry.args, answered]);
  }
}
