// A TCP proxy that makes websocket handshakes wait, so that an upgrade falls
// into the middle of what a test sends.
import { connect, createServer } from "node:net";
import { pause } from "./stage.js";

/** @returns {Promise<{ url: string, stop: () => void }>} */
export async function slowUpgrades(url, delay) {
  const target = Number(new URL(url).port);
  const sockets = new Set();
  const server = createServer((client) => {
    client.once("data", async (head) => {
      client.pause();
      if (/^upgrade: *websocket/im.test(head.toString("latin1"))) await pause(delay);
      const upstream = connect(target, "127.0.0.1");
      for (const s of [client, upstream]) {
        sockets.add(s);
        s.setNoDelay(true);
        s.on("error", () => {});
        s.on("close", () => {
          client.destroy();
          upstream.destroy();
        });
      }
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
  });
  await new Promise((r) => server.listen(0, "127.0.0.1", r));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.close();
      for (const s of sockets) s.destroy();
    },
  };
}
