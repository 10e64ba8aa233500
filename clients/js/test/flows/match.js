// From the first "ready" to the rematch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { record } from "./person.js";

/** Sends an input of the hot pair. */
const input = (person, seq, payload) => {
  record.asked.add("i");
  person.socket.emit("i", seq, 0, payload);
};

export function matches(crowd) {
  test("ready, countdown, abort, start, end, rematch", async () => {
    const [host, guest] = await crowd.table(2);
    await host.cannot("NOT_READY", "lobby:start");
    await host.cannot("WRONG_PHASE", "match:resync");
    await host.can("lobby:ready", { ready: true });
    await guest.can("lobby:ready", { ready: true });
    await host.phase("countdown");
    for (const [event, arg] of [["lobby:team", { team: 2 }], ["lobby:swap", { a: host.id, b: guest.id }], ["lobby:balance", {}], ["lobby:meta", { name: "x" }]]) {
      await host.cannot("WRONG_PHASE", event, arg);
    }
    await guest.leaves();
    await host.phase("gathering");

    await guest.enters("lobby:join", { id: host.lobby.id });
    await guest.can("lobby:ready", { ready: true });
    await host.can("lobby:start");
    const { you, schema } = await host.hears("match:start");
    assert.equal(you.id, host.id);
    assert.ok(schema.byteLength > 10);
    for (const [event, arg] of [["lobby:ready", { ready: true }], ["lobby:start", {}]]) await host.cannot("WRONG_PHASE", event, arg);
    const watcher = await crowd.person();
    await watcher.cannot("WRONG_PHASE", "lobby:join", { id: host.lobby.id });
    await watcher.enters("lobby:join", { id: host.lobby.id, spectate: true });
    await watcher.cannot("WRONG_PHASE", "lobby:role", { role: "player" });
    await host.can("match:resync");
    let answer;
    for (let i = 0; i < 8 && answer?.code !== "RATE_LIMITED"; i++) answer = await host.ask("match:resync");
    assert.equal(answer.code, "RATE_LIMITED");

    for (let seq = 1; seq <= 3; seq++) input(host, seq, seq);
    assert.equal(await host.hears("match:event", (name) => name === "point"), "point");
    const end = await guest.hears("match:end");
    assert.deepEqual([end.reason, end.result.winner], ["finished", you.seat]);
    await host.can("lobby:ready", { ready: true }); // calls for the next one
    await guest.phase("gathering");
    await guest.can("lobby:ready", { ready: true });
    await guest.phase("playing");
    await host.leaves();
    await guest.leaves();
    assert.equal((await watcher.hears("lobby:closed")).code, "NOT_FOUND");
  });

  test("state in the bit-packed form, with tables learned from the match", async () => {
    const [player] = await crowd.people(1);
    await player.enters("lobby:create", { game: "faulty", form: "B" });
    await player.hears("match:start", (m) => m.form === "B");
    let seq = 0;
    const stirring = setInterval(() => input(player, ++seq, "stir"), 20);
    try {
      await player.hears("match:tables", (tables) => tables.byteLength > 10);
    } finally {
      clearInterval(stirring);
    }
  });

  test("rules that panic end their match, those that hang their lobby", async () => {
    const [unlucky, other] = await crowd.people(2);
    await unlucky.enters("lobby:create", { game: "faulty" });
    await unlucky.hears("match:start");
    input(unlucky, 1, "panic");
    assert.equal((await unlucky.hears("match:end")).reason, "fault");
    await unlucky.leaves();
    await other.enters("lobby:create", { game: "faulty" });
    await other.hears("match:start");
    input(other, 1, "hang");
    assert.equal((await other.hears("match:end")).reason, "stuck");
    assert.equal((await other.hears("lobby:closed")).code, "INTERNAL");
  });

  test("the clock", async () => {
    const [person] = await crowd.people(1);
    record.asked.add("clock");
    const [t0, t1, t2] = await new Promise((resolve) => person.socket.emit("clock", 12.5, (...all) => resolve(all)));
    assert.equal(t0, 12.5);
    assert.ok(t1 <= t2);
    const refused = await new Promise((resolve) => person.socket.emit("clock", "now", resolve));
    assert.equal(refused.code, "BAD_REQUEST");
  });
}
