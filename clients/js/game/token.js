// The secret token of a place, in a lobby or in a party: who shows it gets the
// place back after a broken connection.

/** @typedef {import("./lobby.js").Reason} Reason */

/**
 * Remembers a token, so that the page finds it after it was loaded anew.
 * sessionStorage is a good place: it belongs to one tab.
 * @typedef {{ get(): string | null | undefined, set(token: string): void }} TokenStorage
 */

const RETRY = 1000; // ms until a place that the server was too busy to give back is asked for again

export class Token {
  /** "" without a place. */
  value = "";
  #storage;

  /** @param {TokenStorage} [storage] default none, the token is known to this object alone */
  constructor(storage) {
    this.#storage = storage;
    this.value = storage?.get() || "";
  }

  /** @param {string} value "": there is none */
  keep(value) {
    if (value === this.value) return;
    this.value = value;
    this.#storage?.set(value);
  }

  /** Another connection has the place now, and may share the storage. */
  lose() {
    this.value = "";
  }

  /**
   * Takes the place that an earlier connection had.
   * @param {(token: string) => Promise<any>} resume
   * @param {(why: Reason) => void} gone it is given up
   * @returns {Promise<boolean>} whether it is ours again
   */
  async comeBack(resume, gone) {
    const { value } = this;
    if (!value) return false;
    for (;;) {
      try {
        await resume(value);
        return true;
      } catch (err) {
        const { code, message } = /** @type {Reason} */ (err);
        if (code === "DISCONNECTED" || value !== this.value) return false; // with the next connection, or no more
        if (code !== "BUSY" && code !== "TIMEOUT" && code !== "RATE_LIMITED") {
          this.keep("");
          gone({ code, message });
          return false;
        }
        await new Promise((done) => setTimeout(done, RETRY));
        if (value !== this.value) return false;
      }
    }
  }
}
