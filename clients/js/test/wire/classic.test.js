// dist/socket.io.js as a browser loads it: a classic script with a global io().
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import vm from "node:vm";
import { WebSocket } from "ws";
import { next, Stage } from "../support/stage.js";

const script = readFileSync(new URL("../../dist/socket.io.js", import.meta.url), "utf8");
const stage = new Stage({ peer: "light", server: "reference", parser: "json", link: "websocket" });
let page;

before(async () => {
  const { url } = await stage.server();
  page = {
    location: new URL(`${url}/chat/index.html`), WebSocket, fetch, URL, AbortController, TextEncoder, TextDecoder, btoa, atob,
    setTimeout, clearTimeout, queueMicrotask, console, ArrayBuffer, Uint8Array, DataView,
  };
  page.globalThis = page.window = page;
  vm.runInNewContext(script, page);
});
after(() => stage.closeAll());

test("the global is a function with the official one's properties", () => {
  const { io } = page;
  assert.equal(typeof io, "function");
  assert.equal(io.io, io);
  assert.equal(io.connect, io);
  assert.equal(io.protocol, 5);
  assert.equal(typeof io.Manager, "function");
  assert.equal(typeof io.Socket, "function");
});

test("io() reaches the page's server, io('/ns') shares its connection", async () => {
  const main = page.io();
  await next(main, "connect");
  assert.ok(main instanceof page.io.Socket);
  const custom = page.io("/custom");
  assert.equal(custom.io, main.io);
  await next(custom, "connect");
  assert.equal((await custom.emitWithAck("info")).nsp, "/custom");
  const again = page.io();
  assert.notEqual(again.io, main.io, "the same namespace twice: a connection of its own");
  for (const s of [main, custom, again]) s.disconnect();
});

test("binary values arrive as ArrayBuffer", async () => {
  const socket = page.io({ forceNew: true });
  const value = await socket.emitWithAck("message-with-ack", Uint8Array.from([1, 2]));
  assert.ok(value instanceof ArrayBuffer);
  socket.disconnect();
});
