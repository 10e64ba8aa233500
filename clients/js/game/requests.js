// What a client can ask of a server, one method for a request of
// docs/protocol.md. None of them knows anything: their answers, and what the
// server pushes, are GameClient's.

import { Emitter } from "../events.js";
import { GameError } from "./error.js";

const ANSWER_TIMEOUT = 10_000; // ms

/** @extends {Emitter<import("./lobby.js").ClientEvents>} */
export class Requests extends Emitter {
  #socket;

  /** @param {any} socket */
  constructor(socket) {
    super();
    this.#socket = socket;
  }

  /**
   * Asks the server: any event of docs/protocol.md, or of a studio's own that
   * answers in the same way.
   * @param {string} event
   * @param {object} arg
   * @param {(answer: any) => void} [onAnswer] called at once: the promise settles after packets that came along
   * @returns {Promise<any>}
   */
  request(event, arg, onAnswer) {
    return new Promise((resolve, reject) => {
      this.#socket.timeout(ANSWER_TIMEOUT).emit(event, arg, (/** @type {Error | null} */ err, /** @type {any} */ answer) => {
        if (err) return reject(new GameError(this.#socket.connected ? "TIMEOUT" : "DISCONNECTED", err.message));
        if (!answer?.ok) return reject(new GameError(answer?.code ?? "INTERNAL", answer?.message ?? "malformed answer"));
        onAnswer?.(answer);
        resolve(answer);
      });
    });
  }

  /** @param {{ game?: string }} [filter] resolves to {games, lobbies} */
  list(filter = {}) {
    return this.request("lobby:list", filter);
  }

  ready(ready = true) {
    return this.request("lobby:ready", { ready });
  }

  start() {
    return this.request("lobby:start", {});
  }

  /** @param {string} player id */
  kick(player) {
    return this.request("lobby:kick", { player });
  }

  /**
   * Hands the lead over.
   * @param {string} player id
   */
  lead(player) {
    return this.request("lobby:lead", { player });
  }

  /**
   * From the seats to the spectators, or back; "you" follows.
   * @param {"player" | "spectator"} role
   * @param {string} [player] id, of whom the leader moves; default oneself
   */
  role(role, player) {
    return this.request("lobby:role", { role, ...(player && { player }) });
  }

  /**
   * Puts a player out, and keeps the person out of this lobby for a while.
   * @param {string} player id
   * @param {number} seconds
   */
  ban(player, seconds) {
    return this.request("lobby:ban", { player, seconds });
  }

  /** @param {string} player the id that the player had */
  unban(player) {
    return this.request("lobby:unban", { player });
  }

  /** Who is kept out. @returns {Promise<{ bans: { player: string, name: string, seconds: number }[] }>} */
  bans() {
    return this.request("lobby:bans", {});
  }

  /**
   * Keeps a player off the chat for a while.
   * @param {string} player id
   * @param {number} seconds 0 lifts it
   */
  mute(player, seconds) {
    return this.request("lobby:mute", { player, seconds });
  }

  /**
   * Changes the lobby; what is not there stays as it is.
   * @param {{ name?: string, visibility?: string, max?: number, password?: string, meta?: object }} settings password: "" is none;
   *   meta takes the place of all labels
   */
  configure(settings) {
    return this.request("lobby:meta", settings);
  }

  /**
   * Another code for the lobby, and an end of the one that it has.
   * @param {{ off?: boolean }} [options] off: it has none any more
   * @returns {Promise<{ code: string }>}
   */
  renewCode(options = {}) {
    return this.request("lobby:code", options);
  }

  /**
   * A ticket that lets people in, whatever visibility, password and lock there are.
   * @param {{ seconds?: number, uses?: number, revoke?: boolean }} [options] default an hour, for one; revoke: none is good any more
   * @returns {Promise<{ ticket: string, uses: number, expiresMs: number }>}
   */
  invite(options = {}) {
    return this.request("lobby:invite", options);
  }

  /** Says whether newcomers are turned away; the leader may. */
  lock(locked = true) {
    return this.request("lobby:lock", { locked });
  }

  /**
   * @param {number} team from 1
   * @param {string} [player] id; default oneself
   */
  team(team, player) {
    return this.request("lobby:team", { team, ...(player && { player }) });
  }

  /**
   * Two players exchange their teams.
   * @param {string} a id
   * @param {string} b id
   */
  swap(a, b) {
    return this.request("lobby:swap", { a, b });
  }

  /** Evens the teams out. */
  balance() {
    return this.request("lobby:balance", {});
  }

  /** @param {string} text */
  chat(text) {
    return this.request("lobby:chat", { text });
  }

  /** Asks for the full state; happens by itself when a frame can't be applied. */
  resync() {
    return this.request("match:resync", {});
  }
}
