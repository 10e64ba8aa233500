// The first screen: who you are, the list of lobbies, and the ways into one.
import { $, el, count, setText } from "../dom.js";
import { createDialog } from "./create.js";
import { filter } from "./filter.js";
import { rows } from "./list.js";

const lobbyCode = 5; // characters; the code of a party has more
const settle = 150; // ms that the filters rest before the server is asked: a list costs it something

/** @param {{client: any, socket: any, catalogue: any, enter: any, party: any, queue: any}} deps */
export function home({ client, socket, catalogue, enter, party, queue }) {
  let list = null; // followed while this screen is shown
  let shows = 0; // counts the times that it is, or is filtered anew
  let asking = 0;

  createDialog({ catalogue, create: enter.create });
  const table = rows({ catalogue, join: enter.join });
  const wanted = filter({ catalogue, changed });

  const picks = $("#games");
  catalogue.addEventListener("change", () => {
    const { all } = catalogue;
    const chosen = playGame() || all.find((g) => g.dropIn)?.name || all[0]?.name;
    picks.replaceChildren($("legend", picks), ...all.map((g) =>
      el("label", {}, el("input", { type: "radio", name: "game", value: g.name, checked: g.name === chosen }), el("span", {}, g.title))));
    picks.hidden = all.length < 2;
    explain();
  });
  picks.onchange = explain;

  /** How the chosen game is played. */
  function explain() {
    queue.refresh();
    for (const how of document.querySelectorAll(".howto")) how.hidden = how.dataset.game !== playGame();
  }
  const playGame = () => $("input:checked", picks)?.value;

  queue.offer(() => catalogue.get(playGame() ?? catalogue.all[0]?.name));

  $("#play").onsubmit = (e) => {
    e.preventDefault();
    enter.quick(playGame() ?? "arena");
  };
  $("#bycode").onsubmit = (e) => {
    e.preventDefault();
    const code = $("#code").value.trim().toUpperCase();
    if (code.length > lobbyCode) party.join(code);
    else enter.join({ code });
  };
  $("#clear").onclick = () => {
    wanted.clear();
    $("#filter [name=text]").focus();
  };

  function draw() {
    catalogue.learn(list.games);
    table.show(list.lobbies.filter(wanted.wants), wanted.narrows);
  }

  /** The visitor filters: the answer is told to who can't see the list, too. */
  function changed(query) {
    clearTimeout(asking);
    if (query) asking = setTimeout(() => follow(++shows).then(tell), settle);
    else if (list) {
      draw();
      tell();
    }
  }

  function tell() {
    if (list) setText($("#found"), `${count(list.lobbies.filter(wanted.wants).length, "lobby", "lobbies")} found`);
  }

  /** Follows the list until the screen is hidden; the client does so beyond a broken connection. */
  async function follow(show) {
    const watched = await client.watch(wanted.query()).catch(() => null); // the banner tells that the link is down
    if (show !== shows) return watched?.close();
    if (!watched) return;
    list = watched;
    list.on("change", draw);
    draw();
  }

  return {
    show() {
      table.wait();
      if (!list && socket.connected) follow(++shows);
    },
    hide() {
      shows++;
      list?.close();
      list = null;
    },
  };
}
