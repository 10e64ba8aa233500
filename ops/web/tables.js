// The lists of matches, lobbies and clients.
import { call } from "./api.js";
import { ask } from "./ask.js";
import { $, cells, el, keyed, row, tally } from "./dom.js";
import { bytes, count, ms, rate } from "./format.js";
import { openLobby } from "./lobby.js";
import { Series, draw } from "./spark.js";
import { Window } from "./window.js";

/** Names of lobbies, by id, as last told. */
const names = new Map();

const lobbyButton = (item) => {
  const button = el("button", { type: "button", className: "link" });
  button.onclick = () => openLobby(button.dataset.lobby);
  button.dataset.lobby = item.lobby ?? item.id;
  return button;
};

export function showMatches({ matches, total }, at) {
  const table = $("#matches");
  keyed(table.tBodies[0], matches, (m) => m.id, newMatch, (tr, m) => {
    const w = tr.window;
    w.update(m, at);
    const [button, code] = tr.cells[0].children;
    button.textContent = m.name || m.lobby;
    code.textContent = m.code ?? "";
    const mean = w.mean("tickSumMs", "ticks"), overruns = w.grown("overruns");
    if (w.before) [tr.steps.add(mean), tr.over.add(overruns)];
    draw(tr.canvas, tr.steps, tr.over);
    tr.canvas.setAttribute("aria-label", `mean step time ${ms(mean)}`);
    cells(tr, undefined, m.game, m.spectators ? `${m.players} + ${m.spectators}` : m.players, undefined, ms(mean), ms(w.quantile("tickBuckets", 0.99)),
      ms(m.lateP99Ms), count(m.overruns), rate(w.perSecond("bytesM") + w.perSecond("bytesB")), count(m.framesSkipped));
    tr.cells[7].classList.toggle("bad", overruns > 0);
  });
  tally(table, total, matches.length);
}

function newMatch(m) {
  const tr = row(["", "wide", "n wide", "", "n wide", "n", "n wide", "n", "n wide", "n wide"]);
  tr.cells[0].append(lobbyButton(m), el("span", { className: "quiet" }));
  tr.canvas = el("canvas");
  tr.canvas.setAttribute("role", "img");
  tr.cells[3].append(tr.canvas);
  Object.assign(tr, { window: new Window(), steps: new Series(), over: new Series() });
  return tr;
}

export function showLobbies({ lobbies, total }) {
  const table = $("#lobbies");
  names.clear();
  for (const l of lobbies) names.set(l.id, l.name);
  keyed(table.tBodies[0], lobbies, (l) => l.id, newLobby, (tr, l) => {
    const [button, code] = tr.cells[0].children;
    button.textContent = l.name || l.id;
    code.textContent = l.code ?? "";
    cells(tr, undefined, l.game, l.phase, `${l.players} / ${l.max}`, l.reserved || "", `${l.visibility}${l.password ? ", password" : ""}${l.locked ? ", locked" : ""}`);
  });
  tally(table, total, lobbies.length);
}

function newLobby(l) {
  const tr = row(["", "", "", "n", "n wide", "wide"]);
  tr.cells[0].append(lobbyButton(l), el("span", { className: "quiet" }));
  return tr;
}

export function showClients(id, { clients, total }, at) {
  const table = $(id);
  keyed(table.tBodies[0], clients, (c) => c.id, newClient, (tr, c) => {
    const w = tr.window;
    w.update(c, at);
    const [name, address] = tr.cells[0].children;
    name.textContent = (c.name || c.account || "—") + (c.bot ? " (bot)" : "");
    address.textContent = c.address;
    Object.assign(tr.lobby, { textContent: names.get(c.lobby) ?? c.lobby ?? "", hidden: !c.lobby });
    tr.lobby.dataset.lobby = c.lobby ?? "";
    tr.cut.setAttribute("aria-label", `Disconnect ${c.name || c.address}…`);
    cells(tr, undefined, undefined, `${c.transport}, ${c.parser}`, ms(c.roundTripMs), bytes(c.queuedBytes), count(c.framesSkipped),
      rate(w.perSecond("sentBytes")), rate(w.perSecond("receivedBytes")));
    tr.cells[4].classList.toggle("bad", c.queuedBytes > 0);
  });
  tally(table, total, clients.length);
}

function newClient(c) {
  const tr = row(["", "", "wide", "n wide", "n", "n", "n wide", "n wide", "n"]);
  tr.window = new Window();
  tr.cells[0].append(el("span"), el("span", { className: "quiet" }));
  tr.lobby = lobbyButton(c);
  tr.cells[1].append(tr.lobby);
  tr.cut = el("button", { type: "button", className: "small danger", textContent: "Cut…" });
  tr.cut.onclick = () => ask({
    title: "Disconnect the client?", yes: "Disconnect", danger: true,
    text: `${c.name || c.account || "The client"} at ${c.address} loses the connection, and may come back.`,
  }, () => call("DELETE", `/clients/${encodeURIComponent(c.id)}`));
  tr.cells[8].append(tr.cut);
  return tr;
}
