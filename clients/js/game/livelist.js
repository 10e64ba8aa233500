// The public lobbies that a query wants, kept up to date with the diffs that
// the server pushes (docs/protocol.md, "Live lists").
//
// Events:
//   change (Summary[])  lobbies has changed

import { Emitter } from "../events.js";

const RETRY = 1000; // ms until a list that the server was too busy for is asked for again

/**
 * @typedef {object} Summary
 * @property {string} id
 * @property {string} [code]
 * @property {string} game
 * @property {string} name
 * @property {"gathering" | "countdown" | "playing" | "finished"} phase
 * @property {number} players
 * @property {number} max
 * @property {"public" | "unlisted" | "private"} visibility
 * @property {boolean} [password] one is needed
 * @property {boolean} [locked] nobody is let in
 * @property {any} [meta]
 */

/** @typedef {{ rev: number, remove?: string[], put?: Summary[], order?: string[] }} ListDiff */

export class LiveList extends Emitter {
  /** @type {Summary[]} a change makes another array */
  lobbies = [];
  /** @type {any[]} the games of the server */
  games = [];
  #ask;
  #close;
  #rev = NaN; // no diff fits until an answer is there
  #asking = false;
  #closed = false;

  /**
   * @param {(onAnswer: (answer: any) => void) => Promise<any>} ask asks for the whole list
   * @param {() => void} close tells that nobody follows it any more
   */
  constructor(ask, close) {
    super();
    this.#ask = ask;
    this.#close = close;
  }

  /** Ends the list: it stays as it is. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#close();
  }

  /** Asks for the list, again after a broken connection. */
  async begin() {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    this.#rev = NaN;
    try {
      await this.#ask((answer) => this.#take(answer));
    } finally {
      this.#asking = false;
    }
  }

  /** As begin, but a server that is too busy is asked until it answers. */
  refresh() {
    this.begin().catch((err) => {
      if (err.code !== "DISCONNECTED") setTimeout(() => this.refresh(), RETRY);
    });
  }

  /** @param {{ rev: number, lobbies: Summary[], games: any[] }} answer */
  #take({ rev, lobbies, games }) {
    this.#rev = rev;
    this.games = games;
    this.#show(lobbies);
  }

  /** @param {ListDiff} diff */
  apply({ rev, remove = [], put = [], order }) {
    if (Number.isNaN(this.#rev) || this.#closed) return;
    if (rev !== this.#rev + 1) return this.refresh(); // one is missing
    this.#rev = rev;
    const rows = new Map(this.lobbies.map((l) => [l.id, l]));
    for (const id of remove) rows.delete(id);
    for (const lobby of put) rows.set(lobby.id, lobby); // a known one keeps its place
    this.#show(order ? order.flatMap((id) => rows.get(id) ?? []) : [...rows.values()]);
  }

  /** @param {Summary[]} lobbies */
  #show(lobbies) {
    this.lobbies = lobbies;
    this.dispatch("change", lobbies);
  }
}
