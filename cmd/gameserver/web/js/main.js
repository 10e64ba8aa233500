// Connects, and decides which screen is shown.
import { io, GameClient } from "/sdk/index.js";
import { $, setText } from "./dom.js";
import { Backdrop } from "./backdrop.js";
import { Game } from "./arena/game.js";
import { home } from "./home.js";
import { room } from "./room.js";
import { toast, toastError } from "./toast.js";

/** How each game looks; a studio adds its own here. */
const views = { arena: Game };

const socket = io({ parser: "msgpack" });
const client = new GameClient(socket);
const backdrop = new Backdrop($("#backdrop"));
let game = null;
let lastCode = ""; // of the lobby to come back to after a broken link

const homeScreen = home({ client, entered });
const roomScreen = room({ client, left: goHome, resume: closeSheet });

/** For tests and the curious. */
window.tickwire = {
  client,
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
  lastCode = "";
  history.replaceState(null, "", location.pathname);
  endGame();
  roomScreen.close();
  show("home");
}

/** A seat is ours: in the lobby, or already in its running match. */
function entered() {
  lastCode = client.lobby.code;
  history.replaceState(null, "", `#${lastCode}`);
  roomScreen.clear();
  roomScreen.show(client.lobby);
  if (game) return;
  show("room");
  roomScreen.open();
}

function startGame(start) {
  endGame();
  const View = views[start.game];
  if (!View) return toast(`This page cannot show the game "${start.game}".`, { bad: true });
  $("#game").inert = false;
  show("game");
  roomScreen.close();
  game = new View(client, start);
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
  $("#arena").focus();
}

client.on("lobby", (lobby) => lobby && roomScreen.show(lobby));
client.on("start", startGame);
client.on("chat", (c) => {
  roomScreen.chat(c);
  const seat = client.lobby?.players.find((p) => p.id === c.from)?.seat ?? -1;
  game?.say(c.name, seat, c.text);
});
client.on("end", ({ reason }) => {
  endGame();
  const text = { finished: "The match is over.", fault: "The match ended by a fault in the game.", drain: "The server is restarting.", abandoned: "Everyone else has left." };
  toast(text[reason] ?? "The match has ended.", { bad: reason === "fault" });
  if (!client.lobby) return goHome();
  show("room");
  roomScreen.open();
});
client.on("closed", (why) => {
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

socket.on("connect", async () => {
  status("up", "Connected");
  roomScreen.learn().catch(() => {});
  const code = location.hash.slice(1).toUpperCase();
  if (lastCode) await homeScreen.join({ code: lastCode }, () => toast("Connected again, but your lobby is gone.", { bad: true }));
  else if (/^[A-Z2-9]{5}$/.test(code)) await homeScreen.join({ code });
  if (!client.lobby) goHome();
});
socket.on("disconnect", () => {
  status("down", "Connection lost. Reconnecting");
  endGame();
  show("home");
  roomScreen.close();
});
socket.on("connect_error", () => status("down", "No connection. Trying again"));

show("home");
