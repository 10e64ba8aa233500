// The public face of the browser and Node client. Served as it lies here under /sdk/.

/** Opens (or reuses) a connection and returns the socket of the URL's namespace. */
export function io(/** @type {any[]} */ ..._args) {
  throw new Error("not built yet");
}

/** The lobby and match protocol on top of a socket of ours or an official one. */
export class GameClient {}

/** Decoded copy of a match's state. */
export class Replica {}
