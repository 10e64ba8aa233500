// How the last match ended, until the next one begins.
import { $, setText } from "../dom.js";
import { summary } from "../games.js";

const ends = {
  finished: "The match is over.",
  fault: "The match ended by a fault in the game.",
  stuck: "The match got stuck and was ended.",
  closed: "The operator closed the lobby.",
  drain: "The server is restarting.",
  abandoned: "Everyone else has left.",
};

/** @param {{client: any}} deps */
export function result({ client }) {
  const box = $("#over");
  return {
    /** @param {{reason: string, result: any}} end @returns {string} what is shown */
    tell({ reason, result: outcome }) {
      const text = summary(client.lobby?.game, outcome, client.you?.seat ?? -1, client.lobby?.players ?? []) || ends[reason] || "The match has ended.";
      setText(box, text);
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
