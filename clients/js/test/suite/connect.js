import assert from "node:assert/strict";
import { test } from "node:test";
import { next } from "../support/stage.js";

export function connecting(stage) {
  test("connect: id, transport, what the server knows", async () => {
    const socket = await stage.connected("/", { auth: { token: "é", n: 1 }, query: { q: "x y" } });
    assert.equal(socket.connected, true);
    assert.equal(socket.disconnected, false);
    assert.equal(socket.active, true);
    assert.ok(!socket.recovered);
    const info = await socket.emitWithAck("info");
    assert.equal(info.id, socket.id);
    assert.deepEqual(info.rooms, [socket.id]);
    assert.equal(info.transport, stage.link === "polling" ? "polling" : "websocket");
    assert.equal(info.transport, socket.io.engine.transport.name);
    assert.equal(info.protocol, 4);
    assert.deepEqual(info.handshake.auth, { token: "é", n: 1 });
    assert.equal(info.handshake.query.q, "x y");
  });

  test("the authentication is echoed; a function gives a new one at each connect", async () => {
    let calls = 0;
    const { url } = await stage.server();
    const socket = stage.socket(url, "/", { auth: (done) => done({ call: ++calls }) });
    assert.deepEqual(await next(socket, "auth"), [{ call: 1 }]);
    socket.disconnect().connect();
    assert.deepEqual(await next(socket, "auth"), [{ call: 2 }]);
  });

  test("namespaces share one connection and are left one by one", async () => {
    const main = await stage.connected();
    const custom = main.io.socket("/custom");
    await next(custom, "connect");
    assert.equal(custom.io, main.io);
    assert.notEqual(custom.id, main.id);
    assert.equal((await custom.emitWithAck("info")).nsp, "/custom");
    custom.disconnect();
    assert.equal(main.connected, true);
    assert.deepEqual(await main.emitWithAck("message-with-ack", 1), 1);
    custom.connect();
    await next(custom, "connect");
    assert.equal((await custom.emitWithAck("info")).nsp, "/custom");
  });

  test("an unknown namespace is refused; others on the connection stay", async () => {
    const main = await stage.connected();
    const unknown = main.io.socket("/nowhere");
    const [err] = await next(unknown, "connect_error");
    assert.ok(err instanceof Error);
    assert.equal(err.message, "Invalid namespace");
    assert.equal(unknown.active, false, "a refusal is final");
    assert.equal(unknown.connected, false);
    assert.equal(main.connected, true);
  });

  test("middleware: refusals with and without data, late consent", async () => {
    const { url } = await stage.server();
    const missing = stage.socket(url, "/auth");
    const [first] = await next(missing, "connect_error");
    assert.equal(first.message, "missing token");
    assert.equal(first.data, undefined);
    const wrong = stage.socket(url, "/auth", { auth: { token: "wrong" } });
    const [second] = await next(wrong, "connect_error");
    assert.equal(second.message, "not authorized");
    assert.deepEqual(second.data, { code: 4001, token: "wrong", nested: { list: [1, "é", null] } });
    wrong.auth = { token: "secret" };
    wrong.connect();
    await next(wrong, "connect");
    assert.deepEqual((await wrong.emitWithAck("info")).data, { mw: ["first", "second"] });
    const deferred = stage.socket(url, "/auth", { auth: { token: "deferred" } });
    await next(deferred, "connect");
  });

  test("what is emitted while a middleware thinks is delivered", async () => {
    const { url } = await stage.server();
    const socket = stage.socket(url, "/slow");
    assert.equal(await socket.emitWithAck("message-with-ack", "early"), "early");
    assert.equal(socket.connected, true);
  });

  test("dynamic namespaces", async () => {
    const { url } = await stage.server();
    const seven = stage.socket(url, "/dyn-7");
    await next(seven, "connect");
    assert.equal((await seven.emitWithAck("info")).nsp, "/dyn-7");
    const rejected = stage.socket(url, "/dyn-8", { auth: { reject: true } });
    assert.equal((await next(rejected, "connect_error"))[0].message, "rejected by dyn");
    const allowed = stage.socket(url, "/fn/x", { auth: { allow: true } });
    await next(allowed, "connect");
    const denied = stage.socket(url, "/fn/y", { auth: {} });
    assert.equal((await next(denied, "connect_error"))[0].message, "Invalid namespace");
  });

  test("autoConnect: false waits for connect()", async () => {
    const { url } = await stage.server();
    const socket = stage.socket(url, "/", { autoConnect: false });
    assert.equal(socket.active, false);
    const answer = socket.emitWithAck("message-with-ack", 5);
    socket.connect();
    assert.equal(await answer, 5);
  });

  test("events that follow the connect at once are not lost", async () => {
    const { url } = await stage.server();
    const socket = stage.socket(url, "/", { auth: { burst: 100 } });
    const got = [];
    socket.on("burst-item", (i) => got.push(i));
    await next(socket, "connect");
    await socket.emitWithAck("info");
    assert.deepEqual(got, Array.from({ length: 100 }, (_, i) => i));
  });

  test("a wrong path is an error, not a connection", async () => {
    const { url } = await stage.server();
    const socket = stage.socket(url, "/", { path: "/elsewhere/", reconnection: false, transports: ["polling"] });
    const [err] = await next(socket, "connect_error");
    assert.ok(err instanceof Error);
    assert.equal(socket.connected, false);
  });

  test("close of the manager and open again", async () => {
    const socket = await stage.connected();
    const first = socket.id;
    const reason = next(socket, "disconnect");
    socket.io.engine.close();
    assert.equal((await reason)[0], "forced close");
    await next(socket, "connect");
    assert.notEqual(socket.id, first);
  });
}
