// The rows of the list: a lobby each, to join or to watch.
import { $, count, el, keyed, setText } from "../dom.js";

/** @param {{catalogue: any, join: (where: object) => void}} deps */
export function rows({ catalogue, join }) {
  const ul = $("#list");

  function make({ id }) {
    const button = el("button", { type: "button", className: "join" },
      el("span", { className: "name" }), el("span", { className: "count" }, "", el("small")),
      el("span", { className: "kind" }), el("span", { className: "bar" }, el("i")));
    const peek = el("button", { type: "button", className: "peek" }, "Watch");
    button.onclick = () => button.ariaDisabled === "true" || join({ id });
    peek.onclick = () => join({ id, spectate: true });
    return el("li", {}, button, peek);
  }

  function update(row, lobby) {
    const game = catalogue.get(lobby.game);
    const title = catalogue.title(lobby.game);
    const full = lobby.players >= lobby.max;
    const state = (lobby.password ? "password, " : "") + stateOf(lobby, full);
    const labels = Object.entries(lobby.meta ?? {}).map(([key, value]) => (value === true ? key : `${key}: ${value}`));
    setText($(".name", row), lobby.name || title);
    setText($(".kind", row), [`${title}, ${state}`, ...labels].join(" · "));
    const number = $(".count", row);
    number.firstChild.data = String(lobby.players);
    setText(number.lastChild, ` / ${lobby.max}`);
    $("i", row).style.width = `${(100 * lobby.players) / lobby.max}%`;
    const [button, peek] = row.children;
    button.ariaDisabled = String(full || Boolean(lobby.locked) || tooLate(lobby, game));
    button.ariaLabel = [`Join ${lobby.name || title}, ${lobby.players} of ${lobby.max} players, ${state}`, ...labels].join(", ");
    peek.style.visibility = lobby.locked || !game?.spectators ? "hidden" : ""; // the columns stay aligned
    peek.ariaLabel = `Watch ${lobby.name || title}`;
  }

  const tooLate = (lobby, game) => lobby.phase === "playing" && game && !game.dropIn && !game.lateJoin;

  function stateOf(lobby, full) {
    if (lobby.locked) return "locked";
    if (full && lobby.phase !== "playing") return "full";
    return { gathering: "gathering", countdown: "starting", playing: "playing", finished: "between rounds" }[lobby.phase];
  }

  return {
    /** @param {any[]} lobbies @param {boolean} narrowed some are filtered away */
    show(lobbies, narrowed) {
      for (const row of ul.querySelectorAll(".loading")) row.remove();
      keyed(ul, lobbies, { key: (l) => l.id, make, update });
      ul.classList.toggle("watchable", lobbies.some((l) => catalogue.get(l.game)?.spectators));
      ul.hidden = lobbies.length === 0;
      $("#empty").hidden = lobbies.length > 0 || narrowed;
      $("#nothing").hidden = lobbies.length > 0 || !narrowed;
      const players = lobbies.reduce((n, l) => n + l.players, 0);
      setText($("#census"), lobbies.length ? `${count(players, "player")} in ${count(lobbies.length, "lobby", "lobbies")}` : "");
    },
    /** Grey rows, until the first answer. */
    wait() {
      if (!ul.children.length) ul.replaceChildren(...[1, 2, 3].map(() => el("li", { className: "loading" })));
    },
  };
}
