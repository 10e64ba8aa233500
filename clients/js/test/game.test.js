// GameClient on a socket that is played by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GameClient, GameError } from "../game/client.js";
import { keyframe, players, schema, steady } from "./support/arena.js";
import { FakeSocket } from "./support/fakesocket.js";

const lobby = { id: "l1", code: "ABCDE", game: "arena", name: "x", phase: "gathering", players: [], rev: 3 };
const start = { match: "m", game: "arena", schema, hash: 1, tick: 1, hz: 20, sendHz: 20, form: "M", you: { id: "p", seat: 2 } };
const ann = [0, 800, 0, 0, 100, "ann"];

function setUp(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1000;
  const socket = new FakeSocket();
  const client = new GameClient(socket, { now: () => now });
  const seen = [];
  for (const name of ["lobby", "chat", "start", "end", "event", "frame", "closed", "drain"]) client.on(name, (...args) => seen.push([name, ...args]));
  t.after(() => client.close());
  const wait = (ms) => {
    now += ms;
    t.mock.timers.tick(ms);
  };
  return { socket, client, seen, wait };
}

test("join, updates by revision, leave", async (t) => {
  const { socket, client, seen } = setUp(t);
  const joined = client.join({ code: "abcde" });
  const [request] = socket.take("lobby:join");
  assert.deepEqual(request.arg, { form: "B", code: "abcde" });
  request.done(null, { ok: true, lobby, you: { id: "p", seat: 2 } });
  assert.equal(client.lobby.rev, 3, "at once: an update may come along");
  socket.receive("lobby:update", { rev: 4, phase: "countdown" });
  socket.receive("lobby:update", { rev: 4, phase: "stale" });
  await joined;
  assert.equal(client.lobby.phase, "countdown");
  assert.equal(client.lobby.code, "ABCDE");
  assert.equal(client.you.seat, 2);
  const left = client.leave();
  socket.take("lobby:leave")[0].done(null, { ok: true });
  await left;
  assert.equal(client.lobby, null);
  assert.deepEqual(seen.map(([name, l]) => [name, l?.rev]), [["lobby", 3], ["lobby", 4], ["lobby", undefined]]);
});

test("a refusal rejects with its code", async (t) => {
  const { socket, client } = setUp(t);
  const full = client.quick({ game: "arena" });
  socket.take("lobby:quick")[0].done(null, { ok: false, code: "ROOM_FULL", message: "8 of 8" });
  await assert.rejects(full, (err) => err instanceof GameError && err.code === "ROOM_FULL" && err.message === "8 of 8");
  const silent = client.list();
  socket.take("lobby:list")[0].done(new Error("operation has timed out"));
  await assert.rejects(silent, { code: "TIMEOUT" });
  const cut = client.chat("hi");
  socket.connected = false;
  socket.take("lobby:chat")[0].done(new Error("socket has been disconnected"));
  await assert.rejects(cut, { code: "DISCONNECTED" });
});

test("a match: frames, inputs, acknowledgements, view", (t) => {
  const { socket, client, seen, wait } = setUp(t);
  assert.equal(client.sendInput([1]), 0, "no match, no input");
  socket.receive("match:start", start);
  assert.equal(client.view(), null);
  socket.receive("s", keyframe(1, players([], [ann])), 0);
  assert.deepEqual(socket.take("i")[0].args, [0, 1, null], "the first frame is acknowledged at once");
  assert.equal(client.world.entities("Player").get(0).x, 100);
  wait(50);
  socket.receive("s", Buffer.from(steady(2, players([], [], [0, 1, 880]))), 0);
  assert.deepEqual(socket.take("i"), [], "not so soon again");
  assert.equal(client.sendInput([5]), 1);
  assert.deepEqual(socket.take("i")[0].args, [1, 2, [5]]);
  wait(50);
  socket.receive("s", new Uint8Array(steady(3)).buffer, 1);
  wait(49);
  assert.deepEqual(socket.take("i"), []);
  wait(1);
  assert.deepEqual(socket.take("i")[0].args, [1, 3, null], "by itself when no input says it");
  wait(1000);
  assert.deepEqual(socket.take("i"), [], "once");
  const shown = client.view();
  assert.equal(shown.entities("Player").get(0).name, "ann");
  assert.equal(client.sendInput([6]), 2);
  assert.deepEqual(socket.take("i")[0].args, [2, 3, [6], shown.tick], "what the player saw");
  assert.deepEqual(seen.filter(([n]) => n === "frame"), [["frame", { tick: 1, ack: 0 }], ["frame", { tick: 2, ack: 0 }], ["frame", { tick: 3, ack: 1 }]]);
  assert.equal(client.stats.frames, 3);
  assert.equal(client.stats.tick, 3);
  assert.ok(client.stats.bytesPerSecond > 0);
  socket.receive("match:event", "kill", { by: 1 });
  socket.receive("match:end", { reason: "finished", result: 7 });
  assert.equal(client.world, null);
  assert.deepEqual(seen.slice(-2), [["event", "kill", { by: 1 }], ["end", { reason: "finished", result: 7 }]]);
});

