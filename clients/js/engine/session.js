// One Engine.IO session: a stream of messages in both directions over whatever
// transport carries it at the moment.
//
// Events: open, ping, data (string or Uint8Array), drain, upgrading, upgrade,
// upgradeError, error, close (reason, details).

import { Emitter } from "../events.js";
import { PollingTransport } from "./polling.js";
import { upgrade } from "./upgrade.js";
import { WebSocketTransport } from "./websocket.js";
import { CLOSE, MESSAGE, NOOP, OPEN, PING, PONG, payloadLength } from "./wire.js";

/** @typedef {import("./transport.js").Transport} Transport */
/** @typedef {import("./transport.js").TransportOptions} TransportOptions */
/** @typedef {import("./upgrade.js").Probe} Probe */
/** @typedef {import("./wire.js").Unit} Unit */
/** @typedef {"polling" | "websocket"} TransportName */

/**
 * @typedef {object} EngineOptions
 * @property {string} [path] default "/socket.io/"
 * @property {boolean} [addTrailingSlash] default true
 * @property {TransportName[]} [transports] in the order of trial; default websocket, then polling
 * @property {boolean} [tryAllTransports] whether the next one is tried when one can't open; default true
 * @property {boolean} [upgrade] whether a session that began on polling moves to websocket; default true
 * @property {Record<string, string>} [query] extra query parameters
 * @property {typeof WebSocket} [WebSocket]
 * @property {typeof fetch} [fetch]
 * @property {string | string[]} [protocols]
 * @property {Record<string, string>} [extraHeaders]
 * @property {boolean} [withCredentials]
 * @property {number} [requestTimeout]
 */

// How long a transport may take to open while there is another one to try.
// Some proxies swallow websocket handshakes without an answer.
const OPEN_TIMEOUT = 6000;

const TRANSPORTS = { polling: PollingTransport, websocket: WebSocketTransport };

export class Session extends Emitter {
  /** @type {string | null} */
  id = null;
  /** @type {"opening" | "open" | "closing" | "closed"} */
  readyState = "opening";
  /** @type {Transport | undefined} */
  transport;
  upgrading = false;
  #url;
  #options;
  /** @type {TransportName[]} */
  #names;
  /** @type {Unit[]} */
  #queue = [];
  /** @type {Probe | undefined} */
  #probe;
  #maxPayload = 0;
  #silence = 0; // ms without a ping after which the server is taken for gone
  #deadline = Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * Starts to connect.
   * @param {string} uri http(s) or ws(s)
   * @param {EngineOptions} [options]
   */
  constructor(uri, options = {}) {
    super();
    this.#options = options;
    this.#url = engineURL(uri, options);
    this.#names = [...(options.transports ?? ["websocket", "polling"])];
    // The caller adds its listeners first.
    queueMicrotask(() => this.#openNext());
    globalThis.addEventListener?.("offline", this.#onOffline);
  }

  #onOffline = () => this.#end("transport close", { description: "network connection lost" });

  #openNext() {
    if (this.readyState !== "opening") return;
    while (this.#names.length > 0 && !TRANSPORTS[this.#names[0]]?.available(this.#options.WebSocket)) this.#names.shift();
    if (this.#names.length === 0) return this.#fail(new Error("No transports available"));
    const transport = this.#create(this.#names[0]);
    this.#use(transport);
    transport.open();
    clearTimeout(this.#timer);
    if (this.#mayTryNext()) this.#timer = setTimeout(() => this.#onError(new Error("timeout")), OPEN_TIMEOUT);
  }

  #mayTryNext() {
    return this.readyState === "opening" && this.#options.tryAllTransports !== false && this.#names.length > 1;
  }

  /**
   * @param {TransportName} name
   * @returns {Transport}
   */
  #create(name) {
    return new TRANSPORTS[name]({ ...this.#options, url: (transport) => this.#address(transport) });
  }

  /** @param {TransportName} transport */
  #address(transport) {
    const url = new URL(this.#url);
    if (transport === "websocket") url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("transport", transport);
    if (this.id) url.searchParams.set("sid", this.id);
    return url.href;
  }

  /** @param {Transport} transport */
  #use(transport) {
    if (this.transport) this.transport.sink = null;
    this.transport = transport;
    transport.sink = {
      onOpen: () => {},
      onUnit: (unit) => this.#onUnit(unit),
      onDrain: () => this.#onDrain(),
      onError: (err) => this.#onError(err),
      onClose: (details) => this.#end("transport close", details),
    };
  }

  /** @param {Unit} unit */
  #onUnit(unit) {
    if (this.readyState === "closed") return;
    if (typeof unit !== "string") return this.dispatch("data", unit);
    const data = unit.slice(1);
    switch (unit[0]) {
      case MESSAGE:
        return this.dispatch("data", data);
      case PING:
        this.#write(PONG + data);
        this.#watch();
        return this.dispatch("ping");
      case OPEN:
        return this.#onHandshake(data);
      case CLOSE:
        return this.#end("transport close", { description: "closed by the server" });
      case NOOP:
      case PONG:
        return;
      default:
        return this.#fail(new Error("server error"));
    }
  }

  /** @param {string} json */
  #onHandshake(json) {
    if (this.readyState !== "opening") return;
    let facts;
    try {
      facts = JSON.parse(json);
    } catch (err) {
      return this.#fail(/** @type {Error} */ (err));
    }
    this.id = facts.sid;
    this.#maxPayload = facts.maxPayload ?? 0;
    this.#silence = facts.pingInterval + facts.pingTimeout;
    this.readyState = "open";
    this.#watch();
    this.dispatch("open");
    this.#flush();
    this.#maybeUpgrade(facts.upgrades);
  }

  /** @param {unknown} offered */
  #maybeUpgrade(offered) {
    const wanted = this.#names.includes("websocket") && this.transport?.name === "polling";
    const possible = Array.isArray(offered) && offered.includes("websocket");
    if (!wanted || !possible || this.#options.upgrade === false || this.readyState !== "open") return;
    if (!WebSocketTransport.available(this.#options.WebSocket)) return;
    const next = this.#create("websocket");
    this.#probe = upgrade(/** @type {Transport} */ (this.transport), next, {
      onUpgrading: () => {
        this.upgrading = true;
        this.dispatch("upgrading", next);
      },
      onDone: () => {
        this.#use(next);
        this.#settleUpgrade("upgrade", next);
      },
      onFail: (err) => this.#settleUpgrade("upgradeError", err),
    });
  }

  /**
   * @param {string} event
   * @param {unknown} arg
   */
  #settleUpgrade(event, arg) {
    this.#probe = undefined;
    this.upgrading = false;
    this.dispatch(event, arg);
    this.#flush();
    this.#maybeFinish();
  }

  /**
   * Sends one message, or queues it until the transport takes it.
   * @param {Unit} message
   */
  write(message) {
    if (this.readyState === "closing" || this.readyState === "closed") return;
    this.#write(typeof message === "string" ? MESSAGE + message : message);
  }

  /** @param {Unit} unit */
  #write(unit) {
    this.#queue.push(unit);
    this.#flush();
  }

