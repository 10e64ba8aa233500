// Waiting for a match: alone, with a party, and why it does not come.
import assert from "node:assert/strict";
import { test } from "node:test";

export function queues(crowd) {
  test("two who wait are brought into a match", async () => {
    const [ann, bob] = await crowd.people(2);
    await ann.cannot("UNKNOWN_GAME", "queue:join", { game: "chess" });
    await ann.cannot("NO_QUEUE", "queue:join", { game: "solo" });
    for (const event of ["queue:status", "queue:leave"]) await ann.cannot("NOT_QUEUED", event);
    const status = await ann.can("queue:join", { game: "tokens" });
    assert.deepEqual([status.size, status.needed], [1, 1]);
    await ann.cannot("ALREADY_QUEUED", "queue:join", { game: "tokens" });
    assert.ok((await ann.can("queue:status")).waiting >= 1);
    await bob.can("queue:join", { game: "tokens" });
    for (const person of [ann, bob]) await person.enters("lobby:join", { ticket: (await person.hears("queue:matched")).ticket });
    assert.equal(ann.lobby.id, bob.lobby.id);
    for (const person of [ann, bob]) await person.hears("match:start");
    for (const person of [ann, bob]) await person.leaves();
  });

  test("who declines a match sends the other back, ahead of others", async () => {
    const [ann, bob] = await crowd.people(2);
    await ann.can("queue:join", { game: "tokens" });
    await bob.can("queue:join", { game: "tokens" });
    await bob.hears("queue:matched");
    await ann.enters("lobby:join", { ticket: (await ann.hears("queue:matched")).ticket });
    await bob.can("queue:leave");
    assert.equal((await ann.hears("lobby:closed")).code, "NO_SHOW");
    const again = await ann.hears("queue:status");
    assert.equal(again.game, "tokens");
    await ann.can("queue:leave");
  });

  test("a party waits as one, while it stays the same", async () => {
    const [ann, bob] = await crowd.people(2);
    await ann.can("party:create");
    const { code } = await ann.can("party:invite");
    await bob.can("party:join", { code });
    await bob.cannot("NOT_LEADER", "queue:join", { game: "faulty" });
    await ann.cannot("PARTY_FULL", "queue:join", { game: "tokens" }); // teams of one
    await ann.cannot("NO_REGION", "queue:join", { game: "faulty", latency: { eu: 900 } });
    const { size } = await ann.can("queue:join", { game: "faulty", latency: { eu: 30 } });
    assert.equal(size, 2);
    await bob.can("party:leave");
    assert.equal((await ann.hears("queue:closed")).code, "PARTY_CHANGED");
    await ann.can("party:leave");
  });
}
