// The people one plays with, across lobbies and matches (docs/protocol.md,
// "Parties").
//
// The server holds the place of a broken connection for a while. When the
// socket is connected again, it is taken by itself: "change" follows, or
// "closed" when it was too late.

import { Emitter } from "../events.js";
import { Token } from "./token.js";

/** @typedef {{ id: string, name: string, away?: boolean }} PartyMember */

/**
 * @typedef {object} PartyState
 * @property {string} id
 * @property {string} leader a member's id
 * @property {number} size how many members it may have
 * @property {PartyMember[]} members
 * @property {number} rev
 */

/**
 * Where the leader, or the matchmaker, wants us: a seat that is kept for us.
 * @typedef {object} Call
 * @property {string} game
 * @property {string} lobby its id
 * @property {string} [code]
 * @property {string} ticket for join()
 * @property {number} expiresMs until the seat is given up
 */

/**
 * @typedef {object} PartyEvents
 * @property {[state: PartyState | null]} change null: in no party any more
 * @property {[call: Call]} follow the leader went into a lobby; GameClient follows by itself
 * @property {[why: import("./lobby.js").Reason]} closed put out, or the place was given up
 */

/** @extends {Emitter<PartyEvents>} */
export class Party extends Emitter {
  /** @type {PartyState | null} */
  state = null;
  /** One's own id in the party; "" in none. */
  you = "";
  /** Settles after each connect: whether the place of an earlier connection was taken again. */
  resumed = Promise.resolve(false);
  #ask;
  #token;

  /**
   * @param {import("./lobby.js").Ask} ask
   * @param {import("./token.js").TokenStorage} [storage]
   */
  constructor(ask, storage) {
    super();
    this.#ask = ask;
    this.#token = new Token(storage);
  }

  /** Whether one leads it. */
  get leads() {
    return this.state !== null && this.state.leader === this.you;
  }

  /** @param {{ player?: string }} [options] player: the name that others see */
  create(options = {}) {
    return this.#enter("party:create", options);
  }

  /** @param {{ code: string, player?: string }} options */
  join(options) {
    return this.#enter("party:join", options);
  }

  /**
   * The code that others join with.
   * @param {{ renew?: boolean }} [options] renew: the earlier one is of no use any more; the leader may
   * @returns {Promise<{ code: string, expiresMs: number }>}
   */
  invite(options = {}) {
    return this.#ask("party:invite", options);
  }

  async leave() {
    const answer = await this.#ask("party:leave", {});
    this.#token.keep("");
    this.#forget();
    return answer;
  }

  /** @param {string} member id */
  kick(member) {
    return this.#ask("party:kick", { member });
  }

  /** @param {string} member id of who leads from now on */
  lead(member) {
    return this.#ask("party:lead", { member });
  }

  /**
   * What the server pushes, for GameClient.
   * @type {[string, (arg: any) => void][]}
   */
  handlers = [
    ["party:update", (state) => this.#update(state)],
    ["party:follow", (call) => this.dispatch("follow", call)],
    ["party:closed", (why) => this.#closed(why)],
  ];

  connected() {
    const resume = (/** @type {string} */ token) => this.#enter("party:join", { resume: token });
    this.resumed = this.#token.comeBack(resume, (why) => this.#gone(why));
  }

  /** @param {boolean} goodBye nothing is taken again */
  disconnected(goodBye) {
    if (goodBye) this.#token.keep("");
  }

  end() {
    this.#token.lose();
    this.#forget();
  }

  /**
   * @param {string} event
   * @param {object} options
   */
  #enter(event, options) {
    return this.#ask(event, options, ({ party, resume }) => {
      this.you = party.you ?? this.you;
      this.#token.keep(resume ?? "");
      this.#set(party);
    });
  }

  /** @param {PartyState} state */
  #update(state) {
    if (this.state && state.id === this.state.id && state.rev > this.state.rev) this.#set(state);
  }

  /** @param {any} why */
  #closed(why) {
    if (why.party !== this.state?.id) return; // of one that was left already
    if (why.code === "REPLACED") this.#token.lose();
    else this.#token.keep("");
    this.#gone(why);
  }

  /** @param {import("./lobby.js").Reason} why */
  #gone(why) {
    this.#forget();
    this.dispatch("closed", why);
  }

  #forget() {
    this.you = "";
    if (this.state) this.#set(null);
  }

  /** @param {PartyState | null} state */
  #set(state) {
    this.state = state;
    this.dispatch("change", state);
  }
}
