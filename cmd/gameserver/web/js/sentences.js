// What went wrong, in sentences that say what to do. The codes are those of docs/protocol.md; a test keeps them together.

const sentences = {
  ALREADY_IN_LOBBY: "You are in a lobby already. Leave it first.",
  ALREADY_IN_PARTY: "You are in a party already. Leave it first.",
  ALREADY_QUEUED: "You are looking for a match already.",
  BAD_CODE: "No lobby has that code. Check it with whoever sent it.",
  BAD_PASSWORD: "That is not the password of this lobby.",
  BAD_REQUEST: "The server did not understand that. Reload the page.",
  BAD_TICKET: "The seat that was kept for you is gone.",
  BANNED: "You can't come back to this lobby for now. Pick another one.",
  BUSY: "The server is busy. Try again.",
  CLOSED: "The operator closed this lobby.",
  DISCONNECTED: "The connection broke. Try again in a moment.",
  DRAINING: "This server is restarting. Try again in a moment.",
  INTERNAL: "The server made a mistake. Try again.",
  KICKED: "You were removed.",
  LOBBY_LIMIT: "The server has no room for another lobby right now.",
  LOCKED: "That lobby is locked: its leader lets nobody in.",
  MUTED: "You can't chat in this lobby for now.",
  NOT_ALLOWED: "That can't be said here.",
  NOT_FOUND: "That is gone already. Pick another one.",
  NOT_IN_LOBBY: "You are not in a lobby any more.",
  NOT_IN_PARTY: "You are not in a party any more.",
  NOT_LEADER: "Only the leader can do that.",
  NOT_QUEUED: "The search was ended.",
  NOT_READY: "Not everyone is ready yet.",
  NO_QUEUE: "This game has no matchmaking. Join or open a lobby.",
  NO_REGION: "No region is near enough for a good connection. Join a lobby instead.",
  NO_SHOW: "Somebody did not come, so the match was called off.",
  PARTY_CHANGED: "The party has other members now. Its leader can look again.",
  PARTY_FULL: "That party is full.",
  RATE_LIMITED: "Slow down a little.",
  REPLACED: "You are playing from another tab or device now.",
  ROOM_FULL: "There are not enough free seats. Play now finds some elsewhere.",
  SCHEMA_MISMATCH: "The game was updated. Reload the page.",
  TIMEOUT: "The server did not answer in time.",
  UNKNOWN_GAME: "This server does not have that game any more. Reload the page.",
  WRONG_PHASE: "Too late for that: the match has moved on.",
};

/** Codes whose message tells more than a sentence of ours could: the server names what is wrong. */
const telling = new Set(["BAD_REQUEST", "BANNED", "CLOSED"]);

/** @param {{code?: string, message?: string}} err */
export function sentence({ code = "", message = "" } = {}) {
  if (telling.has(code) && message) return `${message[0].toUpperCase()}${message.slice(1)}.`;
  return sentences[code] ?? (message || "Something went wrong.");
}
