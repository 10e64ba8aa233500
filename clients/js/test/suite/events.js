import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../support/plain.js";
import { next } from "../support/stage.js";

const bytes = (n) => Buffer.from(Uint8Array.from({ length: n }, (_, i) => i % 251));

const VALUES = [
  [],
  [1, -1, 0, 1.5, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 0.1, -1e-300],
  ["", "text", "é ü ß", "日本語", "😀", "\u2028\u0000\u001e\"\\", "x".repeat(70_000)],
  [true, false, null],
  [[], [[]], [1, [2, [3]]], {}, { a: { b: { c: [] } } }, { "": 1, "__proto__x": 2, toString: 3 }],
  [bytes(1), bytes(0), { deep: [bytes(3), { deeper: bytes(300) }] }, "between", bytes(8)],
  [bytes(100_000)],
  [Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${i}`, i]))],
  [Array.from({ length: 20_000 }, (_, i) => i)],
];

export function events(stage) {
  VALUES.forEach((args, i) => {
    test(`values there and back, ${i}`, async () => {
      const socket = await stage.connected();
      const back = next(socket, "message-back");
      socket.emit("message", ...args);
      assert.deepEqual(plain(await back), plain(args));
    });
  });

  test("dates and undefined as the parser has them", async () => {
    const socket = await stage.connected();
    const back = next(socket, "message-back");
    socket.emit("message", new Date(1234567890123), undefined, [undefined], "end");
    const [date, nothing, list, end] = await back;
    assert.deepEqual(date, stage.parser === "json" ? "2009-02-13T23:31:30.123Z" : new Date(1234567890123));
    assert.equal(nothing ?? null, null);
    assert.equal(list[0] ?? null, null);
    assert.equal(end, "end");
  });

  test("what the server sees of a value", async () => {
    const socket = await stage.connected();
    const [s, n, b, list] = await socket.emitWithAck("describe", "é😀", 1.25, bytes(8), [null, true, { a: bytes(1) }]);
    assert.match(s, /^string:3:/);
    assert.equal(n, "number:1.25");
    assert.match(b, /^binary:8:/);
    assert.equal(list[0], "null");
    assert.equal(list[1], "boolean:true");
    assert.match(list[2].a, /^binary:1:/);
  });

  test("send() is the event message", async () => {
    const socket = await stage.connected();
    const back = next(socket, "message-back");
    socket.send("a", 1);
    assert.deepEqual(await back, ["a", 1]);
  });

  test("ArrayBuffer and other views are binary", async () => {
    const socket = await stage.connected();
    const data = Uint8Array.from([1, 2, 3, 4]);
    const views = [data.buffer, data];
    // The official MessagePack parser sends the whole buffer of these.
    if (stage.peer === "light") views.push(new DataView(data.buffer, 1, 2), new Uint16Array(data.buffer), data.subarray(2));
    for (const v of views) {
      const [described] = await socket.emitWithAck("describe", v);
      assert.match(described, new RegExp(`^binary:${v.byteLength}:`));
    }
  });

  test("once, off, many listeners", async () => {
    const socket = await stage.connected();
    const got = [];
    const off = () => got.push("never");
    socket.once("message-back", (i) => got.push(`once ${i}`));
    socket.on("message-back", off).on("message-back", (i) => got.push(`on ${i}`));
    socket.off("message-back", off);
    socket.emit("message", 1);
    socket.emit("message", 2);
    await socket.emitWithAck("info");
    assert.deepEqual(got, ["once 1", "on 1", "on 2"]);
  });

  test("catch-all listeners, both ways", async () => {
    const socket = await stage.connected();
    await socket.emitWithAck("info"); // the greeting has come
    const got = [];
    const later = (name) => got.push(`any ${name}`);
    socket.onAny(later);
    socket.prependAny((name) => got.push(`first ${name}`));
    socket.onAnyOutgoing((name, ...args) => got.push(`out ${name} ${args.filter((a) => typeof a !== "function")}`));
    socket.emit("message", "x");
    await socket.emitWithAck("message-with-ack", "y");
    socket.offAny(later);
    socket.emit("message", "z");
    await socket.emitWithAck("info");
    assert.deepEqual(got, [
      "out message x", "out message-with-ack y", "first message-back", "any message-back",
      "out message z", "out info ", "first message-back",
    ]);
    assert.deepEqual(socket.listenersAny().length, 1);
    socket.offAny().offAnyOutgoing();
    assert.deepEqual([socket.listenersAny().length, socket.listenersAnyOutgoing().length], [0, 0]);
  });

  test("the server's catch-all listeners saw the same", async () => {
    const socket = await stage.connected();
    socket.emit("message", 1);
    const log = await socket.emitWithAck("any-log");
    assert.deepEqual(log.in, ["message", "any-log"]);
    assert.deepEqual(log.out.slice(-1), ["message-back"]);
  });

  test("socket middleware refuses and changes events", async () => {
    const socket = await stage.connected();
    let ran = false;
    socket.on("forbidden-ran", () => (ran = true));
    const refused = next(socket, "mw-error");
    socket.emit("forbidden", 1);
    assert.deepEqual(await refused, ["forbidden event"]);
    assert.equal(await socket.emitWithAck("mutate", "x"), "mutated:x");
    assert.equal(ran, false);
  });

  test("reserved names can't be emitted, from either side", async () => {
    const socket = await stage.connected();
    for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]) {
      assert.throws(() => socket.emit(name), /reserved/);
      const { err } = await socket.emitWithAck("emit", { event: name, args: [] });
      assert.match(err, /reserved/);
    }
  });

  test("names that are properties of objects are ordinary names", async () => {
    const socket = await stage.connected();
    for (const name of ["__proto__", "constructor", "hasOwnProperty", "error"]) {
      const got = next(socket, name);
      await socket.emitWithAck("emit", { event: name, args: [name] });
      assert.deepEqual(await got, [name]);
    }
  });

  test("volatile events arrive on an idle connection", async () => {
    const socket = await stage.connected();
    await socket.emitWithAck("info");
    for (let tries = 0; ; tries++) {
      // A polling client may be between two requests: the event may be dropped.
      const back = next(socket, "message-back", stage.link === "polling" ? 300 : undefined).catch(() => null);
      socket.volatile.emit("message", tries);
      if (await back) break;
      assert.ok(stage.link === "polling" && tries < 10, "dropped");
    }
    const end = next(socket, "v-end");
    const got = [];
    socket.on("v", (i) => got.push(i));
    await socket.emitWithAck("volatile-burst", 50);
    assert.deepEqual(await end, [50]);
    assert.deepEqual(got, [...got].sort((a, b) => a - b));
  });

  test("a handler that panics disturbs nobody else", async () => {
    const bystander = await stage.connected();
    const socket = await stage.connected();
    socket.emit("panic");
    assert.equal(await bystander.emitWithAck("message-with-ack", 1), 1);
    assert.ok((await stage.stats()).pid > 0);
  });

  test("large payloads from the server", async () => {
    const socket = await stage.connected();
    const text = await socket.emitWithAck("blob", 3_000_000, "text");
    assert.equal(text.length, 3_000_000);
    assert.equal(text.slice(-4), "abcdefghijklmnopqrstuvwxyz".repeat(2).slice((3_000_000 % 26) + 22, (3_000_000 % 26) + 26));
    const binary = new Uint8Array(await socket.emitWithAck("blob", 3_000_000, "binary"));
    assert.equal(binary.length, 3_000_000);
    assert.equal(binary[2_999_999], 2_999_999 % 251);
  });
}
