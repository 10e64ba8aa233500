// The lobby and match protocol (docs/protocol.md) on top of a connected socket:
// the light one of this package or an official socket.io-client socket.
//
// The server holds the seat of a broken connection for a while. When the socket
// is connected again, this client takes it by itself: "lobby" and, in a match,
// "start" follow, or "closed" when it was too late.

import { Lists } from "./lists.js";
import { Party } from "./party.js";
import { Place } from "./place.js";
import { Play } from "./play.js";
import { Queue } from "./queue.js";
import { Requests } from "./requests.js";

export { GameError } from "./error.js";

/** @typedef {import("./lobby.js").Joiner} Joiner */
/** @typedef {import("./party.js").Call} Call */

export class GameClient extends Requests {
  /** Settles after each connect: whether the seat of an earlier connection was taken again. */
  resumed = Promise.resolve(false);
  /** The people one plays with. */
  party;
  /** Where one waits for a match. */
  queue;
  #socket;
  #now;
  #place;
  #play;
  #lists;
  #joiner;
  /** @type {[string, (...args: any[]) => void][]} */
  #handlers;

  /**
   * @param {any} socket
   * @param {import("./lobby.js").ClientOptions} [options]
   */
  constructor(socket, { now = () => performance.now(), storage, partyStorage, follow = true, joiner = () => ({}) } = {}) {
    super(socket);
    const ask = this.request.bind(this);
    this.#socket = socket;
    this.#now = now;
    this.#joiner = joiner;
    this.#place = new Place(ask, {
      lobby: (lobby) => this.dispatch("lobby", lobby),
      you: (you) => this.dispatch("you", you),
      closed: (why) => this.dispatch("closed", why),
    }, storage);
    this.#lists = new Lists(socket, ask);
    this.#play = new Play(socket, now, () => this.resync());
    this.party = new Party(ask, partyStorage).on("follow", (call) => this.#onCall(call, follow));
    this.queue = new Queue(ask).on("matched", (call) => this.#onCall(call, follow));
    this.#handlers = [
      ["lobby:update", (diff) => this.#place.update(diff)],
      ["lobby:you", (you) => this.#place.moved(you)],
      ["lobby:chat", (line) => this.dispatch("chat", line)],
      ["lobby:closed", (why) => this.#onClosed(why)],
      ["match:start", (start) => this.#onStart(start)],
      ["match:tables", (tables) => this.#play.learn(tables)],
      ["match:event", (name, payload) => this.dispatch("event", name, payload)],
      ["match:end", (end) => this.#onEnd(end)],
      ["server:announce", (said) => this.dispatch("announce", said)],
      ["server:drain", (drain) => this.dispatch("drain", drain)],
      ["s", (frame, ack) => this.#play.receive(frame) && this.dispatch("frame", { tick: this.#play.world?.tick, ack })],
      ["lobby:list", (diff) => this.#lists.apply(diff)],
      ...this.party.handlers,
      ...this.queue.handlers,
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
    this.party.end();
    this.queue.end();
    this.#play.end();
    this.#place.lose();
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
    return this.#place.enter("lobby:create", options);
  }

  /** @param {Joiner & { id?: string, code?: string, ticket?: string, spectate?: boolean }} options */
  join(options) {
    return this.#place.enter("lobby:join", options);
  }

  /** @param {Joiner & { game: string }} options */
  quick(options) {
    return this.#place.enter("lobby:quick", options);
  }

  /** Takes the place again that a broken connection has left; happens by itself when the socket connects. */
  resume() {
    return this.#place.resume();
  }

  /** The lobby that one is in, as last told, or null. */
  get lobby() {
    return this.#place.lobby;
  }

  /** One's id and seat in it, or null. */
  get you() {
    return this.#place.you;
  }

  /** Secret that gets the place back after a broken connection; "" without a seat. */
  get resumeToken() {
    return this.#place.token;
  }

  /** Gives the seat up. Without a connection, the server does so when its time is over. */
  async leave() {
    const answer = this.#socket.connected ? await this.request("lobby:leave", {}) : { ok: true };
    this.#play.end();
    this.#place.drop();
    return answer;
  }

  /**
   * Goes where a call wants us, out of another lobby; happens by itself unless follow is false.
   * @param {Call} call
   */
  async follow(call) {
    if (this.lobby) await this.leave();
    return this.join({ ...this.#joiner(), ticket: call.ticket });
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

  #onConnect() {
    this.#lists.refresh();
    this.party.connected();
    this.party.resumed.then((back) => this.queue.connected(back));
    this.resumed = this.#place.comeBack();
  }

  /** @param {string} reason */
  #onDisconnect(reason) {
    const goodBye = reason === "io client disconnect"; // to the server, too
    this.party.disconnected(goodBye);
    this.queue.disconnected();
    this.#play.end();
    if (goodBye) this.#place.drop();
    else this.#place.forget();
  }

  /**
   * @param {Call} call
   * @param {boolean} follow
   */
  #onCall(call, follow) {
    this.dispatch("call", call);
    if (follow) this.follow(call).catch((why) => this.dispatch("missed", why, call));
  }

  /** @param {import("./lobby.js").Reason} why */
  #onClosed(why) {
    this.#play.end();
    this.#place.closed(why);
  }

  /** @param {any} start */
  #onStart(start) {
    this.#place.you = start.you ?? this.you;
    this.#play.begin(start);
    this.queue.started();
    this.dispatch("start", start);
  }

  /** @param {any} end */
  #onEnd(end) {
    this.#play.end();
    this.dispatch("end", end);
  }
}
