// A lobby as its members see it: the types of docs/protocol.md, and how an update changes it.

/**
 * @typedef {object} Player
 * @property {string} id
 * @property {number} seat
 * @property {number} [team] from 1
 * @property {string} name
 * @property {boolean} ready
 * @property {boolean} bot
 * @property {boolean} [away] the seat of a broken connection, held for a while
 */

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
 * @property {Player[]} players
 * @property {number} [countdownMs]
 * @property {number} [teams] their number
 * @property {number} [spectators] their number
 * @property {number} [reserved] seats kept for players on their way
 * @property {boolean} [password] one is needed
 * @property {boolean} [locked] nobody is let in
 * @property {any} meta
 * @property {number} rev
 */

/** @typedef {{ id: string, seat: number }} You a seat of -1 watches */

/**
 * What each way into a lobby takes.
 * @typedef {object} Joiner
 * @property {string} [player] the name that others see
 * @property {string} [password]
 * @property {boolean} [party] seats for the party that one leads, too: all or none
 * @property {"B" | "M"} [form] wire form of the state; default B, a quarter of the bytes
 * @property {string} [schema] hash of the state schema that this client was built for
 */

/** @typedef {{ code: string, message: string }} Reason */

/**
 * @typedef {object} ClientEvents
 * @property {[lobby: Lobby | null]} lobby what changed is merged in; null: not in a lobby any more
 * @property {[you: You]} you another seat, or -1: one watches now
 * @property {[line: { from: string, name: string, text: string }]} chat
 * @property {[start: any]} start match:start: world is there, its first state follows
 * @property {[frame: { tick: number, ack: number }]} frame world is at tick, with all inputs up to ack
 * @property {[name: string, payload: any]} event of the game
 * @property {[end: { reason: string, result: any, replay?: string }]} end
 * @property {[why: Reason]} closed not in the lobby any more
 * @property {[call: import("./party.js").Call]} call a seat is kept for us: this client goes there by itself, unless follow is false
 * @property {[why: Reason, call: import("./party.js").Call]} missed the seat of a call could not be taken
 * @property {[said: { text: string }]} announce from the operator
 * @property {[drain: { deadlineMs: number, reconnectMs?: number }]} drain the server goes down
 */

/**
 * @typedef {object} ClientOptions
 * @property {() => number} [now] clock in ms; default performance.now, as requestAnimationFrame has it
 * @property {import("./token.js").TokenStorage} [storage] of the seat's token; default none, the seat is known to this object alone
 * @property {import("./token.js").TokenStorage} [partyStorage] of the place in a party
 * @property {boolean} [follow] whether to take the seats that a party's leader or the matchmaker keeps for us; default true
 * @property {() => Joiner} [joiner] what to take them with
 */

/** @typedef {(event: string, arg: object, onAnswer?: (answer: any) => void) => Promise<any>} Ask */

/**
 * @param {Lobby | null} lobby
 * @param {any} diff what lobby:update said
 * @returns {Lobby | null} null: it tells nothing new
 */
export function updated(lobby, diff) {
  if (!lobby || !(diff?.rev > lobby.rev)) return null;
  return { ...lobby, ...diff };
}
