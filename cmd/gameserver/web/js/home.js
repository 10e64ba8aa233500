// The first screen: the list of lobbies and the ways into one.
import { $, el, setText, store } from "./dom.js";
import { askPassword } from "./ask.js";
import { toastError } from "./toast.js";

const query = { sort: ["-players"], limit: 200 };

/** @param {{client: any, socket: any, entered: () => void}} deps entered is called when a seat is ours. */
export function home({ client, socket, entered }) {
  const name = $("#name");
  name.value = store.get("name");
  let games = [];
  let list = null; // followed while this screen is shown
  let shows = 0; // counts the times that it is

  const player = () => {
    store.set("name", name.value.trim());
    return name.value.trim() || undefined;
  };

  /** Runs one way into a lobby; the buttons rest meanwhile. */
  async function enter(request, failed = toastError) {
    const buttons = [...document.querySelectorAll("#home button")];
    buttons.forEach((b) => (b.disabled = true));
    try {
      if ((await request()) !== null) entered();
    } catch (err) {
      failed(err);
    } finally {
      buttons.forEach((b) => (b.disabled = false));
    }
  }

  /** null: the visitor does not know the password, and gave up. */
  async function joinAsking(where) {
    for (let password, tried = false; ; tried = true) {
      try {
        return await client.join({ ...where, password, player: player() });
      } catch (err) {
        if (err.code !== "BAD_PASSWORD") throw err;
        password = await askPassword(tried);
        if (password === null) return null;
      }
    }
  }

  const join = (where, failed) => enter(() => joinAsking(where), failed);

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
      password: form.get("password") || undefined,
      player: player(),
    }));
    create.elements.password.value = "";
  };

  function showGames(list) {
    if (list.map((g) => g.name).join() === games.map((g) => g.name).join()) return;
    games = list;
    create.elements.game.replaceChildren(...list.map((g) => el("option", { value: g.name }, g.title || g.name)));
    $("#game-pick").hidden = list.length < 2;
  }

  const rows = new Map();
  function row(lobby) {
    const r = rows.get(lobby.id) ?? newRow(lobby.id);
    const game = games.find((g) => g.name === lobby.game);
    const title = game?.title || lobby.game;
    const full = lobby.players >= lobby.max;
    const state = (lobby.password ? "password, " : "") + stateOf(lobby, full);
    setText($(".name", r), lobby.name || title);
    setText($(".kind", r), `${title}, ${state}`);
    const count = $(".count", r);
    count.firstChild.data = String(lobby.players);
    setText(count.lastChild, ` / ${lobby.max}`);
    $("i", r).style.width = `${(100 * lobby.players) / lobby.max}%`;
    const [button, peek] = r.children;
    button.ariaDisabled = String(full || Boolean(lobby.locked));
    button.ariaLabel = `Join ${lobby.name || title}, ${lobby.players} of ${lobby.max} players, ${state}`;
    peek.hidden = !game?.spectators;
    peek.style.visibility = lobby.locked ? "hidden" : ""; // the columns stay aligned
    peek.ariaLabel = `Watch ${lobby.name || title}`;
    return r;
  }

  function newRow(id) {
    const button = el("button", { type: "button", className: "join" },
      el("span", { className: "name" }), el("span", { className: "count" }, "", el("small")),
      el("span", { className: "kind" }), el("span", { className: "bar" }, el("i")));
    const peek = el("button", { type: "button", className: "peek" }, "Watch");
    button.onclick = () => button.ariaDisabled === "true" || join({ id });
    peek.onclick = () => join({ id, spectate: true });
    const r = el("li", {}, button, peek);
    rows.set(id, r);
    return r;
  }

  function stateOf(lobby, full) {
    if (lobby.locked) return "locked";
    if (full) return "full";
    return { gathering: "gathering", countdown: "starting", playing: "playing", finished: "between rounds" }[lobby.phase];
  }

  function showLobbies(list) {
    const ids = new Set(list.map((l) => l.id));
    const shown = list.map(row);
    for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
    const ul = $("#list");
    const same = ul.children.length === shown.length && shown.every((r, i) => ul.children[i] === r);
    if (!same) ul.replaceChildren(...shown); // moving a row would take the focus from it
    $("#empty").hidden = list.length > 0;
    ul.hidden = list.length === 0;
    const players = list.reduce((n, l) => n + l.players, 0);
    setText($("#census"), list.length ? `${players} ${players === 1 ? "player" : "players"}` : "");
  }

  function draw() {
    showGames(list.games);
    showLobbies(list.lobbies);
  }

  /** Follows the list until the screen is hidden; the client does so beyond a broken connection. */
  async function follow(show) {
    const watched = await client.watch(query).catch(() => null); // the banner tells that the link is down
    if (show !== shows) return watched?.close();
    if (!watched) return;
    list = watched;
    list.on("change", draw);
    draw();
  }

  return {
    join,
    show() {
      if (!rows.size) $("#list").replaceChildren(...[1, 2, 3].map(() => el("li", { className: "loading" })));
      if (!list && socket.connected) follow(++shows);
    },
    hide() {
      shows++;
      list?.close();
      list = null;
    },
  };
}
