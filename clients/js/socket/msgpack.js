// The MessagePack parser: a packet is one map, binary values inline.
// On the wire it is what socket.io-msgpack-parser 3 sends and takes.

import { asBytes } from "../engine/wire.js";
import { Emitter } from "../events.js";
import { decode } from "../msgpack/decode.js";
import { encode } from "../msgpack/encode.js";
import { BINARY_ACK, BINARY_EVENT, check } from "./packet.js";

/** @typedef {import("./packet.js").Packet} Packet */

export class Encoder {
  /**
   * @param {Packet} packet
   * @returns {Uint8Array[]}
   */
  encode({ type, nsp, id, data }) {
    /** @type {Record<string, any>} */
    const map = { type, nsp };
    if (id !== undefined) map.id = id;
    if (data !== undefined) map.data = data;
    return [encode(map)];
  }
}

export class Decoder extends Emitter {
  #wrap;

  /** @param {(bytes: Uint8Array) => any} [wrap] */
  constructor(wrap) {
    super();
    this.#wrap = wrap;
  }

  /** @param {Uint8Array} message */
  add(message) {
    const bytes = asBytes(message);
    if (!bytes) throw new Error("text where MessagePack was expected");
    const packet = decode(bytes, this.#wrap);
    if (typeof packet !== "object" || packet === null) throw new Error("invalid packet");
    // Binary values are inline: these two types exist in the JSON form alone.
    if (packet.type === BINARY_EVENT || packet.type === BINARY_ACK) throw new Error("unknown packet type");
    check(packet);
    this.dispatch("decoded", packet);
  }

  destroy() {}
}
