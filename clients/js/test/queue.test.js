// Waiting for a match, on a socket that is played by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GameClient } from "../game/client.js";
import { FakeSocket } from "./support/fakesocket.js";

const waiting = { game: "duel", size: 1, waitedMs: 0, window: 50, candidates: 0, needed: 1, reason: "too_few_players", waiting: 1 };
const call = { game: "duel", lobby: "l1", code: "ABCDE", ticket: "T", players: 2, expiresMs: 15_000 };
const lobby = { id: "l1", code: "ABCDE", game: "duel", name: "x", phase: "gathering", players: [], rev: 3 };
const party = { id: "P", leader: "a", size: 4, members: [{ id: "a", name: "ann" }, { id: "b", name: "bob" }], rev: 2 };
const settled = () => new Promise(setImmediate);

async function queued(options) {
  const socket = new FakeSocket();
  const client = new GameClient(socket, options);
  const seen = [];
  client.queue.on("change", (s) => seen.push(s && (s.matched ? "matched" : `${s.reason} ${s.window}`))).on("closed", (why) => seen.push(why.code));
  client.queue.join({ game: "duel", latency: { eu: 20 } });
  assert.deepEqual(await socket.answer("queue:join", waiting), { game: "duel", latency: { eu: 20 } });
  return { socket, client, seen };
}

test("a ticket tells how it fares, is matched, and has its seat taken", async () => {
  const { socket, client, seen } = await queued();
  socket.receive("queue:status", { ...waiting, window: 80, reason: "skill_window" });
  socket.receive("queue:matched", call);
  assert.deepEqual(await socket.answer("lobby:join", { lobby, you: { id: "p", seat: 0 }, resume: "s" }), { form: "B", ticket: "T" });
  assert.equal(client.lobby.id, "l1");
  assert.equal(client.queue.state.matched, true, "the others have yet to come");
  socket.receive("lobby:closed", { code: "NO_SHOW", message: "" });
  socket.receive("queue:status", { ...waiting, window: 90 });
  assert.deepEqual(seen, ["too_few_players 50", "skill_window 80", "matched", "too_few_players 90"]);
  client.close();
});

test("the beginning of the match, leaving and being put out end the wait", async () => {
  const { socket, client, seen } = await queued({ follow: false });
  socket.receive("queue:status", { ...waiting, matched: true });
  client.queue.started();
  assert.equal(client.queue.state, null);
  client.queue.join({ game: "duel" });
  await socket.answer("queue:join", waiting);
  client.queue.started();
  assert.notEqual(client.queue.state, null, "another match is none of its business");
  const left = client.queue.leave();
  socket.receive("queue:closed", { game: "duel", code: "NOT_QUEUED", message: "" });
  await socket.answer("queue:leave");
  await left;
  assert.equal(client.queue.state, null);
  client.queue.join({ game: "duel" });
  await socket.answer("queue:join", waiting);
  socket.receive("queue:closed", { game: "duel", code: "PARTY_CHANGED", message: "" });
  assert.deepEqual(seen.slice(-2), [null, "PARTY_CHANGED"]);
  client.close();
});

test("a broken connection ends one's own wait; that of a party is asked for again", async () => {
  const { socket, client, seen } = await queued();
  socket.lose();
  assert.equal(client.queue.state, null);
  socket.connect();
  await settled();
  await socket.answer("queue:status", { code: "NOT_QUEUED" });
  assert.equal(seen.at(-1), "NOT_QUEUED");
  socket.lose();
  socket.connect();
  await settled();
  assert.equal(socket.take("queue:status").length, 0, "told once");
  client.party.join({ code: "PPPPPPPP" });
  await socket.answer("party:join", { party: { ...party, you: "b" }, resume: "secret" });
  socket.receive("queue:status", { ...waiting, size: 2 });
  socket.lose();
  socket.connect();
  await socket.answer("party:join", { party: { ...party, you: "b" }, resume: "secret" });
  await settled();
  await socket.answer("queue:status", { ...waiting, size: 2 });
  assert.equal(client.queue.state.size, 2);
  client.close();
});
