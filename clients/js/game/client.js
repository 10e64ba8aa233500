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

import { Emitter } from "../events.js";
import { ClockSync, pingDelay } from "../netcode/clock.js";
import { LiveList } from "./livelist.js";
import { Match } from "./match.js";

const ANSWER_TIMEOUT = 10_000; // ms
const RETRY = 1000; // ms until a seat that the server was too busy to give back is asked for again

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
 * @property {{ id: string, seat: number, team?: number, name: string, ready: boolean, bot: boolean, away?: boolean }[]} players
 * @property {number} [countdownMs]
 * @property {number} [teams] their number
 * @property {number} [spectators] their number
 * @property {boolean} [password] one is needed
 * @property {boolean} [locked] nobody is let in
 * @property {any} meta
 * @property {number} rev
 */

/**
 * Remembers the secret token of a seat, so that the page finds it after it was
 * loaded anew. sessionStorage is a good place: it belongs to one tab.
 * @typedef {{ get(): string | null | undefined, set(token: string): void }} SeatStorage
 */

/** @typedef {{ player?: string, password?: string, form?: "B" | "M", schema?: string }} Joiner */

export class GameClient extends Emitter {
  /** @type {Lobby | null} */
  lobby = null;
  /** @type {{ id: string, seat: number } | null} */
  you = null;
  clock = new ClockSync();
  /** Secret that gets the place back after a broken connection; "" without a seat. */
  resumeToken = "";
  /** Settles after each connect: whether the seat of an earlier connection was taken again. */
  resumed = Promise.resolve(false);
  #socket;
  #now;
  #storage;
  /** @type {Joiner} what is asked for again with the seat */
  #asked = {};
  /** @type {LiveList | null} */
  #list = null;
  /** @type {Match | null} */
  #match = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pingTimer;
  /** @type {[string, (...args: any[]) => void][]} */
  #handlers;

  /**
   * @param {any} socket
   * @param {{ now?: () => number, storage?: SeatStorage }} [options] now: clock in ms; default performance.now, as
   *   requestAnimationFrame has it. storage: default none, the seat is known to this object alone
   */
  constructor(socket, { now = () => performance.now(), storage } = {}) {
    super();
    this.#socket = socket;
    this.#now = now;
    this.#storage = storage;
    this.resumeToken = storage?.get() || "";
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
      ["lobby:list", (diff) => this.#list?.apply(diff)],
      ["connect", () => this.#onConnect()],
      ["disconnect", (reason) => this.#onDisconnect(reason)],
    ];
    for (const [event, fn] of this.#handlers) socket.on(event, fn);
    if (socket.connected) this.#onConnect();
  }

  /** Takes this client off its socket, which stays connected. */
  close() {
    for (const [event, fn] of this.#handlers) this.#socket.off(event, fn);
    this.#list = null;
    this.resumeToken = "";
    this.#forget();
  }

  /** @param {{ game?: string }} [filter] resolves to {games, lobbies} */
  list(filter = {}) {
    return this.#request("lobby:list", filter);
  }

  /**
   * The lobbies that a query wants, kept current, also after the connection was
   * broken. One list at a time: the next call takes its place.
   * @param {object} [query] see docs/protocol.md, "Live lists"
   * @returns {Promise<LiveList>}
   */
  async watch(query) {
    const list = new LiveList(
      (onAnswer) => this.#request("lobby:watch", query ? { query } : {}, (answer) => this.#list === list && onAnswer(answer)),
      () => this.#unwatch(list),
    );
    this.#list = list;
    try {
      await list.begin();
    } catch (err) {
      if (this.#list === list) this.#list = null;
      throw err;
    }
    return list;
  }

  /** @param {LiveList} list */
  #unwatch(list) {
    if (this.#list !== list) return;
    this.#list = null;
    if (this.#socket.connected) this.#request("lobby:unwatch", {}).catch(() => {}); // a broken connection watches nothing
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
    return this.#enter("lobby:join", { ...this.#asked, resume: this.resumeToken });
  }

  /** Gives the seat up. Without a connection, the server does so when its time is over. */
  async leave() {
    if (!this.#socket.connected) {
      this.#keep("");
      this.#forget();
      return { ok: true };
    }
    const answer = await this.#request("lobby:leave", {});
    this.#keep("");
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

  /** Says whether newcomers are turned away; the leader may. */
  lock(locked = true) {
    return this.#request("lobby:lock", { locked });
  }

  /**
   * @param {number} team from 1
   * @param {string} [player] id; default oneself
   */
  team(team, player) {
    return this.#request("lobby:team", { team, ...(player && { player }) });
  }

  /**
   * Two players exchange their teams.
   * @param {string} a id
   * @param {string} b id
   */
  swap(a, b) {
    return this.#request("lobby:swap", { a, b });
  }

  /** Evens the teams out. */
  balance() {
    return this.#request("lobby:balance", {});
  }

  /** Whether this client watches, without a seat. */
  get spectating() {
    return this.you?.seat === -1;
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
   * @returns {number} its sequence number, 0 outside a match and for spectators; a frame tells when it has been applied
   */
  sendInput(payload) {
    return this.spectating ? 0 : (this.#match?.sendInput(payload) ?? 0);
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
   * @param {any} options
   */
  #enter(event, options) {
    // The bit-packed form of state has a quarter of the bytes.
    return this.#request(event, { form: "B", ...options }, ({ lobby, you, resume }) => {
      this.you = you;
      this.#asked = { ...(options.form && { form: options.form }), ...(options.schema && { schema: options.schema }) };
      this.#keep(resume ?? "");
      this.#setLobby(lobby);
    });
  }

  /** @param {string} token of the seat; "": there is none */
  #keep(token) {
    if (token === this.resumeToken) return;
    this.resumeToken = token;
    this.#storage?.set(token);
  }

  #onConnect() {
    this.#list?.refresh();
    this.resumed = this.resumeToken ? this.#comeBack(this.resumeToken) : Promise.resolve(false);
  }

  /** @param {string} token of the seat that an earlier connection had */
  async #comeBack(token) {
    for (;;) {
      try {
        await this.resume();
        return true;
      } catch (err) {
        const { code, message } = /** @type {GameError} */ (err);
        if (code === "DISCONNECTED" || token !== this.resumeToken) return false; // with the next connection, or no more
        if (code !== "BUSY" && code !== "TIMEOUT") {
          this.#keep("");
          this.dispatch("closed", { code, message });
          return false;
        }
        await new Promise((done) => setTimeout(done, RETRY));
        if (token !== this.resumeToken) return false;
      }
    }
  }

  /** @param {string} reason */
  #onDisconnect(reason) {
    if (reason === "io client disconnect") this.#keep(""); // to the server that is a good-bye
    this.#forget();
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
    // Whoever took the seat over has the token now, and may share the storage.
    if (why.code === "REPLACED") this.resumeToken = "";
    else this.#keep("");
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
