// Places and lists of GameClient: coming back, watching, what a leader may.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GameClient } from "../game/client.js";
import { FakeSocket } from "./support/fakesocket.js";

const lobby = { id: "l1", code: "ABCDE", game: "arena", name: "x", phase: "gathering", players: [], rev: 3 };
const you = { id: "p", seat: 2 };
const settled = () => new Promise(setImmediate);

/** A client with a seat whose token is "secret". */
async function seated(options) {
  const socket = new FakeSocket();
  const client = new GameClient(socket, options);
  const seen = [];
  for (const name of ["lobby", "closed"]) client.on(name, (what) => seen.push([name, what?.id ?? what?.code ?? null]));
  const entered = client.quick({ game: "arena", player: "ann", schema: "5eed" });
  socket.take("lobby:quick")[0].done(null, { ok: true, lobby, you, resume: "secret" });
  await entered;
  return { socket, client, seen };
}

test("a place is taken again when the socket is connected again", async () => {
  const { socket, client, seen } = await seated();
  socket.lose();
  assert.equal(client.lobby, null);
  socket.connect();
  const [request] = socket.take("lobby:join");
  assert.deepEqual({ ...request.arg, form: undefined }, { resume: "secret", schema: "5eed", form: undefined }, "with the schema it was taken with");
  request.done(null, { ok: true, lobby, you, resume: "secret" });
  assert.equal(await client.resumed, true);
  assert.deepEqual([client.lobby.id, client.you.seat], ["l1", 2]);
  assert.deepEqual(seen, [["lobby", "l1"], ["lobby", null], ["lobby", "l1"]]);
});

test("a place that is given up is told, once", async () => {
  const { socket, client, seen } = await seated();
  socket.lose();
  socket.connect();
  socket.take("lobby:join")[0].done(null, { ok: false, code: "NOT_FOUND", message: "given up" });
  assert.equal(await client.resumed, false);
  assert.deepEqual(seen.at(-1), ["closed", "NOT_FOUND"]);
  socket.lose();
  socket.connect();
  assert.equal(socket.take("lobby:join").length, 0);
});

test("a connection that breaks on the way back leaves the token for the next", async () => {
  const { socket, client, seen } = await seated();
  socket.lose();
  socket.connect();
  socket.lose();
  assert.equal(await client.resumed, false);
  assert.ok(!seen.some(([name]) => name === "closed"));
  socket.connect();
  assert.equal(socket.take("lobby:join")[0].arg.resume, "secret");
});

test("a busy server is asked again", async (t) => {
  const { socket, client } = await seated();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  socket.lose();
  socket.connect();
  socket.take("lobby:join")[0].done(null, { ok: false, code: "BUSY", message: "" });
  await settled();
  t.mock.timers.tick(1000);
  await settled();
  socket.take("lobby:join")[0].done(null, { ok: true, lobby, you, resume: "secret" });
  assert.equal(await client.resumed, true);
});

for (const [how, part] of Object.entries({
  leave: async ({ socket, client }) => {
    const left = client.leave();
    socket.take("lobby:leave")[0].done(null, { ok: true });
    await left;
  },
  kick: ({ socket }) => socket.dispatch("lobby:closed", { code: "KICKED", message: "" }),
  disconnect: ({ socket }) => socket.lose("io client disconnect"),
})) {
  test(`nothing is taken again after ${how}`, async () => {
    const kept = [];
    const all = await seated({ storage: { get: () => "", set: (token) => kept.push(token) } });
    await part(all);
    assert.deepEqual(kept, ["secret", ""]);
    all.socket.lose();
    all.socket.connect();
    assert.equal(all.socket.take("lobby:join").length, 0);
    assert.equal(await all.client.resumed, false);
  });
}

test("leaving without a connection lets the server's time run out", async () => {
  const { socket, client } = await seated();
  socket.lose();
  await client.leave();
  socket.connect();
  assert.equal(socket.take("lobby:join").length, 0);
});

test("a page that was loaded anew finds its token in the storage", async () => {
  const storage = { get: () => "old", set: (token) => (storage.kept = token), kept: "old" };
  const socket = new FakeSocket();
  const client = new GameClient(socket, { storage }); // on a socket that is connected
  socket.take("lobby:join")[0].done(null, { ok: true, lobby, you, resume: "old" });
  assert.equal(await client.resumed, true);
  socket.dispatch("lobby:closed", { code: "REPLACED", message: "" });
  assert.equal(client.resumeToken, "");
  assert.equal(storage.kept, "old", "whoever took over may read the same storage");
});

