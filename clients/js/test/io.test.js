// io(): which connection and which namespace an address means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { io, Manager } from "../index.js";

const lazy = { autoConnect: false };

test("addresses", () => {
  const table = [
    ["http://a.test", "http://a.test", "/"],
    ["http://a.test/", "http://a.test", "/"],
    ["https://a.test:8443/chat", "https://a.test:8443", "/chat"],
    ["ws://a.test/x", "http://a.test", "/x"],
    ["wss://a.test/x?y=1", "https://a.test", "/x"],
    ["a.test/é b", "https://a.test", "/é b"],
    ["http://a.test/a/b#c", "http://a.test", "/a/b"],
  ];
  for (const [address, uri, nsp] of table) {
    const socket = io(address, { ...lazy, forceNew: true });
    assert.equal(socket.io.uri, uri, address);
    assert.equal(socket.nsp, nsp, address);
  }
});

test("an address alone, or options alone, need a page", (t) => {
  assert.throws(() => io());
  globalThis.location = new URL("https://page.test/game/");
  t.after(() => delete globalThis.location);
  assert.equal(io({ ...lazy, forceNew: true }).io.uri, "https://page.test");
  assert.equal(io("/ns", { ...lazy, forceNew: true }).nsp, "/ns");
  assert.equal(io("//b.test/ns", { ...lazy, forceNew: true }).io.uri, "https://b.test");
});

test("sockets of one server share a connection unless told otherwise", () => {
  const a = io("http://share.test/a", lazy);
  assert.equal(io("http://share.test/b", lazy).io, a.io);
  assert.notEqual(io("http://share.test/a", lazy).io, a.io, "the same namespace again");
  assert.notEqual(io("http://share.test/c", { ...lazy, forceNew: true }).io, a.io);
  assert.notEqual(io("http://share.test/c", { ...lazy, multiplex: false }).io, a.io);
  assert.notEqual(io("http://share.test/c", { ...lazy, path: "/other" }).io, a.io);
  assert.notEqual(io("http://other.test/a", lazy).io, a.io);
});

test("an unknown parser is a clear error", () => {
  assert.throws(() => new Manager("http://a.test", { ...lazy, parser: "xml" }), /unknown parser "xml"/);
});
