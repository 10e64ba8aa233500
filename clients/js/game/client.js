// The lobby and match protocol (docs/protocol.md) on top of a connected socket:
// the light one of this package or an official socket.io-client socket.
//
// Events:
//   lobby (Lobby | null)   what changed is merged in; null: not in a lobby any more
//   chat ({from, name, text})
//   start (match:start)    world is there, its first state follows
//   frame ({tick, ack})    world is at tick, with all inputs up to ack
//   event (name, payload)  of the game
//   end ({reason, result})
//   closed ({code, message}), drain ({deadlineMs})

import { Emitter } from "../events.js";
import { ClockSync, pingDelay } from "../netcode/clock.js";
import { Match } from "./match.js";

const ANSWER_TIMEOUT = 10_000; // ms

/** What a request is refused with; the codes are listed in docs/protocol.md. */
export class GameError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "GameError";
    this.code = code;
  }
}

/**
 * @typedef {object} Lobby
 * @property {string} id
 * @property {string} code
 * @property {string} game
 * @property {string} name
 * @property {"gathering" | "countdown" | "playing" | "finished"} phase
 * @property {"public" | "unlisted" | "private"} visibility
 * @property {number} min
 * @property {number} max
 * @property {string} leader
 * @property {{ id: string, seat: number, name: string, ready: boolean, bot: boolean }[]} players
 * @property {number} [countdownMs]
 * @property {any} meta
 * @property {number} rev
 */

export class GameClient extends Emitter {
  /** @type {Lobby | null} */
  lobby = null;
  /** @type {{ id: string, seat: number } | null} */
  you = null;
  clock = new ClockSync();
  #socket;
  #now;
  /** @type {Match | null} */
  #match = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pingTimer;
  /** @type {[string, (...args: any[]) => void][]} */
  #handlers;

