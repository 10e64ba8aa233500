import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../support/plain.js";
import { pause } from "../support/stage.js";

export function acknowledgements(stage) {
  test("a callback gets all values, a promise the first", async () => {
    const socket = await stage.connected();
    const all = await new Promise((r) => socket.emit("message-with-ack", 1, { a: [2] }, Buffer.from([3]), (...args) => r(args)));
    assert.deepEqual(plain(all), [1, { a: [2] }, { bytes: [3] }]);
    assert.equal(await socket.emitWithAck("message-with-ack", "first", "second"), "first");
    assert.equal(await socket.emitWithAck("message-with-ack"), undefined);
  });

  test("many at once each get their own", async () => {
    const socket = await stage.connected();
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    assert.deepEqual(await Promise.all(numbers.map((i) => socket.emitWithAck("message-with-ack", i))), numbers);
  });

  test("in the order in which the server gives them", async () => {
    const socket = await stage.connected();
    const got = [];
    const ask = (ms) => socket.emitWithAck("late-ack", ms).then((v) => got.push(v));
    await Promise.all([ask(300), ask(10), ask(120)]);
    assert.deepEqual(got, [10, 120, 300]);
  });

  test("timeout: an error when none comes, the value when one does", async () => {
    const socket = await stage.connected();
    await assert.rejects(socket.timeout(60).emitWithAck("no-ack"), /timed out/);
    assert.equal(await socket.timeout(5000).emitWithAck("message-with-ack", 7), 7);
    const [err, value] = await new Promise((r) => socket.timeout(5000).emit("message-with-ack", 8, (...args) => r(args)));
    assert.deepEqual([err, value], [null, 8]);
    const late = await new Promise((r) => socket.timeout(30).emit("late-ack", 120, (...args) => r(args)));
    assert.ok(late[0] instanceof Error);
    await pause(150);
    assert.equal(await socket.emitWithAck("message-with-ack", "still fine"), "still fine");
  });

  test("ackTimeout is the default for all", async () => {
    const socket = await stage.connected("/", { ackTimeout: 60 });
    await assert.rejects(socket.emitWithAck("no-ack"), /timed out/);
  });

  test("only the first of two counts, on both sides", async () => {
    const socket = await stage.connected();
    const got = [];
    socket.emit("double-ack", (v) => got.push(v));
    await socket.emitWithAck("info");
    assert.deepEqual(got, ["first"]);
    socket.on("ask", (answer) => {
      answer("one");
      answer("two");
    });
    assert.deepEqual((await socket.emitWithAck("emit", { event: "ask", args: [], opts: { ack: true } })).args, ["one"]);
  });

  test("the server waits for the client's answer", async () => {
    const socket = await stage.connected();
    socket.on("ask", (a, b, answer) => answer(b, a, Buffer.from([1])));
    const { err, args } = await socket.emitWithAck("emit", { event: "ask", args: ["a", { b: 1 }], opts: { ack: true } });
    assert.equal(err, null);
    assert.deepEqual(plain(args), [{ b: 1 }, "a", { bytes: [1] }]);
    socket.on("silence", () => {});
    const timed = await socket.emitWithAck("emit", { event: "silence", args: [], opts: { ack: true, timeout: 60 } });
    assert.deepEqual(timed, { err: "operation has timed out", args: [] });
  });

  test("a broken connection fails those that are waiting", async () => {
    const socket = await stage.connected("/", { reconnection: false });
    const waiting = assert.rejects(socket.emitWithAck("no-ack"), /disconnected/);
    const timed = assert.rejects(socket.timeout(10_000).emitWithAck("no-ack"), /disconnected/);
    socket.emit("close-engine");
    await Promise.all([waiting, timed]);
  });

  test("retries: an event is sent again until it is acknowledged", async () => {
    const socket = await stage.connected("/", { retries: 2, ackTimeout: 250 });
    const key = `${socket.id}-${Math.random()}`;
    const [err, calls] = await new Promise((r) => socket.emit("flaky", key, (...args) => r(args)));
    assert.deepEqual([err, calls], [null, 2]);
    const order = [];
    socket.emit("late-ack", 30, (_err, v) => order.push(v));
    await new Promise((r) => socket.emit("message-with-ack", "second", (_err, v) => r(order.push(v))));
    assert.deepEqual(order, [30, "second"], "one after the other");
    const [gone] = await new Promise((r) => socket.emit("no-ack", (...args) => r(args)));
    assert.ok(gone instanceof Error, "in the end it gives up");
  });
}
