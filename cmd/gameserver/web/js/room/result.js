// How the last match ended, until the next one begins.
import { $, el } from "../dom.js";
import { summary } from "../games.js";

const ends = {
  finished: "The match is over.",
  fault: "The match ended by a fault in the game.",
  stuck: "The match got stuck and was ended.",
  closed: "The operator closed the lobby.",
  drain: "The server is restarting.",
  abandoned: "Everyone else has left.",
};

/** @param {{client: any, watch: (replay: string) => void}} deps */
export function result({ client, watch }) {
  const box = $("#over");
  return {
    /** @param {{reason: string, result: any, replay?: string}} end @returns {string} what is shown */
    tell({ reason, result: outcome, replay }) {
      const text = summary(client.lobby?.game, outcome, client.you?.seat ?? -1, client.lobby?.players ?? []) || ends[reason] || "The match has ended.";
      box.replaceChildren(text, ...(replay ? [el("button", { type: "button", className: "quiet", onclick: () => watch(replay) }, "Watch the recording")] : []));
      box.classList.toggle("bad", reason !== "finished");
      box.hidden = false;
      return text;
    },
    show: (lobby) => {
      if (lobby.phase !== "finished" && lobby.phase !== "gathering" && lobby.phase !== "countdown") box.hidden = true;
    },
    clear: () => (box.hidden = true),
  };
}
