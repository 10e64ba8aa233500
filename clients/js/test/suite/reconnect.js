import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../support/process.js";
import { next } from "../support/stage.js";

export function reconnecting(stage) {
  test("after a cut: a new session, and what was emitted meanwhile", async () => {
    const socket = await stage.connected();
    const first = socket.id;
    const attempts = [];
    socket.io.on("reconnect_attempt", (n) => attempts.push(n));
    const back = next(socket.io, "reconnect");
    const reason = next(socket, "disconnect");
    socket.emit("kill");
    await reason;
    assert.equal(socket.active, true);
    const answers = Promise.all([1, 2, 3].map((i) => socket.emitWithAck("message-with-ack", i)));
    socket.volatile.emit("message", "dropped");
    const volatile = [];
    socket.on("message-back", (v) => volatile.push(v));
    assert.deepEqual(await answers, [1, 2, 3]);
    assert.deepEqual(await back, [1]);
    assert.deepEqual(attempts, [1]);
    assert.notEqual(socket.id, first);
    assert.ok(!socket.recovered);
    // The official client keeps a volatile event when its dead transport looks writable.
    if (stage.peer === "light") assert.deepEqual(volatile, []);
  });

  test("a server that is down and comes back", async (t) => {
    const port = await freePort();
    let server = await stage.start([], port);
    t.after(() => server.stop());
    const socket = stage.socket(server.url);
    const seen = [];
    for (const name of ["reconnect_attempt", "reconnect_error", "reconnect"]) socket.io.on(name, () => seen.push(name));
    socket.on("connect_error", () => seen.push("connect_error"));
    const settled = stage.link === "upgrade" ? next(socket.io.engine, "upgrade") : undefined;
    await next(socket, "connect");
    await settled;
    const gone = next(socket, "disconnect");
    const reason = (await Promise.all([gone, server.stop()]))[0][0];
    // Between two polls there is nothing that the server could say it with.
    assert.match(reason, stage.link === "polling" ? /^transport (close|error)$/ : /^transport close$/);
    await next(socket.io, "reconnect_error");
    await next(socket.io, "reconnect_error");
    const back = next(socket, "connect");
    server = await stage.start([], port);
    await back;
    const failed = seen.filter((s) => s === "reconnect_error").length;
    assert.ok(failed >= 2);
    assert.ok(seen.filter((s) => s === "connect_error").length >= failed);
    assert.equal(seen.filter((s) => s === "reconnect").length, 1);
    assert.equal(await socket.emitWithAck("message-with-ack", 1), 1);
  });

  test("a server that is not there: attempts, then failure", async () => {
    const port = await freePort();
    const socket = stage.socket(`http://127.0.0.1:${port}`, "/", { reconnectionAttempts: 2 });
    const failed = next(socket.io, "reconnect_failed");
    let errors = 0;
    socket.on("connect_error", (err) => {
      assert.ok(err instanceof Error);
      errors++;
    });
    await failed;
    assert.equal(errors, 3, "the first connection and two attempts");
    assert.equal(socket.connected, false);
  });

  test("reconnection: false", async () => {
    const socket = await stage.connected("/", { reconnection: false });
    let tried = false;
    socket.io.on("reconnect_attempt", () => (tried = true));
    const reason = next(socket, "disconnect");
    socket.emit("close-engine");
    await reason;
    await new Promise((r) => setTimeout(r, 100));
    socket.connect();
    await next(socket, "connect");
    assert.equal(tried, false);
  });

  test("disconnect() while it waits to reconnect ends the waiting", async () => {
    const socket = await stage.connected("/", { reconnectionDelay: 100, reconnectionDelayMax: 100 });
    const reason = next(socket, "disconnect");
    socket.emit("close-engine");
    await reason;
    socket.disconnect();
    await new Promise((r) => setTimeout(r, 200));
    assert.deepEqual([socket.active, socket.connected], [false, false]);
  });

  test("a quick disconnect() and connect()", async () => {
    const socket = await stage.connected();
    for (let i = 0; i < 5; i++) {
      socket.disconnect().connect();
      assert.equal(await socket.emitWithAck("message-with-ack", i), i);
    }
  });
}
