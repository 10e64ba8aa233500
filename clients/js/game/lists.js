// Which live list a connection follows: the server keeps one query for each.

import { LiveList } from "./livelist.js";

/** @typedef {import("./lobby.js").Ask} Ask */

export class Lists {
  #socket;
  #ask;
  /** @type {LiveList | null} */
  #list = null;

  /**
   * @param {any} socket
   * @param {Ask} ask
   */
  constructor(socket, ask) {
    this.#socket = socket;
    this.#ask = ask;
  }

  /**
   * @param {object} [query]
   * @returns {Promise<LiveList>}
   */
  async watch(query) {
    const list = new LiveList(
      (onAnswer) => this.#ask("lobby:watch", query ? { query } : {}, (answer) => this.#list === list && onAnswer(answer)),
      () => this.#unwatch(list),
    );
    this.#list = list;
    try {
      await list.begin();
    } catch (err) {
      if (this.#list === list) this.#list = null;
      throw err;
    }
    return list;
  }

  /** @param {import("./livelist.js").ListDiff} diff */
  apply(diff) {
    this.#list?.apply(diff);
  }

  /** Asks for the whole list again: a broken connection watches nothing. */
  refresh() {
    this.#list?.refresh();
  }

  /** Follows nothing any more, without a word to the server. */
  end() {
    this.#list = null;
  }

  /** @param {LiveList} list */
  #unwatch(list) {
    if (this.#list !== list) return;
    this.#list = null;
    if (this.#socket.connected) this.#ask("lobby:unwatch", {}).catch(() => {});
  }
}
