// Parties, other seats, and calls to where a seat is kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GameClient } from "../game/client.js";
import { FakeSocket } from "./support/fakesocket.js";

const lobby = { id: "l1", code: "ABCDE", game: "duel", name: "x", phase: "gathering", players: [], rev: 3 };
const state = { id: "P", leader: "a", size: 4, members: [{ id: "a", name: "ann" }, { id: "b", name: "bob" }], rev: 2 };
const call = { party: "P", game: "duel", lobby: "l2", code: "FGHJK", ticket: "T", expiresMs: 15_000 };
const settled = () => new Promise(setImmediate);

/** A client that is b of the party. */
async function member(options) {
  const socket = new FakeSocket();
  const client = new GameClient(socket, options);
  const seen = [];
  client.party.on("change", (s) => seen.push(["change", s?.rev ?? null])).on("closed", (why) => seen.push(["closed", why.code]));
  client.on("call", (c) => seen.push(["call", c.ticket])).on("missed", (why) => seen.push(["missed", why.code]));
  client.party.join({ code: "PPPPPPPP" });
  await socket.answer("party:join", { party: { ...state, you: "b" }, resume: "secret" });
  return { socket, client, seen };
}

test("a party is joined, changes and is left", async () => {
  const { socket, client, seen } = await member();
  assert.deepEqual([client.party.you, client.party.leads, client.party.state.members.length], ["b", false, 2]);
  socket.receive("party:update", { ...state, leader: "b", rev: 3 });
  socket.receive("party:update", { ...state, rev: 3 });
  socket.receive("party:update", { ...state, id: "Q", rev: 9 });
  assert.equal(client.party.leads, true);
  const left = client.party.leave();
  await socket.answer("party:leave");
  await left;
  assert.deepEqual([client.party.state, client.party.you, client.party.leads], [null, "", false]);
  socket.lose();
  socket.connect();
  assert.equal(socket.take("party:join").length, 0, "nothing to come back to");
  assert.deepEqual(seen, [["change", 2], ["change", 3], ["change", null]]);
});

test("the place in a party is taken again after a broken connection, or told to be gone", async () => {
  const kept = [];
  const { socket, client, seen } = await member({ partyStorage: { get: () => "", set: (token) => kept.push(token) } });
  socket.lose();
  assert.equal(client.party.state.id, "P", "the server holds it");
  socket.connect();
  assert.deepEqual(await socket.answer("party:join", { party: { ...state, rev: 5, you: "b" }, resume: "secret" }), { resume: "secret" });
  assert.equal(await client.party.resumed, true);
  socket.lose();
  socket.connect();
  await socket.answer("party:join", { code: "NOT_FOUND" });
  assert.equal(await client.party.resumed, false);
  assert.deepEqual(seen, [["change", 2], ["change", 5], ["change", null], ["closed", "NOT_FOUND"]]);
  assert.deepEqual(kept, ["secret", ""]);
});

test("put out of a party; another party's end is none of ours", async () => {
  const { socket, client, seen } = await member();
  socket.receive("party:closed", { party: "O", code: "KICKED", message: "" });
  assert.equal(client.party.state.id, "P");
  socket.receive("party:closed", { party: "P", code: "KICKED", message: "" });
  assert.deepEqual(seen.slice(1), [["change", null], ["closed", "KICKED"]]);
});

test("who is called goes there, out of another lobby, with what the page wants", async () => {
  const { socket, client, seen } = await member({ joiner: () => ({ player: "bob" }) });
  client.quick({ game: "duel" });
  await socket.answer("lobby:quick", { lobby, you: { id: "p", seat: 0 }, resume: "s1" });
  socket.receive("party:follow", call);
  await socket.answer("lobby:leave");
  assert.deepEqual(await socket.answer("lobby:join", { lobby: { ...lobby, id: "l2" }, you: { id: "q", seat: 1 }, resume: "s2" }), { form: "B", player: "bob", ticket: "T" });
  assert.deepEqual([client.lobby.id, client.resumeToken], ["l2", "s2"]);
  socket.receive("party:follow", { ...call, ticket: "U" });
  await socket.answer("lobby:leave");
  await socket.answer("lobby:join", { code: "BAD_TICKET" });
  assert.deepEqual(seen.slice(1), [["call", "T"], ["call", "U"], ["missed", "BAD_TICKET"]]);
});

test("who does not want to follow is only told", async () => {
  const { socket, client, seen } = await member({ follow: false });
  socket.receive("party:follow", call);
  await settled();
  assert.deepEqual(seen.slice(1), [["call", "T"]]);
  assert.equal(socket.take("lobby:join").length, 0);
  const followed = client.follow(call);
  await socket.answer("lobby:join", { lobby, you: { id: "q", seat: 1 }, resume: "s2" });
  assert.equal((await followed).you.seat, 1);
});

test("another seat in the same lobby has its own token", async () => {
  const socket = new FakeSocket();
  const client = new GameClient(socket);
  const seats = [];
  client.on("you", (you) => seats.push([you.seat, client.spectating, client.resumeToken]));
  client.join({ code: "ABCDE", spectate: true });
  await socket.answer("lobby:join", { lobby, you: { id: "p", seat: -1 } });
  socket.receive("lobby:you", { id: "p", seat: 1, resume: "s1" });
  socket.receive("lobby:you", { id: "p", seat: -1 });
  assert.deepEqual(seats, [[1, false, "s1"], [-1, true, ""]]);
  socket.lose();
  socket.connect();
  assert.equal(socket.take("lobby:join").length, 0);
});
