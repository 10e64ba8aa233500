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
 * @property {boolean} [password] one is needed
 * @property {boolean} [locked] nobody is let in
 * @property {any} meta
 * @property {number} rev
 */

/** @typedef {{ id: string, seat: number }} You a seat of -1 watches */

/** @typedef {{ player?: string, password?: string, form?: "B" | "M", schema?: string }} Joiner */

/** @typedef {{ code: string, message: string }} Reason */

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
