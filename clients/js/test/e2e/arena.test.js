// The real binary, played by the official client and by ours, over every
// transport and with both parsers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { GameClient } from "../../index.js";
import { crc } from "../../state/crc.js";
import { LINKS, next, PARSERS, PEERS } from "../support/peers.js";
import { startGameServer } from "../support/process.js";

let server;
before(async () => (server = await startGameServer("--bots", "8")));
after(() => server?.stop());

/** A player who notes the checksum of the world at each tick. */
async function connect(peer, parser, link) {
  const socket = PEERS[peer](server.url, parser, { forceNew: true, ...LINKS[link] });
  const upgraded = link === "upgrade" ? next(socket.io.engine, "upgrade") : null;
  await next(socket, "connect");
  await upgraded;
  assert.equal(socket.io.engine.transport.name, link === "polling" ? "polling" : "websocket");
  const client = new GameClient(socket);
  const states = new Map();
  client.on("frame", ({ tick }) => states.set(tick, crc(client.world)));
  return { socket, client, states };
}

async function frames(client, n) {
  while (n-- > 0) await next(client, "frame");
}

let turn = 0;
for (const peer of Object.keys(PEERS)) {
  for (const parser of PARSERS) {
    for (const link of Object.keys(LINKS)) {
      const form = turn++ % 2 ? "M" : "B";
      describe(`${peer} client, ${parser}, ${link}, state in form ${form}`, () => {
        let a, b;
        before(async () => {
          a = await connect(peer, parser, link);
          b = await connect("light", "msgpack", "websocket");
        });
        after(() => {
          a?.socket.disconnect();
          b?.socket.disconnect();
        });

        test("joins the arena and decodes its state", async () => {
          const { games, lobbies } = await a.client.list();
          assert.ok(games.some((g) => g.name === "arena"));
          assert.ok(lobbies.some((l) => l.game === "arena" && l.players > 0), "bots play");
          const started = next(a.client, "start");
          const { lobby, you } = await a.client.quick({ game: "arena", player: "ann", form });
          assert.equal(lobby.players.find((p) => p.id === you.id).name, "ann");
          const [start] = await started;
          assert.equal(start.game, "arena");
          assert.equal(start.form, form);
          await frames(a.client, 3);
          const names = [...a.client.world.entities("Player").values()].map((p) => p.name);
          assert.ok(names.includes("ann") && names.length >= 9, names.join());
        });

        test("frames add up to what a keyframe says, and things move", async () => {
          await b.client.join({ id: a.client.lobby.id, form: form === "M" ? "B" : "M" });
          await frames(b.client, 2);
          const positions = new Set();
          for (let i = 0; i < 3; i++) {
            await b.client.resync();
            await frames(b.client, 5);
            for (const p of a.client.world.entities("Player").values()) positions.add(`${p.x},${p.y}`);
          }
          const common = [...b.states.keys()].filter((tick) => a.states.has(tick));
          assert.ok(common.length >= 8, `${common.length} ticks seen by both`);
          for (const tick of common) assert.equal(a.states.get(tick), b.states.get(tick), `state at tick ${tick}`);
          assert.ok(new Set(a.states.values()).size > 5, "the state changes");
          assert.ok(positions.size > 10, `${positions.size} positions`);
        });

        test("an input moves the ship and comes back acknowledged", async () => {
          const me = () => [...a.client.world.entities("Player").values()].find((p) => p.seat === a.client.you.seat);
          const from = { ...me() };
          let seq = 0;
          let last = 0;
          a.client.on("frame", ({ ack }) => {
            last = ack;
            seq = a.client.sendInput([from.x < 1000 ? 127 : -127, from.y < 1000 ? 127 : -127, 100, 0]);
          });
          await frames(a.client, 25);
          assert.ok(last > 5 && last <= seq, `${last} of ${seq} inputs applied`);
          assert.ok(Math.hypot(me().x - from.x, me().y - from.y) > 10, "it moved");
          assert.ok(a.client.stats.rtt > 0);
        });

        test("a refusal has its code", async () => {
          await assert.rejects(a.client.quick({ game: "arena" }), { code: "ALREADY_IN_LOBBY" });
          await a.client.leave();
          await assert.rejects(a.client.join({ code: "ZZZZZ" }), { code: /BAD_CODE/ });
          await assert.rejects(a.client.quick({ game: "chess" }), { code: "UNKNOWN_GAME" });
        });
      });
    }
  }
}
