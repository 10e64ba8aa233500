// Places as addresses: #CODE plays, #CODE/watch watches, #invite/TICKET has an invitation, #party/CODE joins a party,
// #replay/ID is a recording.
import { toast } from "./toast.js";

/** What the address of this page asks for: what client.join takes, {party}, {replay}, or null. */
export function linked() {
  const [, kind, what] = /^#(invite|party|replay)\/([\w.-]{4,200})$/.exec(location.hash) ?? [];
  if (kind) return { [kind === "invite" ? "ticket" : kind]: what };
  const [, code, watch] = /^#([A-Z2-9]{5})(\/watch)?$/i.exec(location.hash) ?? [];
  return code ? { code: code.toUpperCase(), spectate: Boolean(watch) || undefined } : null;
}

export const showReplay = (id) => history.replaceState(null, "", `#replay/${id}`);

/** Makes the address of this page that of a lobby; none: of the first screen. */
export function showLink({ code, spectate } = {}) {
  history.replaceState(null, "", code ? fragment(code, spectate) : location.pathname + location.search);
}

const page = () => `${location.origin}${location.pathname}`;
const fragment = (code, spectate) => `#${code}${spectate ? "/watch" : ""}`;

export const linkTo = (code, spectate = false) => page() + fragment(code, spectate);
export const linkToTicket = (ticket) => `${page()}#invite/${ticket}`;
export const linkToParty = (code) => `${page()}#party/${code}`;

export const canShare = () => typeof navigator.share === "function";

/** Hands a link to the device's own way of sharing. */
export async function share(url, title) {
  try {
    await navigator.share({ url, title });
  } catch (err) {
    if (err.name !== "AbortError") await copy(url, "Link copied.");
  }
}

/** Copies text; without a clipboard (it needs https) it is shown, to be copied by hand. */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(`Copy this: ${text}`);
  }
}
