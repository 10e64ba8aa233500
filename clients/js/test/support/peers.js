// The clients that the tests drive: the official one and ours, by one signature.
import { io as officialIO } from "socket.io-client";
import officialMsgpack from "socket.io-msgpack-parser";
import { WebSocket } from "ws";
import { io } from "../../index.js";

export const PARSERS = ["json", "msgpack"];

/** What a connection uses from its first to its last packet. */
export const LINKS = {
  websocket: { transports: ["websocket"] },
  polling: { transports: ["polling"] },
  upgrade: { transports: ["polling", "websocket"] },
};

export const PEERS = {
  official: (url, parser, opts) => officialIO(url, { ...opts, ...(parser === "msgpack" && { parser: officialMsgpack }) }),
  light: (url, parser, opts) => io(url, { WebSocket, ...opts, parser }),
};

/** Resolves to the arguments of the next such event. The time is for machines that have much else to do. */
export function next(emitter, event, ms = 30_000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      emitter.off(event, done);
      reject(new Error(`no "${event}" within ${ms} ms`));
    }, ms);
    const done = (...args) => {
      clearTimeout(timer);
      resolve(args);
    };
    emitter.once(event, done);
  });
}
