// Connects, and decides which screen is shown.
import { io, GameClient } from "/sdk/index.js";
import { $, seatStore, setText } from "./dom.js";
import { Backdrop } from "./backdrop.js";
import { startView, summary } from "./games.js";
import { home } from "./home.js";
import { room } from "./room.js";
import { toast, toastError } from "./toast.js";

const socket = io({ parser: "msgpack" });
const client = new GameClient(socket, { storage: seatStore });
const backdrop = new Backdrop($("#backdrop"));
let game = null;
let last = null; // {code, spectate} of the lobby to come back to when the seat is gone
let returning = false; // to the seat that an earlier connection had

const homeScreen = home({ client, socket, entered });
const roomScreen = room({ client, left: goHome, resume: closeSheet });

/** For tests and the curious. */
window.tickwire = {
  client,
  socket,
  get view() { return game?.view ?? null; },
  get fps() { return game?.fps ?? 0; },
};

function show(name) {
  document.body.dataset.screen = name;
  $("#home").hidden = name !== "home";
  $("#game").hidden = name !== "game";
  $("#menu").hidden = name !== "game";
  if (name === "home") homeScreen.show();
  else homeScreen.hide();
  if (name === "game") backdrop.stop();
  else backdrop.start();
}

function goHome() {
  last = null;
  history.replaceState(null, "", location.pathname);
  endGame();
  roomScreen.close();
  show("home");
}

/** A seat is ours: in the lobby, or already in its running match. */
function entered() {
  const { code } = client.lobby;
  if (last?.code !== code) roomScreen.clear();
  last = { code, spectate: client.spectating };
  history.replaceState(null, "", `#${code}${last.spectate ? "/watch" : ""}`);
  roomScreen.show(client.lobby);
  if (client.lobby.phase !== "playing") endGame(); // it went by while the link was down
  if (game) return;
  show("room");
  roomScreen.open();
}

function startGame(start) {
  endGame();
  game = startView(start.game, client, start, { takeSeat });
  if (!game) return toast(`This page cannot show the game "${start.game}".`, { bad: true });
  $("#game").inert = false;
  show("game");
  roomScreen.close();
  game.focus();
}

/** From the spectators' rows into the ring. */
async function takeSeat() {
  const { code } = client.lobby;
  await client.leave().catch(() => {});
  endGame();
  await homeScreen.join({ code });
  if (!client.lobby) goHome();
}

function endGame() {
  game?.stop();
  game = null;
}

function openSheet() {
  if (!game) return;
  game.idle();
  game.paused = true;
  $("#game").inert = true;
  roomScreen.open();
  $("#back").focus();
}

function closeSheet() {
  roomScreen.close();
  $("#game").inert = false;
  if (game) game.paused = false;
  game?.focus();
}

client.on("lobby", (lobby) => lobby && roomScreen.show(lobby));
client.on("start", startGame);
client.on("chat", (c) => {
  roomScreen.chat(c);
  const seat = client.lobby?.players.find((p) => p.id === c.from)?.seat ?? -1;
  game?.say(c.name, seat, c.text);
});
client.on("end", ({ reason, result }) => {
  endGame();
  const outcome = summary(client.lobby?.game, result, client.you?.seat ?? -1, client.lobby?.players ?? []);
  if (outcome) roomScreen.note(outcome);
  const text = { finished: "The match is over.", fault: "The match ended by a fault in the game.", drain: "The server is restarting.", abandoned: "Everyone else has left." };
  toast(outcome || text[reason] || "The match has ended.", { bad: reason === "fault" });
  if (!client.lobby) return goHome();
  show("room");
  roomScreen.open();
});
client.on("closed", (why) => {
  if (returning) return; // below
  toastError(why);
  goHome();
});
client.on("drain", () => toast("The server is going down for a moment. The match ends soon.", { bad: true }));

$("#menu").onclick = openSheet;
addEventListener("keydown", (e) => {
  const typing = e.target.matches?.("input, select");
  if (!game || (typing && e.key !== "Escape")) return;
  const sheet = roomScreen.isOpen();
  if (e.key === "Escape" || (e.key === "Tab" && !sheet)) {
    e.preventDefault();
    if (sheet) closeSheet();
    else openSheet();
  } else if (e.key === "Enter" && !sheet) {
    e.preventDefault();
    openSheet();
    $("#say input").focus();
  }
});
document.addEventListener("visibilitychange", () => document.hidden && game?.idle());

function status(state, text) {
  $("#status").dataset.state = state;
  setText($("#status span"), text);
  $("#link").hidden = state !== "down";
  setText($("#link span"), text);
}

/** What a link asks for: #CODE plays, #CODE/watch watches. */
function linked() {
  const [, code, watch] = /^#([A-Z2-9]{5})(\/watch)?$/i.exec(location.hash) ?? [];
  return code ? { code: code.toUpperCase(), spectate: Boolean(watch) || undefined } : null;
}

socket.on("connect", async () => {
  status("up", "Connected");
  roomScreen.learn().catch(() => {});
  returning = true;
  const back = await client.resumed;
  returning = false;
  if (!socket.connected) return;
  if (back) return entered();
  if (last) await homeScreen.join(last, () => toast("Connected again, but your lobby is gone.", { bad: true }));
  else if (linked()) await homeScreen.join(linked());
  if (!client.lobby) goHome();
});
socket.on("disconnect", () => {
  status("down", "Connection lost. Reconnecting"); // what is on the screen stays: the seat is held for a while
  game?.idle();
});
socket.on("connect_error", () => status("down", "No connection. Trying again"));

show("home");
