// io(): the usual way in. Sockets of one server share one connection.

import { Manager } from "./manager.js";

/** @typedef {import("./socket.js").Socket} Socket */

/**
 * @typedef {import("./manager.js").ManagerOptions & { forceNew?: boolean, multiplex?: boolean }} Options
 * forceNew: open a connection of its own
 */

/** @type {Map<string, Manager>} */
const managers = new Map();

/**
 * Connects to a namespace: io(), io("/chat"), io("https://host/chat", options).
 * @param {string | Options} [target] default: the server of the page
 * @param {Options} [options]
 * @returns {Socket}
 */
export function io(target, options) {
  if (typeof target === "object") [target, options] = [undefined, target];
  const opts = { ...options };
  const url = resolve(target ?? "/");
  const nsp = namespaceOf(target ?? "/");
  if (url.search && !opts.query) opts.query = Object.fromEntries(url.searchParams);
  const key = `${url.origin} ${opts.path ?? "/socket.io"}`;
  const shared = managers.get(key);
  const share = !opts.forceNew && opts.multiplex !== false && !shared?.nsps.has(nsp);
  if (!share) return new Manager(url.origin, opts).socket(nsp, opts);
  const manager = shared ?? new Manager(url.origin, opts);
  managers.set(key, manager);
  return manager.socket(nsp, opts);
}

/** The path as it was written: a URL would encode it. @param {string} target */
function namespaceOf(target) {
  return target.replace(/^([a-z]+:)?\/\/[^/?#]*|^[^/?#]+/i, "").replace(/[?#].*$/s, "") || "/";
}

/** @param {string} target */
function resolve(target) {
  const base = globalThis.location?.href;
  if (target.startsWith("//")) target = (globalThis.location?.protocol ?? "https:") + target;
  else if (!/^(https?|wss?):/.test(target) && !target.startsWith("/")) target = `https://${target}`;
  const url = new URL(target, base);
  // ws and http are one server: only http URLs have an origin of their own in each runtime.
  url.protocol = url.protocol.replace(/^ws/, "http");
  return url;
}
