// Which lobbies the list shows. The server filters and sorts; the text is looked for here, as it is typed.
import { $, el } from "../dom.js";

const phases = {
  waiting: { in: ["gathering", "countdown", "finished"] },
  playing: "playing",
};
const sorts = { players: ["-players"], free: ["-free"], name: ["name"], age: [] };

/** @param {{catalogue: any, changed: (query: boolean) => void}} deps changed tells whether the server has to be asked */
export function filter({ catalogue, changed }) {
  const form = $("#filter");
  const { text, game, phase, free, sort } = form.elements;
  form.onsubmit = (e) => e.preventDefault();
  form.oninput = (e) => changed(e.target !== text);
  form.onreset = () => queueMicrotask(() => changed(true));

  catalogue.addEventListener("change", () => {
    const { value } = game;
    game.replaceChildren(el("option", { value: "" }, "All games"), ...catalogue.all.map((g) => el("option", { value: g.name }, g.title)));
    game.value = catalogue.get(value) ? value : "";
    game.hidden = catalogue.all.length < 2;
  });

  return {
    /** For lobby:watch. */
    query() {
      const where = {};
      if (phase.value) where.phase = phases[phase.value];
      if (free.checked) Object.assign(where, { free: { gt: 0 }, locked: false });
      return { ...(game.value && { game: game.value }), where, sort: sorts[sort.value], limit: 200 };
    },
    /** Whether the text wants a lobby: in its name, its game or one of its labels. */
    wants(lobby) {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const all = [lobby.name, catalogue.title(lobby.game), ...Object.entries(lobby.meta ?? {}).flat()].join(" ").toLowerCase();
      return words.every((w) => all.includes(w));
    },
    get narrows() {
      return Boolean(text.value.trim() || game.value || phase.value || free.checked);
    },
    clear: () => form.reset(),
  };
}
