// The operator's page: asks the control API every two seconds and shows what it says.
import { Refusal, call, get, post, useKey } from "./api.js";
import { ask } from "./ask.js";
import { $, text } from "./dom.js";
import { showLobby } from "./lobby.js";
import { showClients, showLobbies, showMatches } from "./tables.js";
import { chip, showServer } from "./tiles.js";

const pace = 2000;
let lastAnswer = Date.now(), asking = false;

async function look() {
  const [server, matches, slow, lobbies, clients] = await Promise.all([
    get("/server"), get("/matches?limit=50"), get("/clients?slow=true&limit=20"), get("/lobbies?limit=100"), get("/clients?limit=50"),
  ]);
  const at = performance.now();
  showServer(server, at);
  showLobbies(lobbies);
  showMatches(matches, at);
  showClients("#slow", slow, at);
  showClients("#clients", clients, at);
  await showLobby();
}

async function round() {
  if (document.hidden || asking) return;
  asking = true;
  try {
    await look();
    lastAnswer = Date.now();
    $("#trouble").hidden = true;
    chip("#link", true, "connected");
  } catch (e) {
    await trouble(e);
  }
  asking = false;
}

async function trouble(e) {
  chip("#link", false, "no connection");
  text($("#trouble"), e instanceof Refusal && e.status ? e.message : `${e.message}, since ${Math.round((Date.now() - lastAnswer) / 1000)} s`);
  $("#trouble").hidden = false;
  if (e.status !== 401) return;
  await ask({
    title: "API key", text: "This server asks for a key. It is kept in this tab alone.", yes: "Use key",
    input: { label: "Key", type: "password", needed: true, max: 256 },
  }, (key) => [useKey(key), get("/server")][1]);
}

$("#announce").onclick = () => ask({
  title: "Announce to all lobbies", text: "Everybody in a lobby gets the text.", yes: "Announce", input: { label: "Text", needed: true },
}, (value) => post("/announce", { text: value }));

$("#drain").onclick = () => ask({
  title: "Drain the server?", yes: "Drain", danger: true,
  text: "No new lobbies; matches end, at the latest at the deadline; connections close; the process ends. This cannot be taken back.",
}, () => post("/drain"));

$("#level").onchange = (event) => call("PUT", "/log-level", { level: event.target.value }).catch(trouble);

document.addEventListener("visibilitychange", round);
setInterval(round, pace);
round();
