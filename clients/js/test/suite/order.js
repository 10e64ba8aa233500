import assert from "node:assert/strict";
import { test } from "node:test";
import { slowUpgrades } from "../support/proxy.js";
import { next, pause } from "../support/stage.js";

const N = 10_000;

export function order(stage) {
  test("10,000 events there and back, in order, from the first packet on", async (t) => {
    const { url } = await stage.server();
    const proxy = stage.link === "upgrade" ? await slowUpgrades(url, 100) : { url, stop: () => {} };
    t.after(proxy.stop);
    const socket = stage.socket(proxy.url);
    const got = [];
    const transports = new Set();
    const done = new Promise((resolve) => {
      socket.on("message-back", (i) => {
        got.push(i);
        transports.add(socket.io.engine.transport.name);
        if (got.length === N) resolve();
      });
    });
    const upgrading = () => stage.link === "upgrade" && socket.io.engine.transport.name !== "websocket";
    await next(socket, "connect");
    transports.add(socket.io.engine.transport.name);
    for (let i = 0; i < N; ) {
      for (const end = i + 200; i < end; i++) socket.emit("message", i);
      await pause(2); // the upgrade falls into the middle
      while (upgrading() && i >= N - 2000) await pause(2); // also where all that was faster
    }
    await done;
    assert.ok(got.every((v, i) => v === i), "in order");
    if (stage.link === "upgrade") assert.deepEqual([...transports], ["polling", "websocket"]);
  });

  test("binary and text of one stream stay in order", async () => {
    const socket = await stage.connected();
    const got = [];
    socket.on("message-back", (i) => got.push(i));
    for (let i = 0; i < 500; i++) socket.emit("message", i, ...(i % 3 ? [] : [Buffer.alloc(50, i), { b: Buffer.alloc(5) }]));
    await socket.emitWithAck("info");
    assert.deepEqual(got, Array.from({ length: 500 }, (_, i) => i));
  });

  test("a burst of the server", async () => {
    const socket = await stage.connected();
    const got = [];
    socket.on("burst-item", (i, text) => got.push([i, text.length]));
    assert.equal(await socket.emitWithAck("burst", 2000, 100), "done");
    assert.equal(got.length, 2000, "all before the acknowledgement that was sent after them");
    assert.ok(got.every(([i, n], at) => i === at && n === 100));
  });
}
