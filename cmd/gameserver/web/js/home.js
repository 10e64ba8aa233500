// The first screen: the list of lobbies and the ways into one.
import { $, el, setText, store } from "./dom.js";
import { toastError } from "./toast.js";

const refreshMs = 1000;

/** @param {{client: any, entered: () => void}} deps entered is called when a seat is ours. */
export function home({ client, entered }) {
  const name = $("#name");
  name.value = store.get("name");
  let games = [];
  let timer = 0;

  const player = () => {
    store.set("name", name.value.trim());
    return name.value.trim() || undefined;
  };

  /** Runs one way into a lobby; the buttons rest meanwhile. */
  async function enter(request, failed = toastError) {
    const buttons = [...document.querySelectorAll("#home button")];
    buttons.forEach((b) => (b.disabled = true));
    try {
      await request();
      entered();
    } catch (err) {
      failed(err);
    } finally {
      buttons.forEach((b) => (b.disabled = false));
    }
  }

  const join = (where, failed) => enter(() => client.join({ ...where, player: player() }), failed);

  $("#play").onsubmit = (e) => {
    e.preventDefault();
    const game = games.find((g) => g.dropIn) ?? games[0];
    enter(() => client.quick({ game: game?.name ?? "arena", player: player() }));
  };
  $("#bycode").onsubmit = (e) => {
    e.preventDefault();
    join({ code: $("#code").value.trim().toUpperCase() });
  };

  const create = $("#create");
  $("#new").onclick = () => {
    create.hidden = !create.hidden;
    $("#new").setAttribute("aria-expanded", String(!create.hidden));
    if (!create.hidden) create.elements.lobby.focus();
  };
  create.onsubmit = (e) => {
    e.preventDefault();
    const form = new FormData(create);
    enter(() => client.create({
      game: form.get("game") || games[0]?.name || "arena",
      name: String(form.get("lobby")).trim() || undefined,
      visibility: form.get("visibility"),
      player: player(),
    }));
  };

  function showGames(list) {
    if (list.map((g) => g.name).join() === games.map((g) => g.name).join()) return;
    games = list;
    create.elements.game.replaceChildren(...list.map((g) => el("option", { value: g.name }, g.title || g.name)));
    $("#game-pick").hidden = list.length < 2;
  }

  const rows = new Map();
  function row(lobby) {
    let r = rows.get(lobby.id);
    if (!r) {
      const button = el("button", { type: "button" },
        el("span", { className: "name" }), el("span", { className: "count" }, "", el("small")),
        el("span", { className: "kind" }), el("span", { className: "bar" }, el("i")));
      r = el("li", {}, button);
      button.onclick = () => button.ariaDisabled === "true" || join({ id: lobby.id });
      rows.set(lobby.id, r);
    }
    const full = lobby.players >= lobby.max;
    const title = games.find((g) => g.name === lobby.game)?.title || lobby.game;
    const state = full ? "full" : { gathering: "gathering", countdown: "starting", playing: "playing", finished: "between rounds" }[lobby.phase];
    setText($(".name", r), lobby.name || title);
    setText($(".kind", r), `${title}, ${state}`);
    const count = $(".count", r);
    count.firstChild.data = String(lobby.players);
    setText(count.lastChild, ` / ${lobby.max}`);
    $("i", r).style.width = `${(100 * lobby.players) / lobby.max}%`;
    const button = r.firstChild;
    button.ariaDisabled = String(full);
    button.ariaLabel = `Join ${lobby.name || title}, ${lobby.players} of ${lobby.max} players, ${state}`;
    return r;
  }

  function showLobbies(list) {
    list.sort((a, b) => b.players - a.players || (a.id < b.id ? -1 : 1));
    const shown = list.map(row);
    for (const [id] of rows) if (!list.some((l) => l.id === id)) rows.delete(id);
    const ul = $("#list");
    const same = ul.children.length === shown.length && shown.every((r, i) => ul.children[i] === r);
    if (!same) ul.replaceChildren(...shown); // moving a row would take the focus from it
    $("#empty").hidden = list.length > 0;
    ul.hidden = list.length === 0;
    const players = list.reduce((n, l) => n + l.players, 0);
    setText($("#census"), list.length ? `${players} ${players === 1 ? "player" : "players"}` : "");
  }

  async function refresh() {
    try {
      const answer = await client.list();
      showGames(answer.games ?? []);
      showLobbies(answer.lobbies ?? []);
    } catch { /* the banner already tells that the link is down */ }
  }

  return {
    join,
    show() {
      if (!rows.size) $("#list").replaceChildren(...[1, 2, 3].map(() => el("li", { className: "loading" })));
      clearInterval(timer);
      timer = setInterval(refresh, refreshMs);
      refresh();
    },
    hide: () => clearInterval(timer),
  };
}
