// The reference Node server, wired as the acceptance server of this repository:
// what passes against the one must pass against the other.
// node main.js --listen=127.0.0.1:0 [--flag=value …]
import { createServer } from "node:http";
import { Server } from "socket.io";
import msgpackParser from "socket.io-msgpack-parser";
import { parseFlags } from "./flags.js";
import { standardHandlers } from "./handlers.js";
import { Stats } from "./stats.js";

const flags = parseFlags(process.argv.slice(2));
const [host, port] = flags.listen.split(/:(?=\d+$)/);

const http = createServer((req, res) => {
  if (req.url === "/healthz") return res.end("ok");
  if (req.url === "/__stats") {
    res.setHeader("content-type", "application/json");
    return res.end(JSON.stringify(stats.report()));
  }
  res.statusCode = 404;
  res.end();
});

const io = new Server(http, {
  path: flags.path,
  addTrailingSlash: flags["add-trailing-slash"],
  pingInterval: flags["ping-interval"],
  pingTimeout: flags["ping-timeout"],
  upgradeTimeout: flags["upgrade-timeout"],
  connectTimeout: flags["connect-timeout"],
  maxHttpBufferSize: flags["max-http-buffer-size"],
  transports: flags.transports.split(","),
  allowUpgrades: flags["allow-upgrades"],
  cleanupEmptyChildNamespaces: flags["cleanup-empty-child-namespaces"],
  ...(flags.parser === "msgpack" && { parser: msgpackParser }),
  ...(flags["recovery-ms"] > 0 && {
    connectionStateRecovery: { maxDisconnectionDuration: flags["recovery-ms"], skipMiddlewares: flags["recovery-skip-middlewares"] },
  }),
  allowRequest: (req, done) => (req.headers["x-deny"] ? done("denied by allowRequest", false) : done(null, true)),
});
const stats = new Stats(io);

io.use((_socket, next) => {
  stats.middlewareRuns++;
  next();
});
serve(io.of("/"));
serve(io.of("/custom"));
serve(auth(io.of("/auth")));
serve(io.of("/slow").use((_socket, next) => setTimeout(next, 400)));
const dyn = io.of(/^\/dyn-\d+$/);
dyn.use((socket, next) => next(socket.handshake.auth.reject ? new Error("rejected by dyn") : undefined));
serve(dyn);
serve(io.of((name, auth, next) => next(null, name.startsWith("/fn/") && auth?.allow === true)));

function serve(namespace) {
  namespace.on("connection", (socket) => standardHandlers({ io, parents: { dyn }, stats }, socket));
}

function auth(namespace) {
  namespace.use((socket, next) => {
    socket.data.mw = ["first"];
    next();
  });
  return namespace.use((socket, next) => {
    socket.data.mw.push("second");
    const { token } = socket.handshake.auth;
    if (token === "secret") next();
    else if (token === "deferred") setTimeout(next, 200);
    else if (token === undefined) next(new Error("missing token"));
    else next(Object.assign(new Error("not authorized"), { data: { code: 4001, token, nested: { list: [1, "é", null] } } }));
  });
}

process.on("uncaughtException", (err) => {
  if (err.message !== "asked to panic") throw err;
});
process.on("SIGTERM", () => io.close(() => process.exit(0)));
http.listen(Number(port), host);
