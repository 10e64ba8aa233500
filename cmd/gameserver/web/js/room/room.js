// The lobby from inside: a page while players gather, a sheet over the running game.
import { $ } from "../dom.js";
import { toastError } from "../toast.js";
import { bans } from "./bans.js";
import { bar } from "./bar.js";
import { chat } from "./chat.js";
import { countdown } from "./countdown.js";
import { head } from "./head.js";
import { playerList } from "./players.js";
import { result } from "./result.js";
import { settings } from "./settings.js";

/** @param {{client: any, catalogue: any, left: () => void, resume: () => void, takeSeat: () => void, watch: (replay: string) => void}} deps */
export function room({ client, catalogue, left, resume, takeSeat, watch }) {
  const root = $("#room");
  const run = (promise) => promise.catch(toastError);
  const talk = chat({ client, run });
  const over = result({ client, watch });
  const setup = settings({ client, catalogue });
  const parts = [head({ client, catalogue, run, bans: bans({ client }) }), playerList({ client, catalogue, run }), talk, countdown(), over, setup,
    bar({ client, catalogue, run, left, resume, takeSeat, settings: setup.open })];
  let shown = null; // stays there while the link is down

  function show(lobby) {
    shown = lobby;
    for (const part of parts) part.show(lobby);
  }
  catalogue.addEventListener("change", () => shown && show(shown));

  return {
    show,
    say: talk.say,
    tellEnd(end) {
      const text = over.tell(end);
      talk.note(text);
      return text;
    },
    /** Forgets the lobby before. */
    clear() {
      talk.clear();
      over.clear();
    },
    /** @param {boolean} sheet it lies over a running game */
    open(sheet) {
      root.hidden = false;
      root.role = sheet ? "dialog" : "region";
      root.ariaModal = sheet ? "true" : null;
      talk.scroll();
      if (!sheet) $("#room-name").focus();
    },
    close: () => (root.hidden = true),
    isOpen: () => !root.hidden,
  };
}
