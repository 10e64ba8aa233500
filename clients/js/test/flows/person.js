// People with the official client, and a record of all that they asked, were
// refused and were told: the last test holds it to docs/protocol.md.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { LINKS, next, PEERS } from "../support/peers.js";

const PATIENCE = 20_000;

/** All that happened: events asked for, "event CODE" of refusals, events and codes pushed. */
export const record = { asked: new Set(), refused: new Set(), heard: new Set(), codes: new Set() };

/** Secret of the server's tokens for players. */
export const SECRET = "a secret for tests, of 32 bytes or more";

/** A token for an account, as a studio's own service would sign it. */
export function token(account) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: account, exp: Math.floor(Date.now() / 1000) + 600 })}`;
  return `${body}.${createHmac("sha256", SECRET).update(body).digest("base64url")}`;
}

export class Person {
  /** @param {import("socket.io-client").Socket} socket connected */
  constructor(socket) {
    this.socket = socket;
    this.pushes = []; // not looked at yet, by heard
    this.wake = () => {};
    socket.onAny((event, ...args) => {
      record.heard.add(event);
      if (args[0]?.code && event.endsWith(":closed")) record.codes.add(args[0].code);
      if (event === "s") return; // state: too many to keep
      this.pushes.push([event, ...args]);
      this.wake();
    });
  }

  /** Asks and returns the answer. */
  async ask(event, arg = {}) {
    record.asked.add(event);
    const answer = await this.socket.timeout(PATIENCE).emitWithAck(event, arg);
    if (answer?.ok === false) {
      assert.ok(answer.message, `${event} is refused without a sentence`);
      record.refused.add(`${event} ${answer.code}`);
      record.codes.add(answer.code);
    }
    return answer;
  }

  /** Asks for what is granted. */
  async can(event, arg) {
    const answer = await this.ask(event, arg);
    assert.ok(answer.ok, `${event} ${JSON.stringify(arg)}: ${answer.code} ${answer.message}`);
    return answer;
  }

  /** Asks for what is refused with this code. */
  async cannot(code, event, arg) {
    const answer = await this.ask(event, arg);
    assert.equal(answer.code, code, `${event} ${JSON.stringify(arg)} → ${JSON.stringify(answer)}`);
  }

  /** Takes a place and keeps in mind which. */
  async enters(event, arg) {
    const answer = await this.can(event, arg);
    this.lobby = answer.lobby;
    this.id = answer.you.id;
    this.resume = answer.resume;
    return answer;
  }

  /** The first push of this name, since the last one asked for, that the condition holds for. */
  async hears(event, condition = () => true) {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const at = this.pushes.findIndex(([name, ...args]) => name === event && condition(...args));
      if (at >= 0) {
        const [, ...args] = this.pushes[at];
        this.pushes.splice(0, at + 1);
        return args[0];
      }
      let timer;
      await new Promise((resolve, reject) => {
        this.wake = resolve;
        timer = setTimeout(() => reject(new Error(`never heard ${event}; but ${this.pushes.map((p) => JSON.stringify(p).slice(0, 200))}`)), deadline - Date.now());
      });
      clearTimeout(timer);
    }
  }

  /** Waits until the lobby's phase is this one. */
  phase(name) {
    return this.hears("lobby:update", (u) => u.phase === name);
  }

  leaves() {
    return this.can("lobby:leave");
  }

  /** Cuts the connection without a good-bye. */
  vanishes() {
    this.socket.io.engine.close();
    this.socket.io.reconnection(false);
  }
}

/** A server's guests. */
export class Crowd {
  constructor(server, { parser, link }) {
    this.server = server;
    this.how = { parser, link };
    this.sockets = [];
  }

  /** Somebody who connects; with an account if there is a name for it. */
  async person(account) {
    const auth = account ? { token: token(account) } : undefined;
    const options = { forceNew: true, reconnection: false, auth, ...LINKS[this.how.link] };
    const socket = PEERS.official(this.server.url, this.how.parser, options);
    this.sockets.push(socket);
    await next(socket, "connect", PATIENCE);
    return new Person(socket);
  }

  /** Several. */
  people(n) {
    return Promise.all(Array.from({ length: n }, () => this.person()));
  }

  /** The first one's own lobby with the others in it. */
  async table(n, arg = {}) {
    const [host, ...guests] = await this.people(n);
    await host.enters("lobby:create", { game: "tokens", visibility: "unlisted", ...arg });
    for (const guest of guests) await guest.enters("lobby:join", { id: host.lobby.id, password: arg.password });
    return [host, ...guests];
  }

  leave() {
    for (const s of this.sockets.splice(0)) s.disconnect();
  }
}
