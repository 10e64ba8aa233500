// Moves an open polling session to WebSocket without losing or reordering a
// packet: probe, pause the old transport, switch, tell the server.
// Source: Engine.IO v4, "Upgrade".

import { UPGRADE } from "./wire.js";

/** @typedef {import("./transport.js").Transport} Transport */

/**
 * @typedef {object} Probe
 * @property {() => void} cancel gives up; onFail is not called
 */

/**
 * @param {Transport} current
 * @param {Transport} next not opened yet
 * @param {{ onUpgrading: () => void, onDone: () => void, onFail: (err: Error) => void }} on
 * @returns {Probe}
 */
export function upgrade(current, next, on) {
  let over = false;
  const cancel = () => {
    if (over) return;
    over = true;
    next.sink = null;
    next.close();
  };
  /** @param {string} why */
  const fail = (why) => {
    if (over) return;
    cancel();
    current.resume();
    on.onFail(Object.assign(new Error(`probe error: ${why}`), { transport: next.name }));
  };
  next.sink = {
    onOpen: () => next.send(["2probe"]),
    onUnit: (unit) => {
      if (unit !== "3probe") return fail("unexpected answer");
      on.onUpgrading();
      current.pause(() => {
        if (over) return;
        over = true;
        next.send([UPGRADE]);
        on.onDone();
      });
    },
    onDrain: () => {},
    onError: (err) => fail(err.message),
    onClose: () => fail("transport closed"),
  };
  next.open();
  return { cancel };
}
