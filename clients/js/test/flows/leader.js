// What a lobby's leader does, and nobody else.
import assert from "node:assert/strict";
import { test } from "node:test";

export function leaders(crowd) {
  const ofLeader = {
    "lobby:start": {}, "lobby:kick": { player: "x" }, "lobby:meta": { name: "x" }, "lobby:code": {}, "lobby:invite": {},
    "lobby:lead": { player: "x" }, "lobby:ban": { player: "x", seconds: 9 }, "lobby:unban": { player: "x" }, "lobby:bans": {},
    "lobby:mute": { player: "x", seconds: 9 }, "lobby:lock": { locked: true }, "lobby:swap": { a: "x", b: "y" }, "lobby:balance": {},
  };
  const ofMembers = {
    ...ofLeader, "lobby:leave": {}, "lobby:ready": { ready: true }, "lobby:role": { role: "spectator" }, "lobby:team": { team: 1 },
    "lobby:chat": { text: "hi" }, "match:resync": {},
  };

  test("nothing without a lobby", async () => {
    const [nobody] = await crowd.people(1);
    for (const [event, arg] of Object.entries(ofMembers)) await nobody.cannot("NOT_IN_LOBBY", event, arg);
  });

  test("nothing for the others", async () => {
    const [host, guest] = await crowd.table(2);
    for (const [event, arg] of Object.entries(ofLeader)) await guest.cannot("NOT_LEADER", event, arg);
    for (const event of ["lobby:role", "lobby:team"]) await guest.cannot("NOT_LEADER", event, { role: "spectator", team: 1, player: host.id });
  });

  test("nobody to do it to", async () => {
    const [host] = await crowd.table(1);
    for (const [event, arg] of Object.entries({ ...ofLeader, "lobby:role": { player: "x", role: "spectator" }, "lobby:team": { player: "x", team: 1 } })) {
      if ("player" in arg || "a" in arg) await host.cannot("NOT_FOUND", event, arg);
    }
  });

  test("kick, ban and let in again, mute, moderation", async () => {
    const [host, guest] = await crowd.table(2);
    await host.can("lobby:kick", { player: guest.id });
    assert.equal((await guest.hears("lobby:closed")).code, "KICKED");
    await guest.enters("lobby:join", { id: host.lobby.id });
    await host.can("lobby:mute", { player: guest.id, seconds: 60 });
    await guest.cannot("MUTED", "lobby:chat", { text: "hello?" });
    await host.can("lobby:mute", { player: guest.id, seconds: 0 });
    await guest.cannot("NOT_ALLOWED", "lobby:chat", { text: "darn" });
    await guest.can("lobby:chat", { text: "hello" });
    const said = await host.hears("lobby:chat");
    assert.deepEqual([said.from, said.text], [guest.id, "hello"]);
    let answer;
    for (let i = 0; i < 10 && answer?.code !== "RATE_LIMITED"; i++) answer = await guest.ask("lobby:chat", { text: "and on" });
    assert.equal(answer.code, "RATE_LIMITED");
    await host.can("lobby:ban", { player: guest.id, seconds: 60 });
    assert.equal((await guest.hears("lobby:closed")).code, "BANNED");
    await guest.cannot("BANNED", "lobby:join", { id: host.lobby.id });
    const { bans } = await host.can("lobby:bans");
    assert.equal(bans[0].player, guest.id);
    assert.ok(bans[0].seconds > 0 && bans[0].seconds <= 60);
    await host.can("lobby:unban", { player: guest.id });
    await guest.enters("lobby:join", { id: host.lobby.id });
  });

  test("hand over, settings within bounds, teams, roles", async () => {
    const [host, guest, third] = await crowd.table(3);
    await host.can("lobby:lead", { player: guest.id });
    await host.hears("lobby:update", (u) => u.leader === guest.id);
    await guest.cannot("ROOM_FULL", "lobby:meta", { max: 2 });
    await guest.can("lobby:meta", { name: "ours", max: 3 });
    assert.equal((await host.hears("lobby:update", (u) => u.max)).name, "ours");
    await guest.can("lobby:meta", { max: 4 });
    await guest.cannot("ROOM_FULL", "lobby:team", { team: 1 }); // host and third are there
    await guest.can("lobby:swap", { a: host.id, b: third.id });
    await guest.can("lobby:balance");
    await host.can("lobby:role", { role: "spectator" });
    assert.equal((await host.hears("lobby:you")).seat, -1);
    const fourth = await crowd.person();
    await fourth.enters("lobby:join", { id: host.lobby.id });
    await guest.can("lobby:lock", { locked: true });
    await host.cannot("LOCKED", "lobby:role", { role: "player" });
    await guest.can("lobby:lock", { locked: false });
    await guest.can("lobby:meta", { max: 3 });
    await host.cannot("ROOM_FULL", "lobby:role", { role: "player" });
    await guest.can("lobby:meta", { max: 4 });
    await host.can("lobby:role", { role: "player" });
    assert.ok((await host.hears("lobby:you")).seat >= 0);
  });
}
