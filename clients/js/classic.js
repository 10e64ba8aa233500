// Entry of dist/socket.io.js: the classic script, with a global io() and the
// defaults of the official one.

import { io as connect } from "./socket/io.js";
import { Manager } from "./socket/manager.js";
import { Socket } from "./socket/socket.js";

/**
 * @param {any} [target]
 * @param {any} [options]
 */
function io(target, options) {
  if (typeof target === "object") [target, options] = [undefined, target];
  return connect(target, { binaryType: "arraybuffer", ...options });
}

/** @type {any} */ (globalThis).io = Object.assign(io, { io, connect: io, Manager, Socket, protocol: 5 });
