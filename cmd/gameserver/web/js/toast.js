// Short notices. Errors speak by their code, so that the text can say what to do.
import { $, el } from "./dom.js";

const advice = {
  ROOM_FULL: "That lobby is full. Play now finds you a seat elsewhere.",
  BAD_CODE: "No lobby has that code. Check it with whoever sent it.",
  NOT_FOUND: "That lobby has just closed. Pick another one.",
  WRONG_PHASE: "Too late for that: the match has moved on.",
  NOT_READY: "Not everyone is ready yet.",
  NOT_LEADER: "Only the lobby's leader can do that.",
  LOCKED: "That lobby is locked: its leader lets nobody in.",
  BAD_PASSWORD: "That is not the password of this lobby.",
  REPLACED: "You are playing from another tab or device now.",
  KICKED: "The leader removed you from the lobby.",
  RATE_LIMITED: "Slow down a little.",
  DRAINING: "This server is restarting. Try again in a moment.",
  LOBBY_LIMIT: "The server has no room for another lobby right now.",
  SCHEMA_MISMATCH: "The game was updated. Reload the page.",
  BUSY: "The server is busy. Try again.",
  INTERNAL: "The server made a mistake. Try again.",
  TIMEOUT: "The server did not answer in time.",
};

export function toast(text, { bad = false, code = "" } = {}) {
  const node = el("p", { className: bad ? "toast bad" : "toast" }, text);
  if (code) node.append(el("code", {}, code));
  const all = $("#toasts");
  all.append(node);
  while (all.children.length > 3) all.firstChild.remove();
  setTimeout(() => node.remove(), bad ? 6000 : 3500);
}

/** Shows an Error{code, message} of the game client. */
export function toastError(err) {
  const code = err?.code ?? "";
  toast(advice[code] ?? err?.message ?? "Something went wrong.", { bad: true, code });
}
