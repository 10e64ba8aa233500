// The engine against servers that are played by hand.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";
import { WebSocketServer, WebSocket } from "ws";
import { Session } from "../engine/session.js";
import { next } from "./support/peers.js";

const closers = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const open = (o = {}) => `0${JSON.stringify({ sid: "s1", upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6, ...o })}`;

/** A server whose polls and posts the test answers; ws gets its websockets. */
async function serve({ onPoll, onPost = (_body, res) => res.end("ok"), onSocket }) {
  const http = createServer((req, res) => {
    const url = new URL(req.url, "http://x");
    if (req.method === "GET") return onPoll ? onPoll(url, res) : res.writeHead(400).end("{}");
    let body = "";
    req.on("data", (chunk) => (body += chunk));
    req.on("end", () => onPost(body, res, url));
  });
  const ws = new WebSocketServer({ noServer: true });
  http.on("upgrade", (req, socket, head) => {
    if (!onSocket) return socket.destroy();
    ws.handleUpgrade(req, socket, head, (s) => onSocket(s, new URL(req.url, "http://x")));
  });
  await new Promise((r) => http.listen(0, "127.0.0.1", r));
  closers.push(() => {
    http.closeAllConnections();
    for (const s of ws.clients) s.terminate();
    return new Promise((r) => http.close(r));
  });
  return `http://127.0.0.1:${http.address().port}`;
}

function connect(url, options = {}) {
  const session = new Session(url, { WebSocket, ...options });
  closers.unshift(() => session.close());
  return session;
}

/** A queue of poll responses: answers are given as soon as both sides are there. */
function polls() {
  const ready = [];
  const waiting = [];
  return {
    onPoll: (_url, res) => (ready.length > 0 ? res.end(ready.shift()) : waiting.push(res)),
    answer: (payload) => (waiting.length > 0 ? waiting.shift().end(payload) : ready.push(payload)),
    waiting,
  };
}

test("addresses: path, query, transport, session id", async () => {
  const seen = [];
  const url = await serve({
    onPoll: (u, res) => {
      seen.push(u);
      if (seen.length === 1) res.end(open());
    },
  });
  const session = connect(`${url}/ignored`, { path: "/x/y", query: { a: "b c" }, transports: ["polling"] });
  await next(session, "open");
  while (seen.length < 2) await new Promise(setImmediate);
  assert.equal(seen[0].pathname, "/x/y/");
  assert.deepEqual(Object.fromEntries(seen[0].searchParams), { EIO: "4", transport: "polling", a: "b c" });
  assert.equal(seen[1].searchParams.get("sid"), "s1");
});

test("websocket refused: polling takes over", async () => {
  const p = polls();
  const session = connect(await serve(p));
  p.answer(open());
  await next(session, "open");
  assert.equal(session.transport.name, "polling");
});

test("tryAllTransports: false gives up at once", async () => {
  const p = polls();
  const session = connect(await serve(p), { tryAllTransports: false });
  const [[err], [reason]] = await Promise.all([next(session, "error"), next(session, "close")]);
  assert.ok(err instanceof Error);
  assert.equal(reason, "transport error");
});

test("no websocket here: polling is used, or the error says so", async (t) => {
  const native = globalThis.WebSocket;
  delete globalThis.WebSocket;
  t.after(() => native && (globalThis.WebSocket = native));
  const p = polls();
  const url = await serve(p);
  const session = connect(url, { WebSocket: undefined });
  p.answer(open());
  await next(session, "open");
  const none = connect(url, { WebSocket: undefined, transports: ["websocket"] });
  assert.match((await next(none, "error"))[0].message, /No transports/);
});

test("several packets in a poll, binary among them, in order", async () => {
  const p = polls();
  const session = connect(await serve(p), { transports: ["polling"] });
  const got = [];
  session.on("data", (d) => got.push(typeof d === "string" ? d : [...d]));
  p.answer(`${open()}\x1e4first`);
  p.answer("4a\x1ebAQID\x1e6\x1e4é");
  p.answer("4end");
  while (got.at(-1) !== "end") await new Promise(setImmediate);
  assert.deepEqual(got, ["first", "a", [1, 2, 3], "é", "end"]);
});

test("ping is answered with what it carried", async () => {
  const p = polls();
  const posted = [];
  const url = await serve({ ...p, onPost: (body, res) => (posted.push(body), res.end("ok")) });
  const session = connect(url, { transports: ["polling"] });
  p.answer(open());
  await next(session, "open");
  p.answer("2");
  await next(session, "ping");
  while (posted.length === 0) await new Promise(setImmediate);
  assert.deepEqual(posted, ["3"]);
});

test("posts go one at a time, in order, below maxPayload", async () => {
  const p = polls();
  const posted = [];
  let busy = 0;
  const onPost = (body, res) => {
    assert.equal(++busy, 1, "one at a time");
    posted.push(body);
    setTimeout(() => {
      busy--;
      res.end("ok");
    }, 5);
  };
  const session = connect(await serve({ ...p, onPost }), { transports: ["polling"] });
  p.answer(open({ maxPayload: 20 }));
  await next(session, "open");
  const sent = Array.from({ length: 12 }, (_, i) => `m${i}é`);
  for (const m of sent) session.write(m);
  session.write(new Uint8Array([1, 2, 3]));
  await next(session, "drain");
  assert.ok(posted.every((b) => Buffer.byteLength(b) <= 20), posted.join("|"));
  assert.ok(posted.length > 3);
  assert.deepEqual(posted.join("\x1e").split("\x1e"), [...sent.map((m) => `4${m}`), "bAQID"]);
});

