// One connection to a server and the sockets (one per namespace) that share it.
//
// Events: open, error, ping, packet, close, reconnect_attempt, reconnect,
// reconnect_error, reconnect_failed.

import { Session } from "../engine/session.js";
import { Emitter } from "../events.js";
import { Backoff } from "./backoff.js";
import * as json from "./json.js";
import * as msgpack from "./msgpack.js";
import { Socket } from "./socket.js";

/** @typedef {import("./packet.js").Packet} Packet */
/** @typedef {import("./packet.js").Parser} Parser */
/** @typedef {import("./socket.js").SocketOptions} SocketOptions */

/**
 * @typedef {object} ConnectionOptions
 * @property {"json" | "msgpack" | Parser} [parser] default "json", which every server takes
 * @property {"uint8array" | "arraybuffer"} [binaryType] what binary values arrive as; default "uint8array", which needs no copy
 * @property {boolean} [autoConnect] default true
 * @property {boolean} [reconnection] default true
 * @property {number} [reconnectionAttempts] default Infinity
 * @property {number} [reconnectionDelay] first delay, ms; default 1000
 * @property {number} [reconnectionDelayMax] ms; default 5000
 * @property {number} [randomizationFactor] 0..1; default 0.5
 * @property {number | false} [timeout] of one connection attempt, ms; default 20000
 */

/** @typedef {import("../engine/session.js").EngineOptions & ConnectionOptions & SocketOptions} ManagerOptions */

const PARSERS = { json, msgpack };

