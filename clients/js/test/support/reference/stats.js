/** What GET /__stats answers. */
export class Stats {
  middlewareRuns = 0;
  flaky = new Map(); // calls by key
  #io;
  #connections = 0;
  #connectionErrors = [];
  #disconnects = [];

  constructor(io) {
    this.#io = io;
    io.engine.on("connection", () => this.#connections++);
    io.engine.on("connection_error", ({ code, message, context }) => keep(this.#connectionErrors, { code, message, context }));
  }

  disconnect(phase, socket, reason) {
    keep(this.#disconnects, { phase, nsp: socket.nsp.name, id: socket.id, reason, rooms: [...socket.rooms].sort() });
  }

  report() {
    const namespaces = {};
    for (const [name, { sockets, adapter }] of this.#io._nsps) {
      namespaces[name] = {
        sockets: sockets.size,
        rooms: adapter.rooms.size,
        sids: adapter.sids.size,
        sessions: adapter.sessions?.size ?? 0,
        packets: adapter.packets?.length ?? 0,
      };
    }
    return {
      pid: process.pid,
      engineClients: this.#io.engine.clientsCount,
      engineConnections: this.#connections,
      namespaces,
      middlewareRuns: { "/": this.middlewareRuns },
      connectionErrors: this.#connectionErrors,
      disconnects: this.#disconnects,
    };
  }
}

function keep(list, entry) {
  list.push(entry);
  if (list.length > 2000) list.shift();
}
