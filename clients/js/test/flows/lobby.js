// Finding, opening and entering lobbies.
import assert from "node:assert/strict";
import { test } from "node:test";

export function lobbies(crowd) {
  test("a list, a live list, and what is secret", async () => {
    const [host, looker] = await crowd.people(2);
    const { games } = await looker.can("lobby:list");
    assert.deepEqual(games.map((g) => g.name), ["tokens", "solo", "faulty"]);
    await looker.cannot("UNKNOWN_GAME", "lobby:list", { game: "chess" });
    const name = `list-${host.socket.id}`.slice(0, 30);
    const { lobbies: before } = await looker.can("lobby:watch", { query: { where: { name }, sort: ["-players"] } });
    assert.deepEqual(before, []);
    await looker.cannot("BAD_REQUEST", "lobby:watch", { query: { where: { colour: "red" } } });
    await host.enters("lobby:create", { game: "tokens", name, meta: { map: "hills" } });
    const diff = await looker.hears("lobby:list", (d) => d.put?.length);
    assert.equal(diff.put[0].id, host.lobby.id);
    assert.equal(diff.put[0].meta.map, "hills");
    await host.can("lobby:meta", { visibility: "private" });
    const gone = await looker.hears("lobby:list", (d) => d.remove?.length);
    assert.deepEqual(gone.remove, [host.lobby.id]);
    await host.can("lobby:meta", { meta: { map: "lake" } });
    const { lobbies: all } = await looker.can("lobby:list");
    assert.ok(!all.some((l) => l.id === host.lobby.id), "a private lobby is in no list");
    await looker.cannot("NOT_FOUND", "lobby:join", { id: host.lobby.id });
    await looker.can("lobby:unwatch");
  });

  test("two watches at once: one is told that the other took its place", async () => {
    const [looker] = await crowd.people(1);
    const answers = await Promise.all(Array.from({ length: 8 }, () => looker.ask("lobby:watch", { query: { limit: 1 } })));
    assert.ok(answers.at(-1).ok);
    for (const a of answers.slice(0, -1)) if (!a.ok) assert.equal(a.code, "NOT_FOUND");
  });

  test("create, join by id and code, one place each", async () => {
    const [host, guest, third] = await crowd.people(3);
    for (const [code, arg] of [["UNKNOWN_GAME", { game: "chess" }], ["SCHEMA_MISMATCH", { game: "tokens", schema: "0000" }], ["BAD_REQUEST", { game: "tokens", max: 99 }]]) {
      await host.cannot(code, "lobby:create", arg);
    }
    await host.enters("lobby:create", { game: "tokens", max: 2, visibility: "private", player: "ann" });
    for (const event of ["lobby:create", "lobby:join", "lobby:quick"]) {
      await host.cannot("ALREADY_IN_LOBBY", event, { game: "tokens", ...(event === "lobby:join" && { code: host.lobby.code }) });
    }
    await guest.cannot("BAD_CODE", "lobby:join", { code: "ZZZZZ" });
    await guest.cannot("SCHEMA_MISMATCH", "lobby:join", { code: host.lobby.code, schema: "0000" });
    await guest.enters("lobby:join", { code: host.lobby.code.toLowerCase(), player: "bob" });
    const { players } = await host.hears("lobby:update", (u) => u.players?.length === 2);
    assert.deepEqual(players.map((p) => p.name), ["ann", "bob"]);
    await third.cannot("ROOM_FULL", "lobby:join", { code: host.lobby.code });
    await third.cannot("NOT_IN_LOBBY", "lobby:leave");
    await guest.leaves();
    await third.enters("lobby:join", { code: host.lobby.code });
  });

  test("a password, a lock, a new code and none", async () => {
    const [host] = await crowd.table(1, { password: "sesame" });
    const [guest, second] = await crowd.people(2);
    await guest.cannot("BAD_PASSWORD", "lobby:join", { id: host.lobby.id, password: "please" });
    await guest.enters("lobby:join", { id: host.lobby.id, password: "sesame" });
    await host.can("lobby:lock", { locked: true });
    await second.cannot("LOCKED", "lobby:join", { id: host.lobby.id, password: "sesame" });
    const { ticket } = await host.can("lobby:invite", { seconds: 60 });
    await second.cannot("BAD_TICKET", "lobby:join", { ticket: `${ticket}x` });
    await second.enters("lobby:join", { ticket });
    const { code } = await host.can("lobby:code");
    assert.notEqual(code, host.lobby.code);
    await (await crowd.person()).cannot("BAD_CODE", "lobby:join", { code: host.lobby.code });
    assert.equal((await host.can("lobby:code", { off: true })).code, "");
  });

  test("quick join fills before it opens", async () => {
    const [a, b] = await crowd.people(2);
    await a.cannot("UNKNOWN_GAME", "lobby:quick", { game: "chess" });
    await a.cannot("SCHEMA_MISMATCH", "lobby:quick", { game: "solo", schema: "0000" });
    await a.enters("lobby:quick", { game: "solo" });
    await b.enters("lobby:quick", { game: "solo" });
    assert.equal(a.lobby.id, b.lobby.id);
    await a.hears("match:start");
  });

  test("names that the moderation refuses, of players and lobbies", async () => {
    const [host, guest] = await crowd.people(2);
    await host.cannot("NOT_ALLOWED", "lobby:create", { game: "tokens", name: "darn" });
    await host.cannot("NOT_ALLOWED", "lobby:quick", { game: "solo", player: "darn" });
    await host.enters("lobby:create", { game: "tokens", visibility: "private" });
    await guest.cannot("NOT_ALLOWED", "lobby:join", { code: host.lobby.code, player: "darn" });
    await host.cannot("NOT_ALLOWED", "lobby:meta", { name: "darn" });
    await guest.cannot("NOT_ALLOWED", "party:create", { player: "darn" });
    await host.can("party:create");
    const { code } = await host.can("party:invite");
    await guest.cannot("NOT_ALLOWED", "party:join", { code, player: "darn" });
  });

  test("coming back to a place, and taking it over", async () => {
    const [host, guest] = await crowd.table(2);
    guest.vanishes();
    await host.hears("lobby:update", (u) => u.players?.some((p) => p.away));
    const again = await crowd.person();
    const { you } = await again.enters("lobby:join", { resume: guest.resume });
    assert.equal(you.id, guest.id);
    const other = await crowd.person();
    await other.enters("lobby:join", { resume: again.resume });
    assert.equal((await again.hears("lobby:closed")).code, "REPLACED");
    await other.leaves();
    await other.cannot("NOT_FOUND", "lobby:join", { resume: again.resume });
  });

  test("an account has one seat, whichever device it is on", async () => {
    const name = `eve-${Math.random()}`;
    const phone = await crowd.person(name);
    await phone.enters("lobby:create", { game: "tokens", visibility: "unlisted" });
    const laptop = await crowd.person(name);
    const { you } = await laptop.enters("lobby:join", { id: phone.lobby.id });
    assert.equal(you.id, phone.id);
    assert.equal((await phone.hears("lobby:closed")).code, "REPLACED");
    await laptop.cannot("ALREADY_IN_LOBBY", "lobby:join", { id: phone.lobby.id, spectate: true });
  });
}
