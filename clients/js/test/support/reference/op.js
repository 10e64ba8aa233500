const list = (v) => (v === undefined ? [] : [].concat(v));

/** Runs a broadcast operation as the event `op` describes it. */
export async function op({ io, parents }, socket, spec) {
  const bases = { nsp: socket.nsp, io: io.of("/"), parent: parents[spec.parent], socket };
  let operator = bases[spec.base];
  for (const room of list(spec.to)) operator = operator.to(room);
  for (const room of list(spec.except)) operator = operator.except(room);
  if (spec.base === "socket" && operator === socket) operator = socket.broadcast;
  const { volatile, local, compress, timeout } = spec.flags ?? {};
  if (volatile) operator = operator.volatile;
  if (local) operator = operator.local;
  if (compress !== undefined) operator = operator.compress(compress);
  if (timeout !== undefined) operator = operator.timeout(timeout);
  switch (spec.do) {
    case "emit":
      operator.emit(spec.event, ...list(spec.args));
      return { ok: true };
    case "emitWithAck":
      return new Promise((resolve) => {
        operator.emit(spec.event, ...list(spec.args), (err, responses) => resolve({ err: err ? err.message : null, responses: responses ?? err?.responses ?? [] }));
      });
    case "fetchSockets": {
      const sockets = await operator.fetchSockets();
      return sockets.map((s) => ({ id: s.id, rooms: [...s.rooms].sort(), data: s.data, connected: true })).sort((a, b) => (a.id < b.id ? -1 : 1));
    }
    case "socketsJoin":
      operator.socketsJoin(spec.rooms);
      return { ok: true };
    case "socketsLeave":
      operator.socketsLeave(spec.rooms);
      return { ok: true };
    case "disconnectSockets":
      operator.disconnectSockets(spec.close);
      return { ok: true };
  }
}
