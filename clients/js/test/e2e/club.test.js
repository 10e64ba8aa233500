// People in lobbies and parties, on a real server (test/support/club): what
// GameClient makes of its answers and pushes, with both clients.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { GameClient } from "../../index.js";
import { next, PEERS } from "../support/peers.js";
import { startClub } from "../support/process.js";

let server;
before(async () => (server = await startClub("--grace", "5s")));
after(() => server?.stop());

/** Resolves when something is true after an event of the emitter. */
async function until(emitter, event, what) {
  while (!what()) await next(emitter, event);
}

for (const [peer, parser] of [["light", "msgpack"], ["official", "json"]]) {
  describe(`${peer} client, ${parser}`, () => {
    const sockets = [];
    async function guest(player) {
      const socket = PEERS[peer](server.url, parser, { forceNew: true, reconnectionDelay: 20 });
      sockets.push(socket);
      const client = new GameClient(socket, { joiner: () => ({ player }) });
      await next(socket, "connect");
      return { socket, client };
    }
    after(() => sockets.forEach((s) => s.disconnect()));

    test("a party follows its leader by itself, out of another lobby, and comes back after a broken connection", async () => {
      const [ann, bob] = [await guest("ann"), await guest("bob")];
      await ann.client.party.create({ player: "ann" });
      const { code } = await ann.client.party.invite();
      await bob.client.party.join({ code, player: "bob" });
      await until(ann.client.party, "change", () => ann.client.party.state.members.length === 2);
      await bob.client.quick({ game: "solo" });

      const called = next(bob.client, "call");
      await ann.client.create({ game: "tokens", party: true, player: "ann" });
      const [call] = await called;
      assert.deepEqual([call.game, call.lobby], ["tokens", ann.client.lobby.id]);
      await until(bob.client, "lobby", () => bob.client.lobby?.id === ann.client.lobby.id);
      assert.equal(bob.client.lobby.players.find((p) => p.id === bob.client.you.id).name, "bob");

      const again = next(bob.socket, "connect");
      bob.socket.io.engine.close();
      await until(ann.client.party, "change", () => ann.client.party.state.members[1].away);
      await again;
      assert.equal(await bob.client.party.resumed, true);
      await until(bob.client, "lobby", () => bob.client.lobby);
      await ann.client.party.lead(bob.client.party.you);
      await until(bob.client.party, "change", () => bob.client.party.leads);
      const closed = next(ann.client.party, "closed");
      await bob.client.party.kick(ann.client.party.you);
      assert.equal((await closed)[0].code, "KICKED");
      assert.equal(ann.client.party.state, null);
      await ann.client.leave();
      await bob.client.leave();
    });

    test("seats are given up and taken, handed over, kept from some and given to others", async () => {
      const [ann, bob, cleo] = [await guest("ann"), await guest("bob"), await guest("cleo")];
      await ann.client.create({ game: "tokens", password: "sesame" });
      await bob.client.join({ code: ann.client.lobby.code, password: "sesame" });
      const moved = next(bob.client, "you");
      await bob.client.role("spectator");
      assert.equal((await moved)[0].seat, -1);
      assert.deepEqual([bob.client.spectating, bob.client.resumeToken], [true, ""]);
      await bob.client.role("player");
      await until(bob.client, "you", () => !bob.client.spectating);
      assert.ok(bob.client.resumeToken, "the seat can be taken again");

      await ann.client.configure({ name: "Late", max: 3, meta: { map: "hills" } });
      await until(bob.client, "lobby", () => bob.client.lobby.name === "Late");
      assert.deepEqual([bob.client.lobby.max, bob.client.lobby.meta], [3, { map: "hills" }]);
      const { ticket } = await ann.client.invite();
      await cleo.client.join({ ticket, player: "cleo" });
      const { code } = await ann.client.renewCode();
      await until(cleo.client, "lobby", () => cleo.client.lobby.code === code);

      await ann.client.mute(bob.client.you.id, 60);
      await assert.rejects(bob.client.chat("hello"), { code: "MUTED" });
      const out = next(cleo.client, "closed");
      await ann.client.ban(cleo.client.you.id, 60);
      assert.equal((await out)[0].code, "BANNED");
      await assert.rejects(cleo.client.join({ code, password: "sesame" }), { code: "BANNED" });
      const { bans } = await ann.client.bans();
      assert.deepEqual(bans.map((b) => b.name), ["cleo"]);
      await ann.client.unban(bans[0].player);
      await ann.client.lead(bob.client.you.id);
      await until(bob.client, "lobby", () => bob.client.lobby.leader === bob.client.you.id);
      await assert.rejects(ann.client.lock(), { code: "NOT_LEADER" });
      await ann.client.leave();
      await bob.client.leave();
    });
  });
}
