// A namespace seen from the client: events in both directions, acknowledgements,
// and what happens to them while the connection is away.
// Source: Socket.IO protocol v5, "Exchange protocol".

import { call, Emitter } from "../events.js";
import { ACK, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, RESERVED } from "./packet.js";
import { RetryQueue } from "./retry.js";

/** @typedef {import("../events.js").Listener} Listener */
/** @typedef {import("./manager.js").Manager} Manager */
/** @typedef {import("./packet.js").Packet} Packet */
/** @typedef {Record<string, any>} Auth */

/**
 * @typedef {object} SocketOptions
 * @property {Auth | ((done: (auth: Auth) => void) => void)} [auth]
 * @property {number} [retries] how often an event is sent again until it is acknowledged; default: sent once
 * @property {number} [ackTimeout] ms; for events without a timeout of their own
 */

/**
 * @typedef {object} Flags
 * @property {boolean} [volatile]
 * @property {number} [timeout]
 * @property {boolean} [fromQueue]
 */

/**
 * @typedef {object} PendingAck
 * @property {(...args: any[]) => void} fn
 * @property {boolean} withError whether fn takes an error first
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

export class Socket extends Emitter {
  /** @type {string | undefined} */
  id;
  connected = false;
  /** Whether the session before the reconnection goes on: nothing was missed. */
  recovered = false;
  /** @type {SocketOptions["auth"]} */
  auth;
  /** @type {Flags} */
  #flags = {};
  #active = false;
  #opts;
  /** @type {string | undefined} */
  #pid; // private session id: names the session to recover
  /** @type {string | undefined} */
  #offset; // of the last event received
  #nextAck = 0;
  /** @type {Map<number, PendingAck>} */
  #acks = new Map();
  /** @type {Packet[]} */
  #sendBuffer = [];
  /** @type {any[][]} */
  #receiveBuffer = [];
  /** @type {Listener[]} */
  #anyIncoming = [];
  /** @type {Listener[]} */
  #anyOutgoing = [];
  #retries;

  /**
   * @param {Manager} manager
   * @param {string} nsp
   * @param {SocketOptions} [opts]
   */
  constructor(manager, nsp, opts = {}) {
    super();
    this.io = manager;
    this.nsp = nsp;
    this.auth = opts.auth;
    this.#opts = opts;
    this.#retries = opts.retries ? new RetryQueue(this, opts.retries) : undefined;
  }

  get disconnected() {
    return !this.connected;
  }

  /** Whether it is connected or will connect once the connection is back. */
  get active() {
    return this.#active;
  }

  connect() {
    if (this.connected) return this;
    const asked = this.#active && this.io.readyState === "open";
    this.#active = true;
    if (!this.io.reconnecting) this.io.open();
    if (!asked && this.io.readyState === "open") this._onOpen();
    return this;
  }

  open() {
    return this.connect();
  }

  /** Leaves the namespace; the last socket of a connection closes it. */
  disconnect() {
    const was = this.connected;
    if (was) this.#write({ type: DISCONNECT, nsp: this.nsp });
    this.#deactivate();
    if (was) this._onClose("io client disconnect");
    return this;
  }

  close() {
    return this.disconnect();
  }

  /** The next event is dropped if it can't be sent at once. */
  get volatile() {
    this.#flags.volatile = true;
    return this;
  }

  /**
   * The acknowledgement of the next event takes an error first, which it gets after ms.
   * @param {number} ms
   */
  timeout(ms) {
    this.#flags.timeout = ms;
    return this;
  }

  /** For the official client's API; the browser decides about compression. @param {boolean} _on */
  compress(_on) {
    return this;
  }

  /**
   * Sends an event. A function as the last argument is called with the answer.
   * @param {string} event
   * @param {any[]} args
   */
  emit(event, ...args) {
    if (RESERVED.has(event)) throw new Error(`"${event}" is a reserved event name`);
    const flags = this.#flags;
    this.#flags = {};
    if (this.#retries && !flags.fromQueue && !flags.volatile) {
      this.#retries.add(event, args, flags);
      return this;
    }
    /** @type {Packet} */
    const packet = { type: EVENT, nsp: this.nsp, data: [event, ...args] };
    if (flags.volatile && !(this.connected && this.io.engine?.idle)) return this;
    if (typeof args.at(-1) === "function") packet.id = this.#expectAck(packet.data.pop(), flags);
    if (this.connected && !this.io.engine?.expired()) this.#sendEvent(packet);
    else this.#sendBuffer.push(packet);
    return this;
  }

  /**
   * @param {any[]} args
   */
  send(...args) {
    return this.emit("message", ...args);
  }

  /**
   * Sends an event and resolves to the first value of the answer.
   * @param {string} event
   * @param {any[]} args
   * @returns {Promise<any>}
   */
  emitWithAck(event, ...args) {
    return new Promise((resolve, reject) => {
      /**
       * @param {Error | null} err
       * @param {any} value
       */
      const done = (err, value) => (err ? reject(err) : resolve(value));
      done.withError = true;
      this.emit(event, ...args, done);
    });
  }

  /** Sends with flags that were taken off an earlier emit. @internal @param {Flags} flags @param {any[]} args */
  _emitQueued(flags, args) {
    this.#flags = { ...flags, fromQueue: true };
    this.emit(args[0], ...args.slice(1));
  }

  /**
   * @param {((...args: any[]) => void) & { withError?: boolean }} fn
   * @param {Flags} flags
   * @returns {number} id
   */
  #expectAck(fn, flags) {
    const id = this.#nextAck++;
    const timeout = flags.timeout ?? this.#opts.ackTimeout;
    /** @type {PendingAck} */
    const ack = { fn, withError: timeout !== undefined || Boolean(fn.withError) };
    if (timeout !== undefined) {
      ack.timer = setTimeout(() => {
        this.#acks.delete(id);
        this.#sendBuffer = this.#sendBuffer.filter((p) => p.id !== id);
        call(fn, this, [new Error("operation has timed out")]);
      }, timeout);
    }
    this.#acks.set(id, ack);
    return id;
  }

  /** @param {Packet} packet */
  #sendEvent(packet) {
    for (const fn of this.#anyOutgoing) call(fn, this, packet.data);
    this.#write(packet);
  }

  /** @param {Packet} packet */
  #write(packet) {
    this.io._write(packet);
  }

  /** @internal */
  _onOpen() {
    if (!this.#active) return;
    if (typeof this.auth === "function") this.auth((auth) => this.#sendConnect(auth));
    else this.#sendConnect(this.auth);
  }

  /** @param {Auth | undefined} auth */
  #sendConnect(auth) {
    const data = this.#pid ? { pid: this.#pid, offset: this.#offset, ...auth } : auth;
    this.#write({ type: CONNECT, nsp: this.nsp, data });
  }

  /** @internal @param {Error} err */
  _onManagerError(err) {
    if (this.#active && !this.connected) this.dispatch("connect_error", err);
  }

  /**
   * @internal
   * @param {string} reason
   * @param {unknown} [details]
   */
  _onClose(reason, details) {
    if (!this.connected) return;
    this.connected = false;
    this.id = undefined;
    this.dispatch("disconnect", reason, details);
    this.#failAcks();
  }

  /** Answers to what has been sent will not come any more. */
  #failAcks() {
    const buffered = new Set(this.#sendBuffer.map((p) => p.id));
    for (const [id, ack] of this.#acks) {
      if (buffered.has(id)) continue;
      this.#acks.delete(id);
      clearTimeout(ack.timer);
      // Without an error argument there is no way to say it.
      if (ack.withError) call(ack.fn, this, [new Error("socket has been disconnected")]);
    }
  }

  /** @internal @param {Packet} packet */
  _onPacket(packet) {
    if (!this.#active) return;
    switch (packet.type) {
      case CONNECT:
        return this.#onConnect(packet.data);
      case DISCONNECT:
        this.#deactivate();
        return this._onClose("io server disconnect");
      case CONNECT_ERROR:
        return this.#onRefused(packet.data);
      case EVENT:
        return this.#onEvent(packet);
      case ACK:
        return this.#onAck(packet);
    }
  }

  /** @param {{ sid?: string, pid?: string } | undefined} data */
  #onConnect(data) {
    if (typeof data?.sid !== "string") {
      this.dispatch("connect_error", new Error("the server speaks Socket.IO v2, which this client does not"));
      return;
    }
    this.id = data.sid;
    this.recovered = data.pid !== undefined && data.pid === this.#pid;
    this.#pid = data.pid;
    this.connected = true;
    const received = this.#receiveBuffer;
    const toSend = this.#sendBuffer;
    this.#receiveBuffer = [];
    this.#sendBuffer = [];
    for (const args of received) this.#deliver(args);
    for (const packet of toSend) this.#sendEvent(packet);
    this.#retries?.resume();
    this.dispatch("connect");
  }

  /** @param {any} data */
  #onRefused(data) {
    this.#deactivate();
    const message = typeof data === "string" ? data : data?.message;
    this.dispatch("connect_error", Object.assign(new Error(message), { data: data?.data }));
  }

  /** @param {Packet} packet */
  #onEvent({ id, data }) {
    const args = id === undefined ? data : [...data, this.#answer(id)];
    // Recovery replays what was missed before it confirms the connection.
    if (this.connected) this.#deliver(args);
    else this.#receiveBuffer.push(args);
  }

  /** @param {any[]} args name first */
  #deliver(args) {
    for (const fn of this.#anyIncoming) call(fn, this, args);
    this.dispatch(args[0], ...args.slice(1));
    // With recovery on, the server appends an offset to each event.
    const last = args.at(-1);
    if (this.#pid && typeof last === "string") this.#offset = last;
  }

  /**
   * @param {number} id
   * @returns {(...args: any[]) => void}
   */
  #answer(id) {
    let sent = false;
    return (...args) => {
      if (sent) return;
      sent = true;
      this.#write({ type: ACK, nsp: this.nsp, id, data: args });
    };
  }

  /** @param {Packet} packet */
  #onAck({ id, data }) {
    const ack = this.#acks.get(/** @type {number} */ (id));
    if (!ack) return;
    this.#acks.delete(/** @type {number} */ (id));
    clearTimeout(ack.timer);
    call(ack.fn, this, ack.withError ? [null, ...data] : data);
  }

  #deactivate() {
    this.#active = false;
    this.io._release();
  }

  /** @param {Listener} fn called with the name and arguments of each event received */
  onAny(fn) {
    this.#anyIncoming = [...this.#anyIncoming, fn];
    return this;
  }

  /** @param {Listener} fn */
  prependAny(fn) {
    this.#anyIncoming = [fn, ...this.#anyIncoming];
    return this;
  }

  /** @param {Listener} [fn] default: all */
  offAny(fn) {
    this.#anyIncoming = fn ? without(this.#anyIncoming, fn) : [];
    return this;
  }

  listenersAny() {
    return this.#anyIncoming;
  }

  /** @param {Listener} fn called with the name and arguments of each event sent, acknowledgements aside */
  onAnyOutgoing(fn) {
    this.#anyOutgoing = [...this.#anyOutgoing, fn];
    return this;
  }

  /** @param {Listener} fn */
  prependAnyOutgoing(fn) {
    this.#anyOutgoing = [fn, ...this.#anyOutgoing];
    return this;
  }

  /** @param {Listener} [fn] default: all */
  offAnyOutgoing(fn) {
    this.#anyOutgoing = fn ? without(this.#anyOutgoing, fn) : [];
    return this;
  }

  listenersAnyOutgoing() {
    return this.#anyOutgoing;
  }
}

/**
 * @param {Listener[]} list
 * @param {Listener} fn
 */
function without(list, fn) {
  const i = list.indexOf(fn);
  return list.filter((_, j) => j !== i);
}
