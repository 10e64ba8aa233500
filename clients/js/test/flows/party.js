// Parties: who stays together across lobbies.
import assert from "node:assert/strict";
import { test } from "node:test";

const nothingTo = { "party:invite": {}, "party:leave": {}, "party:kick": { member: "x" }, "party:lead": { member: "x" } };

export function parties(crowd) {
  test("create, invite, join, lead, kick, leave", async () => {
    const [ann, bob, eve] = await crowd.people(3);
    for (const [event, arg] of Object.entries(nothingTo)) await ann.cannot("NOT_IN_PARTY", event, arg);
    for (const event of ["lobby:create", "lobby:quick"]) await ann.cannot("NOT_IN_PARTY", event, { game: "tokens", party: true });
    const { party } = await ann.can("party:create", { player: "ann" });
    await ann.cannot("ALREADY_IN_PARTY", "party:create");
    await bob.cannot("BAD_CODE", "party:join", { code: "ZZZZZZZZ" });
    await bob.cannot("NOT_FOUND", "party:join", { resume: "x.y" });
    const { code } = await ann.can("party:invite");
    const { party: seen, resume } = await bob.can("party:join", { code, player: "bob" });
    assert.deepEqual(seen.members.map((m) => m.name), ["ann", "bob"]);
    await bob.cannot("ALREADY_IN_PARTY", "party:join", { code });
    for (const [event, arg] of [["party:invite", { renew: true }], ["party:kick", { member: party.you }], ["party:lead", { member: seen.you }]]) {
      await bob.cannot("NOT_LEADER", event, arg);
    }
    for (const event of ["party:kick", "party:lead"]) await ann.cannot("NOT_FOUND", event, { member: "x" });
    await eve.can("party:join", { code });
    const others = await crowd.people(6);
    for (const other of others.slice(1)) await other.can("party:join", { code });
    await others[0].cannot("PARTY_FULL", "party:join", { code });
    for (const other of others.slice(1)) await other.can("party:leave");

    bob.vanishes();
    await ann.hears("party:update", (p) => p.members.some((m) => m.away));
    const again = await crowd.person();
    await again.can("party:join", { resume });
    const third = await crowd.person();
    await third.can("party:join", { resume });
    assert.equal((await again.hears("party:closed")).code, "REPLACED");

    await ann.can("party:lead", { member: seen.you });
    const { members } = await third.hears("party:update", (p) => p.leader === seen.you);
    const last = members.find((m) => m.id !== party.you && m.id !== seen.you);
    await third.can("party:kick", { member: last.id });
    assert.equal((await eve.hears("party:closed")).code, "KICKED");
    await ann.can("party:leave");
    await third.can("party:leave");
  });

  test("the leader moves the party, all or none", async () => {
    const [ann, bob, ...others] = await crowd.people(5);
    await ann.can("party:create");
    const { code } = await ann.can("party:invite");
    for (const other of [bob, ...others]) await other.can("party:join", { code });
    for (const event of ["lobby:create", "lobby:quick"]) await ann.cannot("ROOM_FULL", event, { game: "tokens", party: true }); // five for four seats
    for (const other of others) await other.can("party:leave");
    for (const [event, arg] of [["lobby:create", {}], ["lobby:quick", {}], ["lobby:join", { id: "x" }]]) {
      await bob.cannot("NOT_LEADER", event, { ...(event !== "lobby:join" && { game: "tokens" }), ...arg, party: true });
    }
    await ann.enters("lobby:create", { game: "tokens", visibility: "unlisted", party: true });
    const { ticket } = await bob.hears("party:follow");
    await (await crowd.person()).cannot("BAD_TICKET", "lobby:join", { ticket: `${ticket}x` });
    await bob.enters("lobby:join", { ticket });
    assert.equal(bob.lobby.id, ann.lobby.id);
    await bob.leaves();
    await ann.leaves();

    const [host] = await crowd.table(1, { max: 2 });
    await ann.cannot("ROOM_FULL", "lobby:join", { id: host.lobby.id, party: true });
    await (await crowd.person()).cannot("NOT_IN_PARTY", "lobby:join", { id: host.lobby.id, party: true });
    await ann.enters("lobby:quick", { game: "tokens", party: true });
    await bob.hears("party:follow");
  });

  test("requests about parties have a rate", async () => {
    const [ann] = await crowd.people(1);
    let answer;
    for (let i = 0; i < 40 && answer?.code !== "RATE_LIMITED"; i++) answer = await ann.ask("party:leave");
    assert.equal(answer.code, "RATE_LIMITED");
  });
}
