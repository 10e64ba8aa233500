import assert from "node:assert/strict";
import { test } from "node:test";
import { next } from "../support/stage.js";

// The timeout leaves room for a machine that has much else to do.
const FLAGS = ["--ping-interval=300", "--ping-timeout=1700"];

export function disconnecting(stage) {
  /** What the server says about the end of a socket. */
  const serverReason = async (id) =>
    (await stage.statsSay((s) => s.disconnects.find((d) => d.id === id && d.phase === "disconnect"))).reason;

  test("by the client", async () => {
    const socket = await stage.connected();
    const { id } = socket;
    const reason = next(socket, "disconnect");
    socket.disconnect();
    assert.equal((await reason)[0], "io client disconnect");
    assert.deepEqual([socket.connected, socket.active, socket.id], [false, false, undefined]);
    assert.equal(await serverReason(id), "client namespace disconnect");
    await stage.statsSay((s) => s.disconnects.some((d) => d.id === id && d.phase === "disconnecting" && d.rooms.includes(id)));
  });

  test("by the server: one namespace, or the connection", async () => {
    for (const close of [false, true]) {
      const socket = await stage.connected();
      const { id } = socket;
      const reason = next(socket, "disconnect");
      socket.emit("disconnect-me", close);
      assert.equal((await reason)[0], "io server disconnect");
      assert.equal(socket.active, false, "the client does not come back by itself");
      assert.equal(await serverReason(id), "server namespace disconnect");
      socket.connect();
      await next(socket, "connect");
    }
  });

  test("the server ends the session", async () => {
    const socket = await stage.connected("/", { reconnection: false });
    const { id } = socket;
    const reason = next(socket, "disconnect");
    socket.emit("close-engine");
    assert.equal((await reason)[0], "transport close");
    assert.equal(await serverReason(id), "forced close");
  });

  test("the connection is cut", async () => {
    const socket = await stage.connected("/", { reconnection: false });
    const { id } = socket;
    const reason = next(socket, "disconnect");
    socket.emit("kill");
    const expected = stage.link === "polling" ? "transport error" : "transport close";
    assert.equal((await reason)[0], expected);
    assert.equal(await serverReason(id), expected);
  });

  test("the manager is closed", async () => {
    const socket = await stage.connected();
    const { id } = socket;
    const reason = next(socket, "disconnect");
    socket.io.engine.close();
    assert.equal((await reason)[0], "forced close");
    assert.equal(await serverReason(id), "transport close");
  });

  test("all namespaces of a connection end with it", async () => {
    const main = await stage.connected();
    const custom = main.io.socket("/custom");
    await next(custom, "connect");
    const ends = Promise.all([next(main, "disconnect"), next(custom, "disconnect")]);
    main.emit("kill");
    const [[a], [b]] = await ends;
    assert.equal(a, b);
    await Promise.all([next(main, "connect"), next(custom, "connect")]);
  });

  test("a silent server is left; when it speaks again, it is found", async () => {
    const server = await stage.server(...FLAGS);
    const socket = await stage.connected("/", {}, FLAGS);
    const reason = next(socket, "disconnect");
    server.child.kill("SIGSTOP");
    assert.equal((await reason)[0], "ping timeout");
    server.child.kill("SIGCONT");
    await next(socket, "connect");
  });

  test("pings are answered: nothing happens for a while", async () => {
    const socket = await stage.connected("/", {}, FLAGS);
    let pings = 0;
    socket.io.on("ping", () => pings++);
    const { id } = socket;
    assert.equal(await socket.emitWithAck("late-ack", 2500), 2500); // longer than an interval and the timeout
    assert.ok(pings >= 2, `${pings} pings`);
    assert.equal(socket.id, id);
  });
}
