// docs/protocol.md and this client: nothing that is documented is missing here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { GameClient } from "../game/client.js";
import { FakeSocket } from "./support/fakesocket.js";

const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
const sentences = readFileSync(new URL("../../../cmd/gameserver/web/js/sentences.js", import.meta.url), "utf8");

/** The rows of a table below a heading: [first cell without quotes, second cell]. */
function rows(heading) {
  const part = page.split(`\n## ${heading}\n`)[1].split(/\n##+ /)[0];
  return [...part.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, name, cell]) => [name, cell]);
}

/** How each request is made; the arguments are all that it takes. */
const calls = {
  "lobby:list": (c) => c.list({ game: "g" }),
  "lobby:watch": (c) => c.watch({ game: "g" }),
  "lobby:create": (c) => c.create({ game: "g", name: "n", visibility: "private", max: 2, password: "x", meta: {}, player: "p", party: true }),
  "lobby:join": (c) => c.join({ id: "l", ticket: "t", code: "c", spectate: true }),
  "lobby:quick": (c) => c.quick({ game: "g", player: "p" }),
  "lobby:leave": (c) => c.leave(),
  "lobby:ready": (c) => c.ready(),
  "lobby:start": (c) => c.start(),
  "lobby:kick": (c) => c.kick("p"),
  "lobby:lead": (c) => c.lead("p"),
  "lobby:role": (c) => c.role("spectator", "p"),
  "lobby:ban": (c) => c.ban("p", 60),
  "lobby:unban": (c) => c.unban("p"),
  "lobby:bans": (c) => c.bans(),
  "lobby:mute": (c) => c.mute("p", 60),
  "lobby:meta": (c) => c.configure({ name: "n", visibility: "private", max: 2, password: "", meta: {} }),
  "lobby:code": (c) => c.renewCode({ off: true }),
  "lobby:invite": (c) => c.invite({ seconds: 60, uses: 2 }),
  "lobby:lock": (c) => c.lock(),
  "lobby:team": (c) => c.team(1, "p"),
  "lobby:swap": (c) => c.swap("a", "b"),
  "lobby:balance": (c) => c.balance(),
  "lobby:chat": (c) => c.chat("hi"),
  "party:create": (c) => c.party.create({ player: "p" }),
  "party:invite": (c) => c.party.invite({ renew: true }),
  "party:join": (c) => c.party.join({ code: "c", player: "p" }),
  "party:leave": (c) => c.party.leave(),
  "party:kick": (c) => c.party.kick("m"),
  "party:lead": (c) => c.party.lead("m"),
  "queue:join": (c) => c.queue.join({ game: "g", latency: { eu: 20 } }),
  "queue:status": (c) => c.queue.status(),
  "queue:leave": (c) => c.queue.leave(),
  "match:resync": (c) => c.resync(),
};

const own = ["lobby:unwatch"]; // sent when a list is closed

test("every documented request can be made, with keys that are documented", () => {
  const documented = new Map(rows("Requests").filter(([name]) => name.includes(":")));
  assert.deepEqual([...documented.keys()].sort(), [...Object.keys(calls), ...own].sort());
  for (const [event, call] of Object.entries(calls)) {
    const socket = new FakeSocket();
    call(new GameClient(socket)).catch(() => {});
    const [sent] = socket.take(event);
    assert.ok(sent, `${event} is not what was sent`);
    for (const key of Object.keys(sent.arg)) assert.match(documented.get(event), new RegExp(`\\b${key}\\b`), `${event}: ${key}`);
  }
});

test("every documented push is listened to", () => {
  const socket = new FakeSocket();
  new GameClient(socket);
  for (const [event] of [...rows("Pushes"), ["s"]]) assert.ok(socket.hasListeners(event), event);
});

test("the page has a sentence for every documented code", () => {
  const told = [...sentences.matchAll(/^ {2}([A-Z_]+): "/gm)].map(([, code]) => code);
  for (const [code] of rows("Error codes")) assert.ok(told.includes(code), code);
});