test("a frame that can't be applied asks for a keyframe, once", async (t) => {
  const { socket, client, seen } = setUp(t);
  socket.receive("match:start", start);
  socket.receive("s", keyframe(1, players([], [ann])), 0);
  socket.receive("s", steady(3), 0);
  socket.receive("s", steady(4), 0);
  const asked = socket.take("match:resync");
  assert.equal(asked.length, 1);
  asked[0].done(null, { ok: true });
  socket.receive("s", keyframe(5, players([], [ann])), 0);
  assert.equal(client.world.tick, 5);
  assert.equal(seen.filter(([n]) => n === "frame").length, 2);
  socket.receive("s", new Uint8Array([0xc1]), 0);
  const [again] = socket.take("match:resync");
  again.done(null, { ok: false, code: "RATE_LIMITED", message: "" });
  await new Promise(setImmediate);
  socket.receive("s", steady(7), 0);
  assert.equal(socket.take("match:resync").length, 1, "a refused request is made again");
});

test("skipped frames are counted", (t) => {
  const { socket, client } = setUp(t);
  socket.receive("match:start", { ...start, sendHz: 10 });
  socket.receive("s", keyframe(2), 0);
  socket.receive("s", steady(3), 0);
  assert.equal(client.stats.skipped, 0);
  socket.receive("s", keyframe(9), 0);
  assert.equal(client.stats.skipped, 2);
});

test("round trips are measured while a match runs", (t) => {
  const { socket, client, wait } = setUp(t);
  socket.receive("match:start", start);
  const [ping] = socket.take("clock");
  wait(30);
  ping.args[1](1000, 5000, 5001);
  assert.equal(client.stats.rtt, 29);
  wait(400);
  assert.equal(socket.take("clock").length, 1);
  socket.receive("match:end", { reason: "drain" });
  wait(10_000);
  assert.equal(socket.take("clock").length, 0);
});

test("a broken connection and a closed lobby end everything", (t) => {
  for (const [event, arg] of [["disconnect", "transport close"], ["lobby:closed", { code: "KICKED", message: "out" }]]) {
    const { socket, client, seen } = setUp(t);
    client.join({ id: "l1" });
    socket.take("lobby:join")[0].done(null, { ok: true, lobby, you: { id: "p", seat: 2 } });
    socket.receive("match:start", start);
    socket.receive(event, arg);
    assert.deepEqual([client.lobby, client.you, client.world, client.view()], [null, null, null, null]);
    assert.deepEqual(seen.some(([n]) => n === "closed"), event === "lobby:closed");
    client.close();
    t.mock.timers.reset();
  }
});

test("a place is taken again with its token", async (t) => {
  const { socket, client } = setUp(t);
  client.quick({ game: "arena" });
  socket.take("lobby:quick")[0].done(null, { ok: true, lobby, you: { id: "p", seat: 2 }, resume: "secret" });
  socket.receive("disconnect", "transport close");
  assert.equal(client.lobby, null);
  const back = client.resume();
  const [request] = socket.take("lobby:join");
  assert.equal(request.arg.resume, "secret");
  request.done(null, { ok: true, lobby, you: { id: "p", seat: 2 }, resume: "secret" });
  await back;
  assert.equal(client.lobby.id, "l1");
  socket.receive("lobby:closed", { code: "REPLACED", message: "" });
  assert.equal(client.resumeToken, "");
});
