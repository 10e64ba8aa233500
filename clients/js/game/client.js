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
//
// The server holds the seat of a broken connection for a while. When the socket
// is connected again, this client takes it by itself: "lobby" and, in a match,
// "start" follow, or "closed" when it was too late.

import { Lists } from "./lists.js";
import { updated } from "./lobby.js";
import { Play } from "./play.js";
import { Requests } from "./requests.js";
import { Seat } from "./seat.js";

export { GameError } from "./error.js";

/** @typedef {import("./lobby.js").Lobby} Lobby */
/** @typedef {import("./lobby.js").You} You */
/** @typedef {import("./lobby.js").Joiner} Joiner */
/** @typedef {import("./lobby.js").Reason} Reason */
/** @typedef {import("./seat.js").SeatStorage} SeatStorage */

export class GameClient extends Requests {
  /** @type {Lobby | null} */
  lobby = null;
  /** @type {You | null} */
  you = null;
  /** Settles after each connect: whether the seat of an earlier connection was taken again. */
  resumed = Promise.resolve(false);
  #socket;
  #now;
  #seat;
  #play;
  #lists;
  /** @type {[string, (...args: any[]) => void][]} */
  #handlers;

  /**
   * @param {any} socket
   * @param {{ now?: () => number, storage?: SeatStorage }} [options] now: clock in ms; default performance.now, as
   *   requestAnimationFrame has it. storage: default none, the seat is known to this object alone
   */
  constructor(socket, { now = () => performance.now(), storage } = {}) {
    super(socket);
    this.#socket = socket;
    this.#now = now;
    this.#seat = new Seat(storage);
    this.#lists = new Lists(socket, this.request.bind(this));
    this.#play = new Play(socket, now, () => this.resync());
    this.#handlers = [
      ["lobby:update", (diff) => this.#onUpdate(diff)],
      ["lobby:chat", (line) => this.dispatch("chat", line)],
      ["lobby:closed", (why) => this.#onClosed(why)],
      ["match:start", (start) => this.#onStart(start)],
      ["match:tables", (tables) => this.#play.learn(tables)],
      ["match:event", (name, payload) => this.dispatch("event", name, payload)],
      ["match:end", (end) => this.#onEnd(end)],
      ["server:drain", (drain) => this.dispatch("drain", drain)],
      ["s", (frame, ack) => this.#play.receive(frame) && this.dispatch("frame", { tick: this.#play.world?.tick, ack })],
      ["lobby:list", (diff) => this.#lists.apply(diff)],
      ["connect", () => this.#onConnect()],
      ["disconnect", (reason) => this.#onDisconnect(reason)],
    ];
    for (const [event, fn] of this.#handlers) socket.on(event, fn);
    if (socket.connected) this.#onConnect();
  }

  /** Takes this client off its socket, which stays connected. */
  close() {
    for (const [event, fn] of this.#handlers) this.#socket.off(event, fn);
    this.#lists.end();
    this.#seat.lose();
    this.#forget();
  }

  /**
   * The lobbies that a query wants, kept current, also after the connection was
   * broken. One list at a time: the next call takes its place.
   * @param {object} [query] see docs/protocol.md, "Live lists"
   */
  watch(query) {
    return this.#lists.watch(query);
  }

  /** @param {Joiner & { game: string, name?: string, visibility?: string, max?: number, meta?: any }} options */
  create(options) {
    return this.#enter("lobby:create", options);
  }

  /** @param {Joiner & { id?: string, code?: string, spectate?: boolean }} options */
  join(options) {
    return this.#enter("lobby:join", options);
  }

  /** @param {Joiner & { game: string }} options */
  quick(options) {
    return this.#enter("lobby:quick", options);
  }

  /** Takes the place again that a broken connection has left; happens by itself when the socket connects. */
  resume() {
    return this.#enter("lobby:join", this.#seat.request);
  }

  /** Secret that gets the place back after a broken connection; "" without a seat. */
  get resumeToken() {
    return this.#seat.token;
  }

  /** Gives the seat up. Without a connection, the server does so when its time is over. */
  async leave() {
    const answer = this.#socket.connected ? await this.request("lobby:leave", {}) : { ok: true };
    this.#seat.keep("");
    this.#forget();
    return answer;
  }

  /** Whether this client watches, without a seat. */
  get spectating() {
    return this.you?.seat === -1;
  }

  /** The server's time and the round trip, while a match runs. */
  get clock() {
    return this.#play.clock;
  }

  /** The state of the running match as of the last frame, or null. */
  get world() {
    return this.#play.world;
  }

  /**
   * The state to draw now: a little in the past, between two ticks. Null until
   * there is one. Valid until the next call.
   * @param {number} [now] as requestAnimationFrame gives it
   */
  view(now = this.#now()) {
    return this.#play.view(now);
  }

  /**
   * Sends what the player does.
   * @param {any} payload as the game wants it
   * @returns {number} its sequence number, 0 outside a match and for spectators; a frame tells when it has been applied
   */
  sendInput(payload) {
    return this.spectating ? 0 : this.#play.sendInput(payload);
  }

  /** Numbers to show. */
  get stats() {
    return this.#play.stats;
  }

  /**
   * @param {string} event
   * @param {any} options
   */
  #enter(event, options) {
    // The bit-packed form of state has a quarter of the bytes.
    return this.request(event, { form: "B", ...options }, ({ lobby, you, resume }) => {
      this.you = you;
      this.#seat.keep(resume ?? "", options);
      this.#setLobby(lobby);
    });
  }

  #onConnect() {
    this.#lists.refresh();
    this.resumed = this.#seat.comeBack(() => this.resume(), (why) => this.dispatch("closed", why));
  }

  /** @param {string} reason */
  #onDisconnect(reason) {
    if (reason === "io client disconnect") this.#seat.keep(""); // to the server that is a good-bye
    this.#forget();
  }

  /** @param {Lobby | null} lobby */
  #setLobby(lobby) {
    this.lobby = lobby;
    this.dispatch("lobby", lobby);
  }

  /** @param {any} diff */
  #onUpdate(diff) {
    const lobby = updated(this.lobby, diff);
    if (lobby) this.#setLobby(lobby);
  }

  /** @param {Reason} why */
  #onClosed(why) {
    if (why.code === "REPLACED") this.#seat.lose();
    else this.#seat.keep("");
    this.#forget();
    this.dispatch("closed", why);
  }

  #forget() {
    this.#play.end();
    this.you = null;
    if (this.lobby) this.#setLobby(null);
  }

  /** @param {any} start */
  #onStart(start) {
    this.you = start.you ?? this.you;
    this.#play.begin(start);
    this.dispatch("start", start);
  }

  /** @param {any} end */
  #onEnd(end) {
    this.#play.end();
    this.dispatch("end", end);
  }
}
