// The place that a player has in a lobby, as its secret token: who shows it
// gets the place back after a broken connection.

/** @typedef {import("./lobby.js").Joiner} Joiner */
/** @typedef {import("./lobby.js").Reason} Reason */

/**
 * Remembers the secret token of a seat, so that the page finds it after it was
 * loaded anew. sessionStorage is a good place: it belongs to one tab.
 * @typedef {{ get(): string | null | undefined, set(token: string): void }} SeatStorage
 */

const RETRY = 1000; // ms until a seat that the server was too busy to give back is asked for again

export class Seat {
  /** "" without a place, and for who watches. */
  token = "";
  #storage;
  /** @type {Joiner} what is asked for again with the place */
  #asked = {};

  /** @param {SeatStorage} [storage] default none, the token is known to this object alone */
  constructor(storage) {
    this.#storage = storage;
    this.token = storage?.get() || "";
  }

  /** What to join with to get the place back. */
  get request() {
    return { ...this.#asked, resume: this.token };
  }

  /**
   * @param {string} token "": there is none
   * @param {Joiner} [asked] with which it was taken
   */
  keep(token, asked) {
    if (asked) this.#asked = { ...(asked.form && { form: asked.form }), ...(asked.schema && { schema: asked.schema }) };
    if (token === this.token) return;
    this.token = token;
    this.#storage?.set(token);
  }

  /** Another connection has the place now, and may share the storage. */
  lose() {
    this.token = "";
  }

  /**
   * Takes the place that an earlier connection had.
   * @param {() => Promise<any>} resume
   * @param {(why: Reason) => void} gone it is given up
   * @returns {Promise<boolean>} whether it is ours again
   */
  async comeBack(resume, gone) {
    const { token } = this;
    if (!token) return false;
    for (;;) {
      try {
        await resume();
        return true;
      } catch (err) {
        const { code, message } = /** @type {Reason} */ (err);
        if (code === "DISCONNECTED" || token !== this.token) return false; // with the next connection, or no more
        if (code !== "BUSY" && code !== "TIMEOUT") {
          this.keep("");
          gone({ code, message });
          return false;
        }
        await new Promise((done) => setTimeout(done, RETRY));
        if (token !== this.token) return false;
      }
    }
  }
}
