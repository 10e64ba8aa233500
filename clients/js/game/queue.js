// Waiting for a match (docs/protocol.md, "Queues"): the ticket of this
// connection, or of the party that it is in, and why it has no match yet.

import { Emitter } from "../events.js";

/**
 * @typedef {object} QueueState
 * @property {string} game
 * @property {boolean} [matched] a match is found, and begins when all are in
 * @property {number} size players of the ticket
 * @property {number} waitedMs
 * @property {number} [window] how far the skills of a match may lie apart now; missing: there is no limit
 * @property {number} [latency] limit in ms, likewise
 * @property {number} candidates other players within these limits
 * @property {number} needed how many of them the smallest match takes
 * @property {string} [reason] why there is no match yet
 * @property {number} [estimateMs] that others like this one still waited
 * @property {number} waiting players in the queue
 */

/**
 * @typedef {object} QueueEvents
 * @property {[state: QueueState | null]} change null: waits for nothing any more
 * @property {[call: import("./party.js").Call]} matched a seat is kept for us; GameClient takes it by itself
 * @property {[why: import("./lobby.js").Reason]} closed the search was ended, not by us
 */

/** @extends {Emitter<QueueEvents>} */
export class Queue extends Emitter {
  /** @type {QueueState | null} */
  state = null;
  #ask;
  #leaving = false;
  #waited = false; // on the connection before

  /** @param {import("./lobby.js").Ask} ask */
  constructor(ask) {
    super();
    this.#ask = ask;
  }

  /**
   * Waits for a match; the leader of a party has all of it wait.
   * @param {{ game: string, latency?: Record<string, number> }} options latency: round trips to regions, in ms
   */
  join(options) {
    return this.#ask("queue:join", options, (answer) => this.#set(answer));
  }

  /** Asks how the ticket fares; "change" tells it from time to time by itself. */
  status() {
    return this.#ask("queue:status", {}, (answer) => this.#set(answer));
  }

  async leave() {
    this.#leaving = true; // that this is the end needs not be told
    try {
      return await this.#ask("queue:leave", {}, () => this.end());
    } finally {
      this.#leaving = false;
    }
  }

  /**
   * What the server pushes, for GameClient.
   * @type {[string, (arg: any) => void][]}
   */
  handlers = [
    ["queue:status", (state) => this.#set(state)],
    ["queue:matched", (call) => this.#matched(call)],
    ["queue:closed", (why) => this.#closed(why)],
  ];

  /** A match runs: the ticket has done its work. */
  started() {
    if (this.state?.matched) this.end();
  }

  disconnected() {
    this.#waited = this.state !== null;
    this.end();
  }

  /**
   * The ticket of a guest went with the connection before; that of an account or a party is there for a while.
   * @param {boolean} mayWait whether there may be one that this connection does not know of
   */
  connected(mayWait) {
    const waited = this.#waited;
    this.#waited = false;
    if (waited || mayWait) this.status().catch((why) => waited && why.code !== "DISCONNECTED" && this.dispatch("closed", why));
  }

  end() {
    if (!this.state) return;
    this.state = null;
    this.dispatch("change", null);
  }

  /** @param {any} answer */
  #set({ ok, ...state }) {
    this.state = state;
    this.dispatch("change", this.state);
  }

  /** @param {import("./party.js").Call} call */
  #matched(call) {
    if (this.state) this.#set({ ...this.state, matched: true });
    this.dispatch("matched", call);
  }

  /** @param {import("./lobby.js").Reason} why */
  #closed(why) {
    if (this.#leaving) return;
    this.end();
    this.dispatch("closed", why);
  }
}
