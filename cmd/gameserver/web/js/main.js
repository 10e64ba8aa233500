// Connects, and decides which screen is shown.
import { io, GameClient } from "/sdk/index.js";
import { Backdrop } from "./backdrop.js";
import { Catalogue } from "./catalogue.js";
import { $ } from "./dom.js";
import { startView } from "./games.js";
import { entrance } from "./home/enter.js";
import { home } from "./home/home.js";
import { listenKeys } from "./keys.js";
import { linked, showLink } from "./link.js";
import { partyPanel } from "./party/panel.js";
import { queuePanel } from "./queue/panel.js";
import { cinema } from "./replay/cinema.js";
import { recordings } from "./replay/list.js";
import { room } from "./room/room.js";
import { announce, drains, linkIs, quiet } from "./status.js";
import { partyStore, seatStore } from "./stores.js";
import { toast, toastError } from "./toast.js";

const socket = io({ parser: "msgpack" });
const client = new GameClient(socket, { storage: seatStore, partyStorage: partyStore, follow: false, joiner: () => ({ player: enter.player() }) });
const catalogue = new Catalogue();
const backdrop = new Backdrop($("#backdrop"));
let game = null; // the view of the running match
let last = null; // {code, spectate} of the lobby to come back to when the seat is gone
let returning = false; // to the seat that an earlier connection had

const enter = entrance({ client, entered });
const party = partyPanel({ client, player: enter.player });
const homeScreen = home({ client, socket, catalogue, enter, party, queue: queuePanel({ client, catalogue }) });
const film = cinema({ begins: screenFilm, closed: () => (client.lobby ? entered() : goHome()) });
const roomScreen = room({ client, catalogue, left: goHome, resume: closeSheet, takeSeat, watch: film.open });
const shelf = recordings({ catalogue, open: film.open });

/** For tests and the curious. */
window.tickwire = {
  client,
  socket,
  get view() { return game?.view ?? film.view; },
  get playback() { return film.playback; },
  get fps() { return game?.fps ?? 0; },
};

function show(name) {
  document.body.dataset.screen = name;
  $("#home").hidden = name !== "home";
  $("#game").hidden = name !== "game" && name !== "film";
  $("#menu").hidden = name !== "game";
  for (const part of [homeScreen, shelf]) {
    if (name === "home") part.show();
    else part.hide();
  }
  if (name === "game" || name === "film") backdrop.stop();
  else backdrop.start();
}

function goHome() {
  last = null;
  showLink();
  endGame();
  roomScreen.close();
  show("home");
}

function goRoom() {
  film.end();
  show("room");
  roomScreen.open(false);
}

/** A seat is ours: in the lobby, or already in its running match. */
function entered() {
  const { code } = client.lobby;
  if (last?.code !== code) roomScreen.clear();
  last = { code, spectate: client.spectating || undefined };
  showLink(last);
  roomScreen.show(client.lobby);
  if (client.lobby.phase !== "playing") endGame(); // it went by while the link was down
  if (!game) goRoom();
}

function startGame(start) {
  endGame();
  game = startView(start.game, client, start, { takeSeat });
  $("#game").inert = false;
  show("game");
  roomScreen.close();
  game.focus();
}

function endGame() {
  film.end();
  game?.stop();
  game = null;
}

/** A recording takes the place of what is on the screen. */
function screenFilm() {
  endGame();
  roomScreen.close();
  $("#game").inert = false;
  show("film");
}

/** From the spectators' rows into the ring. */
async function takeSeat() {
  await client.role("player").catch(toastError);
}

function openSheet() {
  if (!game) return;
  game.idle();
  game.paused = true;
  $("#game").inert = true;
  roomScreen.open(true);
  $("#back").focus();
}

function closeSheet() {
  roomScreen.close();
  $("#game").inert = false;
  if (game) game.paused = false;
  game?.focus();
}

client.on("lobby", (lobby) => lobby && roomScreen.show(lobby));
client.on("you", () => {
  last = { ...last, spectate: client.spectating || undefined };
  showLink(last);
  roomScreen.show(client.lobby);
});
client.on("call", async (call) => {
  toast(client.queue.state?.matched ? "Match found." : `The party goes to ${catalogue.title(call.game)}.`);
  if (client.lobby) endGame();
  await enter.follow(call);
  if (!client.lobby) goHome();
});
client.on("start", startGame);
client.on("chat", (c) => {
  roomScreen.say(c);
  const seat = client.lobby?.players.find((p) => p.id === c.from)?.seat ?? -1;
  game?.say(c.name, seat, c.text);
});
client.on("end", (end) => {
  endGame();
  const text = roomScreen.tellEnd(end);
  if (client.lobby) return goRoom();
  toast(text, { bad: end.reason !== "finished" });
  goHome();
});
client.on("closed", (why) => {
  if (returning) return; // below
  toastError(why);
  goHome();
});
client.on("announce", ({ text }) => announce(text));
client.on("drain", ({ deadlineMs }) => drains(deadlineMs));
$("#announce button").onclick = quiet;

$("#menu").onclick = openSheet;
listenKeys({ playing: () => game !== null, sheet: roomScreen, openSheet, closeSheet });
document.addEventListener("visibilitychange", () => document.hidden && game?.idle());

socket.on("connect", async () => {
  linkIs("up", "Connected");
  quiet(); // of the server before
  client.list().then(({ games }) => catalogue.learn(games), () => {});
  returning = true;
  const back = await client.resumed;
  returning = false;
  if (!socket.connected) return;
  if (back) return entered();
  if (film.playback) return;
  if (last) await enter.join(last, () => toast("Connected again, but your lobby is gone.", { bad: true }));
  else await open(linked());
  if (!client.lobby && !film.playback) goHome();
});
socket.on("disconnect", () => {
  linkIs("down", "Connection lost. Reconnecting"); // what is on the screen stays: the seat is held for a while
  game?.idle();
});
socket.on("connect_error", () => linkIs("down", "No connection. Trying again"));
addEventListener("hashchange", () => {
  if (socket.connected && !client.lobby) open(linked());
});

/** Goes where a link leads. */
async function open(where) {
  if (where?.party) await party.join(where.party);
  else if (where?.replay) await film.open(where.replay);
  else if (where) await enter.join(where);
}

show("home");
