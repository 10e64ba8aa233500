// Every event and every refusal of docs/protocol.md, by the official client
// against a real server. The last test reads the page: what it lists and nothing
// here exercised makes it fail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { leaders } from "./flows/leader.js";
import { lobbies } from "./flows/lobby.js";
import { matches } from "./flows/match.js";
import { parties } from "./flows/party.js";
import { Crowd, record, SECRET } from "./flows/person.js";
import { queues } from "./flows/queue.js";
import { servers } from "./flows/server.js";
import { startClub } from "./support/process.js";

let server;
before(async () => (server = await startClub(`--jwt-secret=${SECRET}`)));
after(() => server?.stop());

for (const how of [{ parser: "msgpack", link: "websocket" }, { parser: "json", link: "upgrade" }]) {
  describe(`${how.parser}, ${how.link}`, () => {
    for (const [name, flow] of Object.entries({ lobbies, leaders, matches, parties, queues })) {
      describe(name, () => {
        const crowd = new Crowd(undefined, how);
        before(() => (crowd.server = server));
        after(() => crowd.leave());
        flow(crowd);
      });
    }
  });
}
describe("servers", () => servers({ parser: "msgpack", link: "websocket" }));

describe("docs/protocol.md", () => {
  const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const rows = (heading) => [...section(page, heading).matchAll(/^\| `([^`]+)` \|(.*)$/gm)].map(([, name, rest]) => [name, rest]);

  test("each request is made, each refusal of it seen", () => {
    const missing = [];
    for (const [event, rest] of rows("## Requests").filter(([name]) => name.includes(":"))) {
      if (!record.asked.has(event)) missing.push(event);
      const codes = rest.split("|").at(-2).matchAll(/`([A-Z_]+)`/g);
      for (const [, code] of codes) if (!record.refused.has(`${event} ${code}`)) missing.push(`${event} ${code}`);
    }
    assert.deepEqual(missing.filter((m) => !ELSEWHERE.has(m)), []);
  });

  test("each push is heard, each code seen", () => {
    const pushes = rows("## Pushes").map(([name]) => name).filter((name) => !record.heard.has(name));
    const codes = rows("## Error codes").map(([code]) => code).filter((code) => !record.codes.has(code));
    assert.deepEqual([...pushes, ...codes].filter((m) => !ELSEWHERE.has(m)), []);
    for (const event of ["s", "i", "clock"]) assert.ok(record.heard.has(event) || record.asked.has(event), event);
  });
});

/** What takes a flood, which the Go tests make, or luck. */
const ELSEWHERE = new Set([
  "BUSY", // lobby/gateway: TestAFullInboxIsBusy
  "queue:status NO_QUEUE", // lobby/gateway: TestServerWithoutQueues
  "queue:leave NO_QUEUE",
  "party:create BUSY", // lobby/party: its bound
  "lobby:watch NOT_FOUND", // a race that is won most of the time
]);

/** The text under a heading, up to the next of its level. */
function section(page, heading) {
  const from = page.indexOf(`\n${heading}\n`) + heading.length + 2;
  const to = page.indexOf("\n## ", from);
  return page.slice(from, to < 0 ? undefined : to);
}