test("close() waits for what was written, then says good-bye", async () => {
  const p = polls();
  const posted = [];
  const url = await serve({ ...p, onPost: (body, res) => (posted.push(body), setTimeout(() => res.end("ok"), 20)) });
  const session = connect(url, { transports: ["polling"] });
  p.answer(open());
  await next(session, "open");
  session.write("last");
  const closed = next(session, "close");
  session.close();
  assert.equal((await closed)[0], "forced close");
  while (posted.length < 2) await new Promise((r) => setTimeout(r, 5));
  assert.deepEqual(posted, ["4last", "1"]);
});

test("a close packet, a refused poll, garbage: each ends the session with its reason", async () => {
  const cases = [
    ["1", "transport close"],
    ["7what", "transport error"],
    ["", "transport error"],
  ];
  for (const [payload, reason] of cases) {
    const p = polls();
    const session = connect(await serve(p), { transports: ["polling"] });
    p.answer(open());
    await next(session, "open");
    p.answer(payload);
    assert.equal((await next(session, "close"))[0], reason, payload);
  }
  const p = polls();
  const session = connect(await serve(p), { transports: ["polling"] });
  p.answer(open());
  await next(session, "open");
  while (p.waiting.length === 0) await new Promise(setImmediate);
  p.waiting.shift().writeHead(400).end('{"code":1,"message":"Session ID unknown"}');
  const [err] = await next(session, "error");
  assert.equal(err.description, 400);
  assert.match(err.context.responseText, /Session ID unknown/);
});

test("a handshake that is no JSON is an error", async () => {
  const p = polls();
  const session = connect(await serve(p), { transports: ["polling"] });
  p.answer("0{oops");
  await next(session, "error");
});

test("silence is a ping timeout; a packet late by a throttled timer is noticed when writing", async (t) => {
  const p = polls();
  const session = connect(await serve(p), { transports: ["polling"] });
  p.answer(open({ pingInterval: 30, pingTimeout: 30 }));
  await next(session, "open");
  assert.equal((await next(session, "close"))[0], "ping timeout");

  const q = polls();
  const other = connect(await serve(q), { transports: ["polling"] });
  q.answer(open());
  await next(other, "open");
  assert.equal(other.idle, true);
  const now = Date.now();
  t.mock.method(Date, "now", () => now + 60_000);
  const closed = next(other, "close");
  assert.equal(other.expired(), true);
  assert.equal((await closed)[0], "ping timeout");
});

/** A server that offers the upgrade; probe decides what becomes of it. */
async function upgrading(probe) {
  const p = polls();
  const url = await serve({ ...p, onSocket: probe });
  const session = connect(url, { transports: ["polling", "websocket"] });
  p.answer(open({ upgrades: ["websocket"] }));
  return { session, p };
}

test("upgrade: polling stops, then packets go over the websocket, none is lost", async () => {
  const received = [];
  const { session, p } = await upgrading((ws) => {
    ws.on("message", (data) => {
      received.push(String(data));
      if (String(data) === "2probe") {
        ws.send("3probe");
        p.answer("4over polling");
      }
    });
  });
  const got = [];
  session.on("data", (d) => got.push(d));
  await next(session, "upgrading");
  assert.equal(session.idle, false);
  session.write("while it changes");
  await next(session, "upgrade");
  assert.equal(session.transport.name, "websocket");
  while (received.length < 3) await new Promise(setImmediate);
  assert.deepEqual(received, ["2probe", "5", "4while it changes"]);
  assert.deepEqual(got, ["over polling"]);
  assert.equal(p.waiting.length, 0, "no poll is left");
});

for (const [name, probe] of [
  ["refuses the probe", (ws) => ws.close()],
  ["answers nonsense", (ws) => ws.on("message", () => ws.send("3other"))],
]) {
  test(`upgrade: a websocket that ${name} leaves the session on polling`, async () => {
    const { session, p } = await upgrading(probe);
    await next(session, "upgradeError");
    assert.equal(session.transport.name, "polling");
    const data = next(session, "data");
    p.answer("4still here");
    assert.deepEqual(await data, ["still here"]);
  });
}

test("upgrade: a websocket that breaks after the probe, while the last poll is awaited", async () => {
  const { session, p } = await upgrading((ws) => {
    ws.on("message", () => {
      ws.send("3probe");
      setTimeout(() => ws.terminate(), 10);
    });
  });
  await next(session, "upgradeError");
  const data = next(session, "data");
  p.answer("4one");
  assert.deepEqual(await data, ["one"]);
  const more = next(session, "data");
  p.answer("4two");
  assert.deepEqual(await more, ["two"], "polling goes on");
});

test("closing in the middle of an upgrade", async () => {
  const { session, p } = await upgrading((ws) => ws.on("message", (d) => String(d) === "2probe" && ws.send("3probe")));
  await next(session, "upgrading");
  const closed = next(session, "close");
  session.close();
  p.answer("6");
  assert.equal((await closed)[0], "forced close");
});

test("closing before it is open", async () => {
  const session = connect(await serve({ onPoll: () => {} }), { transports: ["polling"] });
  const closed = next(session, "close");
  session.close();
  assert.equal((await closed)[0], "forced close");
});

test("a websocket handshake that nobody answers: polling takes over in time", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const p = polls();
  class Silent {
    bufferedAmount = 0;
    close() {}
  }
  const session = connect(await serve(p), { WebSocket: Silent });
  await new Promise(setImmediate);
  assert.equal(session.transport.name, "websocket");
  const opened = new Promise((r) => session.once("open", r));
  t.mock.timers.tick(6000);
  p.answer(open());
  await opened;
  assert.equal(session.transport.name, "polling");
});
