// The place that one has in a lobby: the lobby as last told, one's seat, and the
// token that gets it back.

import { updated } from "./lobby.js";
import { Token } from "./token.js";

/** @typedef {import("./lobby.js").Lobby} Lobby */
/** @typedef {import("./lobby.js").You} You */
/** @typedef {import("./lobby.js").Joiner} Joiner */
/** @typedef {import("./lobby.js").Reason} Reason */

/**
 * @typedef {object} PlaceListener
 * @property {(lobby: Lobby | null) => void} lobby
 * @property {(you: You) => void} you
 * @property {(why: Reason) => void} closed
 */

export class Place {
  /** @type {Lobby | null} */
  lobby = null;
  /** @type {You | null} */
  you = null;
  #ask;
  #tell;
  #token;
  /** @type {Joiner} what is asked for again with the seat */
  #asked = {};

  /**
   * @param {import("./lobby.js").Ask} ask
   * @param {PlaceListener} tell
   * @param {import("./token.js").TokenStorage} [storage]
   */
  constructor(ask, tell, storage) {
    this.#ask = ask;
    this.#tell = tell;
    this.#token = new Token(storage);
  }

  get token() {
    return this.#token.value;
  }

  /**
   * @param {string} event
   * @param {any} options
   */
  enter(event, options) {
    return this.#ask(event, { form: "B", ...options }, ({ lobby, you, resume }) => {
      this.you = you;
      this.#asked = { ...(options.form && { form: options.form }), ...(options.schema && { schema: options.schema }) };
      this.#token.keep(resume ?? "");
      this.#set(lobby);
    });
  }

  resume() {
    return this.enter("lobby:join", { ...this.#asked, resume: this.token });
  }

  /** @returns {Promise<boolean>} whether the place of an earlier connection is ours again */
  comeBack() {
    return this.#token.comeBack(() => this.resume(), this.#tell.closed);
  }

  /** Gives it up. */
  drop() {
    this.#token.keep("");
    this.forget();
  }

  /** Someone else has it now. */
  lose() {
    this.#token.lose();
    this.forget();
  }

  /** The connection broke: the place may still be ours. */
  forget() {
    this.you = null;
    if (this.lobby) this.#set(null);
  }

  /** @param {any} diff */
  update(diff) {
    const lobby = updated(this.lobby, diff);
    if (lobby) this.#set(lobby);
  }

  /** @param {You & { resume?: string }} you another seat */
  moved({ id, seat, resume }) {
    this.you = { id, seat };
    this.#token.keep(resume ?? "");
    this.#tell.you(this.you);
  }

  /** @param {Reason} why */
  closed(why) {
    if (why.code === "REPLACED") this.lose();
    else this.drop();
    this.#tell.closed(why);
  }

  /** @param {Lobby | null} lobby */
  #set(lobby) {
    this.lobby = lobby;
    this.#tell.lobby(lobby);
  }
}