  #flush() {
    if (this.readyState === "closed" || this.upgrading || this.#queue.length === 0) return;
    if (!this.transport?.writable || (this.readyState === "opening" && !this.id)) return;
    const units = this.#queue.splice(0, this.#sendable());
    this.transport.send(units);
  }

  /** How many queued units go into the next send: a POST stays below the server's limit. */
  #sendable() {
    if (this.transport?.name !== "polling" || this.#maxPayload === 0) return this.#queue.length;
    let size = 0;
    for (let i = 0; i < this.#queue.length; i++) {
      size += payloadLength(this.#queue[i]) + (i > 0 ? 1 : 0);
      if (i > 0 && size > this.#maxPayload) return i;
    }
    return this.#queue.length;
  }

  #onDrain() {
    if (this.#queue.length > 0) return this.#flush();
    this.dispatch("drain");
    this.#maybeFinish();
  }

  /** Whether a message written now would leave at once; volatile events ask. */
  get idle() {
    const open = this.readyState === "open" && !this.upgrading && this.#queue.length === 0;
    return open && Boolean(this.transport?.idle) && !this.expired();
  }

  /**
   * Whether the server has been silent for too long. A throttled background tab
   * gets its timers late: asking when something is sent notices at once.
   */
  expired() {
    if (Date.now() <= this.#deadline) return false;
    this.#deadline = Infinity;
    queueMicrotask(() => this.#end("ping timeout"));
    return true;
  }

  #watch() {
    clearTimeout(this.#timer);
    if (!Number.isFinite(this.#silence)) return;
    this.#deadline = Date.now() + this.#silence;
    this.#timer = setTimeout(() => this.#end("ping timeout"), this.#silence);
  }

  /** Closes once everything written has left. */
  close() {
    if (this.readyState === "opening") return this.#end("forced close");
    if (this.readyState !== "open") return;
    this.readyState = "closing";
    this.#maybeFinish();
  }

  #maybeFinish() {
    if (this.readyState !== "closing" || this.upgrading) return;
    if (this.#queue.length > 0 || this.transport?.busy) return;
    this.#end("forced close");
  }

  /** @param {Error} err */
  #onError(err) {
    if (!this.#mayTryNext()) return this.#fail(err);
    this.#names.shift();
    this.transport?.close();
    this.#openNext();
  }

  /** @param {Error} err */
  #fail(err) {
    if (this.readyState === "closed") return;
    this.dispatch("error", err);
    this.#end("transport error", err);
  }

  /**
   * @param {string} reason
   * @param {unknown} [details]
   */
  #end(reason, details) {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.("offline", this.#onOffline);
    this.#probe?.cancel();
    if (this.transport) {
      this.transport.sink = null;
      this.transport.close();
    }
    this.id = null;
    this.#queue = [];
    this.dispatch("close", reason, details);
  }
}

/**
 * @param {string} uri
 * @param {EngineOptions} options
 */
function engineURL(uri, options) {
  const url = new URL(uri);
  url.protocol = url.protocol.replace("ws", "http");
  const path = (options.path ?? "/socket.io").replace(/\/$/, "");
  url.pathname = path + (options.addTrailingSlash === false ? "" : "/");
  url.hash = "";
  for (const [key, value] of Object.entries(options.query ?? {})) url.searchParams.set(key, value);
  url.searchParams.set("EIO", "4");
  return url.href;
}