  /**
   * @param {any} socket
   * @param {{ now?: () => number }} [options] now: clock in ms; default performance.now, as requestAnimationFrame has it
   */
  constructor(socket, { now = () => performance.now() } = {}) {
    super();
    this.#socket = socket;
    this.#now = now;
    this.#handlers = [
      ["lobby:update", (diff) => this.#onUpdate(diff)],
      ["lobby:chat", (line) => this.dispatch("chat", line)],
      ["lobby:closed", (why) => this.#onClosed(why)],
      ["match:start", (start) => this.#onStart(start)],
      ["match:tables", (tables) => this.#match?.learn(tables)],
      ["match:event", (name, payload) => this.dispatch("event", name, payload)],
      ["match:end", (end) => this.#onEnd(end)],
      ["server:drain", (drain) => this.dispatch("drain", drain)],
      ["s", (frame, ack) => this.#onFrame(frame, ack)],
      ["disconnect", () => this.#forget()],
    ];
    for (const [event, fn] of this.#handlers) socket.on(event, fn);
  }

  /** Takes this client off its socket, which stays connected. */
  close() {
    for (const [event, fn] of this.#handlers) this.#socket.off(event, fn);
    this.#forget();
  }

  /** @param {{ game?: string }} [filter] resolves to {games, lobbies} */
  list(filter = {}) {
    return this.#request("lobby:list", filter);
  }

  /** @param {{ game: string, name?: string, player?: string, visibility?: string, max?: number, meta?: any, form?: "B" | "M" }} options */
  create(options) {
    return this.#enter("lobby:create", options);
  }

  /** @param {{ id?: string, code?: string, player?: string, form?: "B" | "M" }} options */
  join(options) {
    return this.#enter("lobby:join", options);
  }

  /** @param {{ game: string, player?: string, form?: "B" | "M" }} options */
  quick(options) {
    return this.#enter("lobby:quick", options);
  }

  async leave() {
    const answer = await this.#request("lobby:leave", {});
    this.#forget();
    return answer;
  }

  ready(ready = true) {
    return this.#request("lobby:ready", { ready });
  }

  start() {
    return this.#request("lobby:start", {});
  }

  /** @param {string} player id */
  kick(player) {
    return this.#request("lobby:kick", { player });
  }

  /** @param {string} text */
  chat(text) {
    return this.#request("lobby:chat", { text });
  }

  /** Asks for the full state; happens by itself when a frame can't be applied. */
  resync() {
    return this.#request("match:resync", {});
  }

  /** The state of the running match as of the last frame, or null. */
  get world() {
    return this.#match?.world ?? null;
  }

  /**
   * The state to draw now: a little in the past, between two ticks. Null until
   * there is one. Valid until the next call.
   * @param {number} [now] as requestAnimationFrame gives it
   */
  view(now = this.#now()) {
    return this.#match?.view(now) ?? null;
  }

  /**
   * Sends what the player does.
   * @param {any} payload as the game wants it
   * @returns {number} its sequence number, 0 outside a match; a frame tells when it has been applied
   */
  sendInput(payload) {
    return this.#match?.sendInput(payload) ?? 0;
  }

  /** Numbers to show. */
  get stats() {
    const stats = this.#match?.stats(this.#now());
    return { rtt: this.clock.rtt, tick: 0, bytesPerSecond: 0, skipped: 0, frames: 0, bufferMs: 0, ...stats };
  }

  /**
   * @param {string} event
   * @param {object} arg
   * @param {(answer: any) => void} [onAnswer] called at once: the promise settles after packets that came along
   * @returns {Promise<any>}
   */
  #request(event, arg, onAnswer) {
    return new Promise((resolve, reject) => {
      this.#socket.timeout(ANSWER_TIMEOUT).emit(event, arg, (/** @type {Error | null} */ err, /** @type {any} */ answer) => {
        if (err) return reject(new GameError(this.#socket.connected ? "TIMEOUT" : "DISCONNECTED", err.message));
        if (!answer?.ok) return reject(new GameError(answer?.code ?? "INTERNAL", answer?.message ?? "malformed answer"));
        onAnswer?.(answer);
        resolve(answer);
      });
    });
  }

  /**
   * @param {string} event
   * @param {object} options
   */
  #enter(event, options) {
    // The bit-packed form of state has a quarter of the bytes.
    return this.#request(event, { form: "B", ...options }, ({ lobby, you }) => {
      this.you = you;
      this.#setLobby(lobby);
    });
  }

  /** @param {Lobby | null} lobby */
  #setLobby(lobby) {
    this.lobby = lobby;
    this.dispatch("lobby", lobby);
  }

  /** @param {any} diff */
  #onUpdate(diff) {
    if (!this.lobby || !(diff?.rev > this.lobby.rev)) return;
    this.#setLobby({ ...this.lobby, ...diff });
  }

  /** @param {{ code: string, message: string }} why */
  #onClosed(why) {
    this.#forget();
    this.dispatch("closed", why);
  }

  #forget() {
    this.#stopMatch();
    this.you = null;
    if (this.lobby) this.#setLobby(null);
  }

  /** @param {any} start */
  #onStart(start) {
    this.#stopMatch();
    this.you = start.you ?? this.you;
    this.#match = new Match(this.#socket, start, this.#now);
    this.clock = new ClockSync();
    this.#ping(0);
    this.dispatch("start", start);
  }

  /** @param {any} end */
  #onEnd(end) {
    this.#stopMatch();
    this.dispatch("end", end);
  }

  #stopMatch() {
    clearTimeout(this.#pingTimer);
    this.#match?.stop();
    this.#match = null;
  }

  /**
   * @param {any} frame
   * @param {number} ack
   */
  #onFrame(frame, ack) {
    const match = this.#match;
    if (!match) return;
    if (match.receive(frame)) this.dispatch("frame", { tick: match.world.tick, ack });
    else if (match.wantsKeyframe()) this.resync().catch(() => match.keyframeRefused());
  }

  /** @param {number} sent */
  #ping(sent) {
    const { clock } = this;
    const t0 = this.#now();
    this.#socket.volatile.emit("clock", t0, (/** @type {any} */ echo, /** @type {number} */ t1, /** @type {number} */ t2) => {
      if (echo === t0) clock.add(t0, t1, t2, this.#now());
    });
    this.#pingTimer = setTimeout(() => this.#ping(sent + 1), pingDelay(sent + 1));
  }
}
