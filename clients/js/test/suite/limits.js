import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedSize } from "../support/size.js";
import { next } from "../support/stage.js";

const LIMIT = 20_000;
const FLAGS = [`--max-http-buffer-size=${LIMIT}`];

export function limits(stage) {
  /** The longest text that still fits. */
  function fitting() {
    let n = LIMIT;
    while (encodedSize(stage, ["message-with-ack", "x".repeat(n)]) > LIMIT) n--;
    return n;
  }

  test("a message of exactly the limit passes", async () => {
    const socket = await stage.connected("/", {}, FLAGS);
    const text = "x".repeat(fitting());
    assert.equal(await socket.emitWithAck("message-with-ack", text), text);
    assert.equal(socket.connected, true);
  });

  test("one byte more ends the session; the client comes back; nobody else notices", async () => {
    const bystander = await stage.connected("/", {}, FLAGS);
    const socket = await stage.connected("/", {}, FLAGS);
    const first = socket.id;
    const ended = next(socket, "disconnect");
    socket.emit("message", "x".repeat(fitting() + 20));
    assert.equal((await ended)[0], stage.link === "polling" ? "transport error" : "transport close");
    await next(socket, "connect");
    assert.notEqual(socket.id, first);
    assert.equal(await bystander.emitWithAck("message-with-ack", 1), 1);
  });

  test("many small events together exceed the limit of one request: they are split", async () => {
    const socket = await stage.connected("/", {}, FLAGS);
    const got = [];
    socket.on("message-back", (i) => got.push(i));
    for (let i = 0; i < 100; i++) socket.emit("message", i, "y".repeat(1000));
    await socket.emitWithAck("info");
    assert.deepEqual(got, Array.from({ length: 100 }, (_, i) => i));
  });

  test("what the server sends is not limited", async () => {
    const socket = await stage.connected("/", {}, FLAGS);
    assert.equal((await socket.emitWithAck("blob", LIMIT * 10, "text")).length, LIMIT * 10);
  });

  test("more attachments than the protocol allows are refused before they are sent", async () => {
    if (stage.parser === "msgpack" || stage.peer === "official") return; // binary is inline; the official client sends them
    const socket = await stage.connected();
    assert.throws(() => socket.emit("message", ...Array(11).fill(Buffer.alloc(1))), /attachments/);
    assert.equal(await socket.emitWithAck("message-with-ack", 1), 1);
  });
}
