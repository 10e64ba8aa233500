// What the operator does, as the players see it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Crowd, SECRET } from "./person.js";
import { startClub } from "../support/process.js";

export function servers(how) {
  /** Runs with a server of its own. */
  async function alone(flags, run) {
    const server = await startClub(`--jwt-secret=${SECRET}`, ...flags);
    const crowd = new Crowd(server, how);
    try {
      await run(crowd, server);
    } finally {
      crowd.leave();
      await server.stop();
    }
  }

  test("the operator opens a lobby, speaks, closes; a seat that nobody takes", () =>
    alone([], async (crowd, server) => {
      const operator = async (path, body, method = "POST") => {
        const headers = { "Content-Type": "application/json", "X-Requested-By": "test" };
        const answer = await fetch(`${server.ops}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
        assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
        return answer.json().catch(() => undefined); // some answer nothing
      };
      const [guest] = await crowd.people(1);
      const opened = await operator("/lobbies", { game: "tokens", seats: [{}, {}], seatSeconds: 2, autoStart: 2 });
      await guest.enters("lobby:join", { ticket: opened.tickets[0] });
      await guest.cannot("ALREADY_IN_LOBBY", "lobby:join", { ticket: opened.tickets[1] });
      await operator("/announce", { text: "maintenance at noon" });
      assert.equal((await guest.hears("server:announce")).text, "maintenance at noon");
      assert.equal((await guest.hears("lobby:closed")).code, "NO_SHOW");
      await guest.enters("lobby:create", { game: "tokens" });
      await operator(`/lobbies/${guest.lobby.id}?reason=enough`, undefined, "DELETE");
      assert.equal((await guest.hears("lobby:closed")).code, "CLOSED");
    }));

  test("as many lobbies as the server may hold", () =>
    alone(["--max-lobbies=1"], async (crowd) => {
      const [a, b] = await crowd.people(2);
      await a.enters("lobby:create", { game: "tokens", visibility: "private" });
      for (const event of ["lobby:create", "lobby:quick"]) await b.cannot("LOBBY_LIMIT", event, { game: "tokens" });
    }));

  test("going down: a running match goes on, everything new is refused", () =>
    alone(["--drain-timeout=3s"], async (crowd, server) => {
      const [host, guest] = await crowd.table(2);
      const [newcomer, watcher] = await crowd.people(2);
      await watcher.enters("lobby:join", { id: host.lobby.id, spectate: true });
      await guest.can("lobby:ready", { ready: true });
      await host.can("lobby:start");
      await host.hears("match:start");
      server.child.kill("SIGTERM");
      for (const person of [host, newcomer]) assert.ok((await person.hears("server:drain")).deadlineMs > 0);
      for (const event of ["lobby:create", "lobby:quick"]) await newcomer.cannot("DRAINING", event, { game: "tokens" });
      await newcomer.cannot("DRAINING", "lobby:join", { id: host.lobby.id });
      for (const event of ["queue:join", "queue:status", "queue:leave"]) await newcomer.cannot("DRAINING", event, { game: "tokens" });
      await host.cannot("DRAINING", "lobby:ready", { ready: true });
      await host.cannot("DRAINING", "lobby:start");
      await watcher.cannot("DRAINING", "lobby:role", { role: "player" });
      assert.equal((await host.hears("match:end")).reason, "drain");
      assert.equal((await host.hears("lobby:closed")).code, "DRAINING");
    }));
}
