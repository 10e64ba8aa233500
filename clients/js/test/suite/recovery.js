import assert from "node:assert/strict";
import { test } from "node:test";
import { next } from "../support/stage.js";

const FLAGS = ["--recovery-ms=5000"];

export function recovery(stage) {
  test("a cut connection is recovered: id, rooms, data, and what was missed, in order", async () => {
    const socket = await stage.connected("/", { reconnectionDelay: 500, reconnectionDelayMax: 500, randomizationFactor: 0 }, FLAGS);
    const { id } = socket;
    await socket.emitWithAck("join", "table");
    await socket.emitWithAck("set-data", { name: "ann" });
    const got = [];
    socket.on("missed", (...args) => got.push(args.slice(0, 2)));
    for (let i = 0; i < 3; i++) {
      await socket.emitWithAck("op", { base: "nsp", to: "table", do: "emit", event: "missed", args: [i, { b: Buffer.from([i]) }], delay: 100 + i * 100 });
    }
    const reason = next(socket, "disconnect");
    socket.emit("kill");
    await reason;
    await next(socket, "connect");
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    const info = await socket.emitWithAck("info");
    assert.deepEqual([info.recovered, info.rooms, info.data.name], [true, [id, "table"].sort(), "ann"]);
    assert.deepEqual(got.map(([i, { b }]) => [i, [...new Uint8Array(b)]]), [[0, [0]], [1, [1]], [2, [2]]]);
  });

  test("a wish to leave is final: nothing is recovered", async () => {
    const socket = await stage.connected("/", {}, FLAGS);
    const { id } = socket;
    socket.disconnect().connect();
    await next(socket, "connect");
    assert.ok(!socket.recovered);
    assert.notEqual(socket.id, id);
  });

  test("too late: a new session", async () => {
    const flags = ["--recovery-ms=100"];
    const socket = await stage.connected("/", { reconnectionDelay: 400, reconnectionDelayMax: 400, randomizationFactor: 0 }, flags);
    const { id } = socket;
    const reason = next(socket, "disconnect");
    socket.emit("kill");
    await reason;
    await next(socket, "connect");
    assert.ok(!socket.recovered);
    assert.notEqual(socket.id, id);
  });
}
