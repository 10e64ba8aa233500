// Every feature that a client sees, for one client against one server, over
// both parsers and every link.
import { after, afterEach, describe } from "node:test";
import { LINKS, PARSERS } from "../support/peers.js";
import { Stage } from "../support/stage.js";
import { acknowledgements } from "./acks.js";
import { connecting } from "./connect.js";
import { disconnecting } from "./disconnect.js";
import { events } from "./events.js";
import { limits } from "./limits.js";
import { order } from "./order.js";
import { reconnecting } from "./reconnect.js";
import { recovery } from "./recovery.js";
import { rooms } from "./rooms.js";

const PARTS = { connecting, events, acknowledgements, rooms, order, disconnecting, reconnecting, limits, recovery };

// Most of the time is waiting: for timeouts, reconnections, silent servers.
const AT_ONCE = 3;

export function run(peer, server) {
  describe(`${peer} client, ${server} server`, { concurrency: AT_ONCE }, () => {
    for (const parser of PARSERS) {
      for (const link of Object.keys(LINKS)) describe(`${parser}, ${link}`, { concurrency: 1 }, () => features({ peer, server, parser, link }));
    }
  });
}

function features(options) {
  const stage = new Stage(options);
  afterEach(() => stage.leave());
  after(() => stage.closeAll());
  for (const [name, part] of Object.entries(PARTS)) describe(name, () => part(stage));
}