export class Manager extends Emitter {
  /** @type {Map<string, Socket>} */
  nsps = new Map();
  /** @type {Session | undefined} */
  engine;
  /** @type {"closed" | "opening" | "open"} */
  readyState = "closed";
  /** @type {Record<string, (...args: any[]) => void>} */
  #handlers = {};
  #encoder;
  #Decoder;
  /** @type {import("./packet.js").PacketDecoder | undefined} */
  #decoder;
  #backoff;
  #reconnecting = false;
  #stopped = false; // closed on purpose: no reconnection
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} uri
   * @param {ManagerOptions} [opts]
   */
  constructor(uri, opts = {}) {
    super();
    this.uri = uri;
    this.opts = opts;
    const parser = typeof opts.parser === "object" ? opts.parser : PARSERS[opts.parser ?? "json"];
    if (!parser) throw new TypeError(`unknown parser "${opts.parser}"`);
    this.#encoder = new parser.Encoder();
    this.#Decoder = parser.Decoder;
    this.#backoff = new Backoff({
      min: opts.reconnectionDelay ?? 1000,
      max: opts.reconnectionDelayMax ?? 5000,
      jitter: opts.randomizationFactor ?? 0.5,
    });
    if (this.autoConnect) this.open();
  }

  get autoConnect() {
    return this.opts.autoConnect !== false;
  }

  /** Whether an attempt to reconnect is being waited for or made. */
  get reconnecting() {
    return this.#reconnecting;
  }

  /**
   * Sets or returns whether a lost connection is opened again.
   * @param {boolean} [on]
   */
  reconnection(on) {
    if (on === undefined) return this.opts.reconnection !== false;
    this.opts.reconnection = on;
    if (!on) this.#stopReconnecting();
    return this;
  }

  #stopReconnecting() {
    this.#stopped = true;
    this.#reconnecting = false;
    clearTimeout(this.#timer);
  }

  /** @param {(err?: Error) => void} [done] */
  open(done) {
    if (this.#reconnecting && this.readyState === "closed") this.#reconnect(done); // now, not after the delay
    else this.#open(done);
    return this;
  }

  /** @param {(err?: Error) => void} [done] */
  #open(done) {
    if (this.readyState !== "closed") return;
    this.readyState = "opening";
    this.#stopped = false;
    clearTimeout(this.#timer);
    this.engine = new Session(this.uri, this.opts);
    /** @param {Error} err */
    const fail = (err) => {
      this.#drop();
      this.dispatch("error", err);
      for (const socket of this.nsps.values()) socket._onManagerError(err);
      if (done) done(err);
      else if (!this.#reconnecting && this.#backoff.attempts === 0) this.#scheduleReconnect();
    };
    this.#listen({
      error: fail,
      close: (reason) => fail(new Error(reason)), // before it was open
      open: () => {
        this.#onOpen();
        done?.();
      },
    });
    const timeout = this.opts.timeout ?? 20000;
    if (timeout !== false) this.#timer = setTimeout(() => fail(new Error("timeout")), timeout);
  }

  /** @param {(err?: Error) => void} [done] */
  connect(done) {
    return this.open(done);
  }

  /**
   * Replaces our listeners on the engine; those of others stay.
   * @param {Record<string, (...args: any[]) => void>} handlers
   */
  #listen(handlers) {
    for (const [event, fn] of Object.entries(this.#handlers)) this.engine?.off(event, fn);
    for (const [event, fn] of Object.entries(handlers)) this.engine?.on(event, fn);
    this.#handlers = handlers;
  }

  #onOpen() {
    clearTimeout(this.#timer);
    this.readyState = "open";
    this.#decoder = new this.#Decoder(this.opts.binaryType === "arraybuffer" ? toArrayBuffer : undefined);
    this.#decoder.on("decoded", (packet) => this.#onPacket(packet));
    this.#listen({
      ping: () => this.dispatch("ping"),
      data: (data) => this.#onData(data),
      error: (err) => this.#onEngineError(err),
      close: (reason, details) => this.#onClose(reason, details),
    });
    this.dispatch("open");
    for (const socket of this.nsps.values()) socket._onOpen();
  }

  /** @param {Error} err */
  #onEngineError(err) {
    this.dispatch("error", err);
    for (const socket of this.nsps.values()) socket._onManagerError(err);
  }

  /** @param {string | Uint8Array} data */
  #onData(data) {
    try {
      this.#decoder?.add(data);
    } catch (err) {
      this.#onClose("parse error", err);
    }
  }

  /** @param {Packet} packet */
  #onPacket(packet) {
    this.dispatch("packet", packet);
    this.nsps.get(packet.nsp)?._onPacket(packet);
  }

  /**
   * The socket of a namespace, made at the first call.
   * @param {string} nsp
   * @param {SocketOptions} [opts]
   * @returns {Socket}
   */
  socket(nsp, opts) {
    let socket = this.nsps.get(nsp);
    if (!socket) {
      socket = new Socket(this, nsp, opts);
      this.nsps.set(nsp, socket);
      if (this.autoConnect) socket.connect();
    } else if (this.autoConnect && !socket.active) {
      socket.connect();
    }
    return socket;
  }

  /**
   * @internal
   * @param {Packet} packet
   */
  _write(packet) {
    for (const message of this.#encoder.encode(packet)) this.engine?.write(message);
  }

  /** Called when a socket stops being active. @internal */
  _release() {
    for (const socket of this.nsps.values()) {
      if (socket.active) return;
    }
    this.close();
  }

  /** Ends the connection for good; open() or a socket's connect() starts anew. */
  close() {
    this.#stopReconnecting();
    this.#onClose("forced close");
    return this;
  }

  disconnect() {
    return this.close();
  }

  #drop() {
    clearTimeout(this.#timer);
    this.readyState = "closed";
    this.#listen({});
    this.engine?.close();
    this.#decoder?.destroy();
    this.#decoder = undefined;
  }

  /**
   * @param {string} reason
   * @param {unknown} [details]
   */
  #onClose(reason, details) {
    if (this.readyState === "closed") return;
    this.#drop();
    this.#backoff.reset();
    this.dispatch("close", reason, details);
    for (const socket of this.nsps.values()) {
      if (socket.active) socket._onClose(reason, details);
    }
    this.#scheduleReconnect();
  }

  #scheduleReconnect() {
    if (this.#reconnecting || this.#stopped || this.opts.reconnection === false) return;
    if (this.readyState !== "closed") return; // a listener has opened it again
    if (this.#backoff.attempts >= (this.opts.reconnectionAttempts ?? Infinity)) {
      this.#backoff.reset();
      this.dispatch("reconnect_failed");
      return;
    }
    this.#reconnecting = true;
    this.#timer = setTimeout(() => this.#reconnect(), this.#backoff.next());
  }

  /** @param {(err?: Error) => void} [done] */
  #reconnect(done) {
    clearTimeout(this.#timer);
    this.dispatch("reconnect_attempt", this.#backoff.attempts);
    if (this.#stopped) return; // closed by a listener
    this.#open((err) => {
      this.#reconnecting = false;
      done?.(err);
      if (err) {
        this.dispatch("reconnect_error", err);
        this.#scheduleReconnect();
      } else {
        const attempt = this.#backoff.attempts;
        this.#backoff.reset();
        this.dispatch("reconnect", attempt);
      }
    });
  }
}

/** @param {Uint8Array} bytes */
function toArrayBuffer(bytes) {
  return bytes.slice().buffer;
}
