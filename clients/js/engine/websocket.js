// The WebSocket transport: one packet is one WebSocket message.
// Source: Engine.IO v4, "WebSocket".

import { asBytes } from "./wire.js";

/** @typedef {import("./transport.js").Sink} Sink */
/** @typedef {import("./transport.js").TransportOptions} TransportOptions */
/** @typedef {import("./wire.js").Unit} Unit */

// Beyond this many bytes that the browser has not sent yet, volatile events are dropped.
const BUSY_BYTES = 16 << 10;

export class WebSocketTransport {
  name = "websocket";
  writable = false;
  /** @type {Sink | null} */
  sink = null;
  /** @type {WebSocket | undefined} */
  #ws;
  #options;

  /** @param {TransportOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Whether a WebSocket can be opened here at all.
   * @param {typeof WebSocket} [implementation]
   */
  static available(implementation) {
    return Boolean(implementation ?? globalThis.WebSocket);
  }

  open() {
    const WS = /** @type {any} */ (this.#options.WebSocket ?? globalThis.WebSocket);
    const { protocols, extraHeaders } = this.#options;
    /** @type {WebSocket} */
    let ws;
    try {
      // The third argument exists in Node's ws alone; a browser ignores it.
      ws = new WS(this.#options.url("websocket"), protocols ?? [], { headers: extraHeaders });
    } catch (err) {
      this.sink?.onError(/** @type {Error} */ (err));
      return;
    }
    this.#ws = ws;
    ws.binaryType = "arraybuffer";
    ws.onopen = () => {
      this.writable = true;
      this.sink?.onOpen();
    };
    ws.onmessage = ({ data }) => this.sink?.onUnit(typeof data === "string" ? data : /** @type {Uint8Array} */ (asBytes(data)));
    ws.onerror = (event) => {
      this.sink?.onError(Object.assign(new Error("websocket error"), { type: "TransportError", description: event }));
    };
    ws.onclose = (event) => {
      this.writable = false;
      this.sink?.onClose({ description: "websocket connection closed", context: event });
    };
  }

  /** @param {Unit[]} units */
  send(units) {
    const ws = /** @type {WebSocket} */ (this.#ws);
    // A socket that closes meanwhile ignores what it is given and reports the close itself.
    for (const u of units) ws.send(/** @type {any} */ (u));
  }

  /** Whether what is sent now would leave at once. */
  get idle() {
    return this.writable && /** @type {WebSocket} */ (this.#ws).bufferedAmount < BUSY_BYTES;
  }

  /** Bytes or requests are never waited for: close() sends what was given before. */
  get busy() {
    return false;
  }

  /** @param {() => void} done */
  pause(done) {
    done();
  }

  resume() {}

  close() {
    this.writable = false;
    this.#ws?.close();
  }
}
