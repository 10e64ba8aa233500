// The HTTP long-polling transport: one GET always waits for packets, one POST
// at a time carries ours.
// Source: Engine.IO v4, "HTTP long-polling".

import { CLOSE, decodePayload, encodePayload } from "./wire.js";

/** @typedef {import("./transport.js").Sink} Sink */
/** @typedef {import("./transport.js").TransportOptions} TransportOptions */
/** @typedef {import("./wire.js").Unit} Unit */

export class PollingTransport {
  name = "polling";
  writable = false;
  /** @type {Sink | null} */
  sink = null;
  #options;
  #aborter = new AbortController();
  /** @type {"new" | "open" | "pausing" | "paused" | "closed"} */
  #state = "new";
  #polling = false;
  #posting = false;
  /** @type {(() => void) | undefined} */
  #onPaused;

  /** @param {TransportOptions} options */
  constructor(options) {
    this.#options = options;
  }

  static available() {
    return true;
  }

  open() {
    this.#poll();
  }

  get idle() {
    return this.writable;
  }

  get busy() {
    return this.#posting;
  }

  /** @param {Unit[]} units */
  send(units) {
    this.writable = false;
    this.#post(encodePayload(units));
  }

  /** @param {() => void} done */
  pause(done) {
    this.#state = "pausing";
    this.#onPaused = done;
    this.#settlePause();
  }

  resume() {
    if (this.#state !== "pausing" && this.#state !== "paused") return;
    this.#state = "open";
    this.writable = !this.#posting;
    if (!this.#polling) this.#poll();
  }

  close() {
    const state = this.#state;
    this.#state = "closed";
    this.writable = false;
    this.sink = null;
    // Aborting the poll would end the session too, but as an accident: the
    // server is to see an orderly close.
    if (state !== "open") this.#aborter.abort();
    else this.#request("POST", CLOSE).catch(() => {}).finally(() => this.#aborter.abort());
  }

  async #poll() {
    this.#polling = true;
    try {
      const payload = await this.#request("GET");
      this.#polling = false;
      for (const unit of decodePayload(payload)) this.#onUnit(unit);
    } catch (err) {
      this.#polling = false;
      this.#fail("poll", err);
      return;
    }
    if (this.#state === "open") this.#poll();
    else this.#settlePause();
  }

  /** @param {Unit} unit */
  #onUnit(unit) {
    if (this.#state === "new") {
      this.#state = "open";
      this.writable = true;
      this.sink?.onOpen();
    }
    if (unit === CLOSE) {
      this.#state = "closed";
      this.sink?.onClose({ description: "transport closed by the server" });
    } else {
      this.sink?.onUnit(unit);
    }
  }

  /** @param {string} payload */
  async #post(payload) {
    this.#posting = true;
    try {
      await this.#request("POST", payload);
    } catch (err) {
      this.#posting = false;
      this.#fail("post", err);
      return;
    }
    this.#posting = false;
    this.writable = this.#state === "open";
    this.sink?.onDrain();
    this.#settlePause();
  }

  #settlePause() {
    if (this.#state !== "pausing" || this.#polling || this.#posting) return;
    this.#state = "paused";
    this.#onPaused?.();
  }

  /**
   * @param {"GET" | "POST"} method
   * @param {string} [body]
   * @returns {Promise<string>}
   */
  async #request(method, body) {
    const { url, withCredentials, extraHeaders, requestTimeout } = this.#options;
    /** @type {Record<string, string>} */
    const headers = { ...extraHeaders };
    if (body !== undefined) headers["content-type"] = "text/plain;charset=UTF-8";
    let signal = this.#aborter.signal;
    if (requestTimeout && method === "POST") signal = AbortSignal.any([signal, AbortSignal.timeout(requestTimeout)]);
    const response = await (this.#options.fetch ?? fetch)(url("polling"), {
      method,
      body,
      headers,
      signal,
      cache: "no-store",
      credentials: withCredentials ? "include" : "same-origin",
    });
    const text = await response.text();
    if (!response.ok) {
      throw Object.assign(new Error(`status ${response.status}`), { status: response.status, responseText: text });
    }
    return text;
  }

  /**
   * @param {"poll" | "post"} what
   * @param {any} cause
   */
  #fail(what, cause) {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.writable = false;
    const err = new Error(`xhr ${what} error`); // the text that the official client gives
    this.sink?.onError(Object.assign(err, { type: "TransportError", description: cause?.status ?? 0, context: cause }));
  }
}
