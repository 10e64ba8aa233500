import { describe } from "./describe.js";
import { op } from "./op.js";

const rooms = (socket) => [...socket.rooms].sort();

/** Registers what every namespace of the acceptance server does. */
export function standardHandlers(ctx, socket) {
  const { stats } = ctx;
  const { auth } = socket.handshake;
  const log = { in: [], out: [] };
  socket.emit("auth", auth ?? {});
  for (let i = 0; i < (auth?.burst ?? 0); i++) socket.emit("burst-item", i);
  if (auth?.spread) spread(socket, auth.spread);

  socket.onAny((name) => log.in.push(name));
  socket.onAnyOutgoing((name) => log.out.push(name));
  socket.use((event, next) => {
    if (event[0] === "forbidden") return next(new Error("forbidden event"));
    if (event[0] === "mutate") event[1] = `mutated:${event[1]}`;
    next();
  });
  socket.on("error", (err) => socket.emit("mw-error", err.message));
  socket.on("disconnecting", (reason) => stats.disconnect("disconnecting", socket, reason));
  socket.on("disconnect", (reason) => stats.disconnect("disconnect", socket, reason));

  /** Registers a handler that gets the acknowledgement (or a stand-in) first. */
  const on = (name, fn) =>
    socket.on(name, (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
      return fn(ack, ...args);
    });

  on("message", (_ack, ...args) => socket.emit("message-back", ...args));
  on("message-with-ack", (ack, ...args) => ack(...args));
  on("describe", (ack, ...args) => ack(args.map(describe)));
  on("info", (ack) => ack(info(socket)));
  on("emit", (ack, spec) => emit(socket, spec, ack));
  on("join", (ack, room) => {
    socket.join(room);
    ack(rooms(socket));
  });
  on("leave", (ack, room) => {
    socket.leave(room);
    ack(rooms(socket));
  });
  on("op", async (ack, spec) => {
    if (!(spec.delay > 0)) return ack(await op(ctx, socket, spec));
    ack({ scheduled: true });
    setTimeout(() => op(ctx, socket, spec), spec.delay);
  });
  on("set-data", (ack, data) => ack(Object.assign(socket.data, data)));
  on("disconnect-me", (_ack, close) => socket.disconnect(close));
  on("close-engine", () => socket.conn.close());
  on("kill", () => kill(socket.conn.transport));
  on("forbidden", () => socket.emit("forbidden-ran"));
  on("mutate", (ack, x) => ack(x));
  on("any-log", (ack) => ack(log));
  on("burst", (ack, n, size) => {
    for (let i = 0; i < n; i++) socket.emit("burst-item", i, "x".repeat(size));
    ack("done");
  });
  on("volatile-burst", (ack, n) => {
    for (let i = 0; i < n; i++) socket.volatile.emit("v", i);
    socket.emit("v-end", n);
    ack("done");
  });
  on("blob", (ack, size, kind) => {
    if (kind === "binary") ack(Buffer.from(Uint8Array.from({ length: size }, (_, i) => i % 251)));
    else ack("abcdefghijklmnopqrstuvwxyz".repeat(size / 26 + 1).slice(0, size));
  });
  on("no-ack", () => {});
  on("double-ack", (ack) => {
    ack("first");
    ack("second");
  });
  on("late-ack", (ack, ms) => setTimeout(() => ack(ms), ms));
  on("flaky", (ack, key) => {
    const calls = (stats.flaky.get(key) ?? 0) + 1;
    stats.flaky.set(key, calls);
    if (calls > 1) ack(calls);
  });
  on("panic", () => {
    throw new Error("asked to panic");
  });
}

function spread(socket, { n, every }) {
  let i = 0;
  const timer = setInterval(() => {
    socket.emit("burst-item", i++);
    if (i >= n) clearInterval(timer);
  }, every);
  socket.on("disconnect", () => clearInterval(timer));
}

function info(socket) {
  const { auth, query, url, xdomain, secure, address, issued, time, headers } = socket.handshake;
  return {
    id: socket.id,
    nsp: socket.nsp.name,
    connected: socket.connected,
    recovered: socket.recovered,
    transport: socket.conn.transport.name,
    protocol: socket.conn.protocol,
    rooms: rooms(socket),
    data: socket.data,
    handshake: { auth, query, url, xdomain, secure, address, issued, time, headers },
  };
}

function emit(socket, { event, args = [], opts = {} }, ack) {
  let target = socket;
  if (opts.volatile) target = target.volatile;
  if (opts.compress !== undefined) target = target.compress(opts.compress);
  if (opts.timeout !== undefined) target = target.timeout(opts.timeout);
  try {
    if (!opts.ack) {
      target.emit(event, ...args);
      return ack({ err: null });
    }
    target.emit(event, ...args, (...answer) => {
      const err = opts.timeout === undefined ? null : answer.shift();
      ack({ err: err ? err.message : null, args: answer });
    });
  } catch (err) {
    ack({ err: err.message });
  }
}

/** Cuts the TCP connection without a word; on polling, that of the poll, which may be yet to come. */
function kill(transport) {
  if (transport.name === "websocket") transport.socket._socket.destroy();
  else if (transport.req) transport.req.socket.destroy();
  else setTimeout(kill, 2, transport);
}
