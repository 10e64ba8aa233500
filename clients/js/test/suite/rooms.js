import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../support/plain.js";
import { next } from "../support/stage.js";

let serial = 0;

export function rooms(stage) {
  /** Three sockets: the first two in a room of their own, and what each receives. */
  async function three() {
    const room = `room-${++serial}`;
    const sockets = await Promise.all([stage.connected("/custom"), stage.connected("/custom"), stage.connected("/custom")]);
    await sockets[0].emitWithAck("join", room);
    await sockets[1].emitWithAck("join", [room, `${room}-b`]);
    const got = sockets.map((s) => {
      const list = [];
      s.on("news", (...args) => list.push(args));
      return list;
    });
    const settle = () => Promise.all(sockets.map((s) => s.emitWithAck("info")));
    return { room, sockets, got, settle, op: (spec, from = 0) => sockets[from].emitWithAck("op", spec) };
  }

  test("join and leave", async () => {
    const socket = await stage.connected("/custom");
    assert.deepEqual(await socket.emitWithAck("join", "b"), ["b", socket.id].sort());
    assert.deepEqual(await socket.emitWithAck("join", ["a", "c"]), ["a", "b", "c", socket.id].sort());
    assert.deepEqual(await socket.emitWithAck("leave", "b"), ["a", "c", socket.id].sort());
  });

  test("to a room, with values of every kind", async () => {
    const { room, got, settle, op } = await three();
    const value = { n: 1, b: Buffer.from([1, 2]), s: "é" };
    await op({ base: "nsp", to: room, do: "emit", event: "news", args: [value, "x"] });
    await settle();
    assert.deepEqual(got.map(plain), [[plain([value, "x"])], [plain([value, "x"])], []]);
  });

  test("from a socket: the sender is left out", async () => {
    const { room, got, settle, op } = await three();
    await op({ base: "socket", to: room, do: "emit", event: "news", args: [1] });
    await settle();
    assert.deepEqual(got, [[], [[1]], []]);
  });

  test("except, unions, a socket's own room", async () => {
    const { room, sockets, got, settle, op } = await three();
    await op({ base: "nsp", to: room, except: `${room}-b`, do: "emit", event: "news", args: ["except"] });
    await op({ base: "nsp", to: [`${room}-b`, sockets[2].id], do: "emit", event: "news", args: ["union"] });
    await op({ base: "nsp", to: [room, `${room}-b`], do: "emit", event: "news", args: ["once"] });
    await settle();
    assert.deepEqual(got, [[["except"], ["once"]], [["union"], ["once"]], [["union"]]]);
  });

  test("acknowledgements of all, and what came until the timeout", async () => {
    const { room, sockets, op } = await three();
    sockets.forEach((s, i) => s.on("vote", (answer) => answer(i)));
    const all = await op({ base: "nsp", to: room, do: "emitWithAck", event: "vote", args: [], flags: { timeout: 3000 } });
    assert.deepEqual([all.err, all.responses.sort()], [null, [0, 1]]);
    sockets[1].off("vote");
    const some = await op({ base: "nsp", to: room, do: "emitWithAck", event: "vote", args: [], flags: { timeout: 600 } });
    assert.deepEqual(some, { err: "operation has timed out", responses: [0] });
  });

  test("socketsJoin, fetchSockets, socketsLeave, disconnectSockets", async () => {
    const { room, sockets, op } = await three();
    await sockets[2].emitWithAck("set-data", { name: "third" });
    await op({ base: "nsp", to: sockets[2].id, do: "socketsJoin", rooms: [room] });
    const fetched = await op({ base: "nsp", to: room, do: "fetchSockets" });
    assert.deepEqual(fetched.map((s) => s.id), sockets.map((s) => s.id).sort());
    assert.deepEqual(fetched.find((s) => s.id === sockets[2].id).data, { name: "third" });
    await op({ base: "nsp", to: sockets[2].id, do: "socketsLeave", rooms: room });
    assert.equal((await op({ base: "nsp", to: room, do: "fetchSockets" })).length, 2);
    const out = next(sockets[1], "disconnect");
    await op({ base: "nsp", to: `${room}-b`, do: "disconnectSockets", close: false });
    assert.equal((await out)[0], "io server disconnect");
    assert.equal((await op({ base: "nsp", to: room, do: "fetchSockets" })).length, 1);
  });

  test("a socket that is gone is in no room", async () => {
    const { room, sockets, op } = await three();
    const id = sockets[1].id;
    sockets[1].disconnect();
    await stage.statsSay((s) => s.disconnects.some((d) => d.id === id && d.phase === "disconnect" && d.rooms.length === 0));
    assert.deepEqual((await op({ base: "nsp", to: room, do: "fetchSockets" })).map((s) => s.id), [sockets[0].id]);
  });

  test("to all children of a dynamic namespace", async () => {
    const a = await stage.connected("/dyn-101");
    const b = await stage.connected("/dyn-102");
    const heard = [next(a, "news"), next(b, "news")];
    await a.emitWithAck("op", { base: "parent", parent: "dyn", do: "emit", event: "news", args: ["all"] });
    assert.deepEqual(await Promise.all(heard), [["all"], ["all"]]);
  });
}