test("a spectator sends no input and has no place to come back to", async () => {
  const socket = new FakeSocket();
  const client = new GameClient(socket);
  const joined = client.join({ code: "ABCDE", spectate: true, password: "x" });
  const [request] = socket.take("lobby:join");
  assert.deepEqual([request.arg.spectate, request.arg.password], [true, "x"]);
  request.done(null, { ok: true, lobby, you: { id: "p", seat: -1 } });
  await joined;
  assert.equal(client.spectating, true);
  assert.equal(client.sendInput([1]), 0);
  socket.lose();
  socket.connect();
  assert.equal(socket.take("lobby:join").length, 0);
});

test("requests of leaders and teams", () => {
  const socket = new FakeSocket();
  const client = new GameClient(socket);
  for (const promise of [client.lock(), client.lock(false), client.team(2), client.team(1, "p7"), client.swap("a", "b"), client.balance()]) promise.catch(() => {});
  assert.deepEqual(socket.sent.map((m) => [m.event, m.arg]), [
    ["lobby:lock", { locked: true }], ["lobby:lock", { locked: false }],
    ["lobby:team", { team: 2 }], ["lobby:team", { team: 1, player: "p7" }],
    ["lobby:swap", { a: "a", b: "b" }], ["lobby:balance", {}],
  ]);
});

const row = (id, players = 1) => ({ id, game: "arena", name: id, phase: "playing", players, max: 8 });
const answer = (rev, ...lobbies) => ({ ok: true, rev, games: [{ name: "arena" }], lobbies });
const ids = (list) => list.lobbies.map((l) => `${l.id}${l.players}`).join(" ");

async function watching(query) {
  const socket = new FakeSocket();
  const client = new GameClient(socket);
  const promise = client.watch(query);
  const [request] = socket.take("lobby:watch");
  request.done(null, answer(5, row("a"), row("b")));
  socket.dispatch("lobby:list", { rev: 6, put: [row("c")] }); // before the promise settles
  const list = await promise;
  const changes = [];
  list.on("change", (lobbies) => changes.push(lobbies.length));
  return { socket, client, list, changes, arg: request.arg };
}

test("a list follows its diffs", async () => {
  const { socket, list, changes, arg } = await watching({ game: "arena" });
  assert.deepEqual(arg, { query: { game: "arena" } });
  assert.deepEqual(list.games, [{ name: "arena" }]);
  assert.equal(ids(list), "a1 b1 c1");
  socket.dispatch("lobby:list", { rev: 7, remove: ["a"], put: [row("d"), row("b", 3)] });
  assert.equal(ids(list), "b3 c1 d1");
  socket.dispatch("lobby:list", { rev: 8, order: ["d", "b", "c"] });
  assert.equal(ids(list), "d1 b3 c1");
  assert.deepEqual(changes, [3, 3]);
  list.close();
  assert.equal(socket.take("lobby:unwatch").length, 1);
  socket.dispatch("lobby:list", { rev: 9, remove: ["d"] });
  assert.equal(ids(list), "d1 b3 c1");
});

test("a list with a gap, or of a broken connection, begins anew", async () => {
  const { socket, list } = await watching();
  socket.dispatch("lobby:list", { rev: 9, remove: ["a"] });
  socket.dispatch("lobby:list", { rev: 10, remove: ["b"] });
  const asked = socket.take("lobby:watch");
  assert.equal(asked.length, 1, "once");
  assert.deepEqual(asked[0].arg, {});
  asked[0].done(null, answer(12, row("x")));
  await settled();
  assert.equal(ids(list), "x1");
  socket.lose();
  socket.connect();
  socket.take("lobby:watch")[0].done(null, answer(1, row("y")));
  socket.dispatch("lobby:list", { rev: 2, put: [row("z")] });
  assert.equal(ids(list), "y1 z1");
});

test("the next list takes the place of the one before", async () => {
  const { socket, client, list } = await watching();
  const next = client.watch({ limit: 1 });
  socket.take("lobby:watch")[0].done(null, answer(1, row("only")));
  socket.dispatch("lobby:list", { rev: 2, remove: ["only"] });
  assert.equal(ids(await next), "");
  assert.equal(ids(list), "a1 b1 c1");
  list.close();
  assert.equal(socket.take("lobby:unwatch").length, 0, "not the one that is followed");
  const refused = client.watch({ wrong: 1 });
  socket.take("lobby:watch")[0].done(null, { ok: false, code: "BAD_REQUEST", message: "" });
  await assert.rejects(refused, { code: "BAD_REQUEST" });
});
