// What a test of the suite stands on: a server of a kind, and clients of a kind
// that are gone when the test is over.
import { next, LINKS, PEERS } from "./peers.js";
import { freePort, goBuild, startOn } from "./process.js";

const reference = new URL("./reference/main.js", import.meta.url).pathname;

/** How to start the acceptance server of each kind. */
const SERVERS = {
  reference: () => [process.execPath, [reference]],
  ours: (() => {
    let binary;
    return () => [(binary ??= process.env.TICKWIRE_ACCEPTANCE ?? goBuild("./sio/acceptance")), []];
  })(),
};

export class Stage {
  #servers = new Map();
  #sockets = [];

  /** @param {{ peer: string, parser: string, link: string, server: string }} o server: kind */
  constructor(o) {
    this.peer = o.peer;
    this.parser = o.parser;
    this.link = o.link;
    this.kind = o.server;
  }

  /** The server with these flags; it lives until closeAll. */
  server(...flags) {
    const key = flags.join(" ");
    if (!this.#servers.has(key)) this.#servers.set(key, this.start(flags));
    return this.#servers.get(key);
  }

  /** A server of its own. */
  async start(flags = [], port = 0) {
    const [command, args] = SERVERS[this.kind]();
    return startOn(command, [...args, `--parser=${this.parser}`, ...flags], port || (await freePort()));
  }

  /** A socket that connects to a namespace. */
  socket(url, nsp = "/", opts = {}) {
    const socket = PEERS[this.peer](url + nsp, this.parser, {
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 40,
      ...LINKS[this.link],
      ...opts,
    });
    this.#sockets.push(socket);
    return socket;
  }

  /** A connected socket, on its final transport. */
  async connected(nsp = "/", opts = {}, flags = []) {
    const { url } = await this.server(...flags);
    const socket = this.socket(url, nsp, opts);
    await Promise.all([next(socket, "connect"), this.link === "upgrade" && next(socket.io.engine, "upgrade")]);
    return socket;
  }

  async stats(...flags) {
    const { url } = await this.server(...flags);
    return (await fetch(`${url}/__stats`)).json();
  }

  /** Waits until something about the server's statistics is true. */
  async statsSay(what, ...flags) {
    for (const end = Date.now() + 5000; ; ) {
      const stats = await this.stats(...flags);
      const found = what(stats);
      if (found) return found;
      if (Date.now() > end) throw new Error("the server's statistics never said so");
      await pause(10);
    }
  }

  leave() {
    for (const socket of this.#sockets.splice(0)) {
      socket.disconnect();
      socket.io.reconnection(false); // other namespaces of the connection may be active
      socket.io.engine?.close();
    }
  }

  async closeAll() {
    this.leave();
    const servers = await Promise.all(this.#servers.values());
    await Promise.all(servers.map((s) => s.stop()));
  }
}

export const pause = (ms) => new Promise((r) => setTimeout(r, ms));
export { next };
