// Socket.IO v5 packets.
// Source: Socket.IO protocol v5, "Packet encoding".

export const CONNECT = 0;
export const DISCONNECT = 1;
export const EVENT = 2;
export const ACK = 3;
export const CONNECT_ERROR = 4;
export const BINARY_EVENT = 5;
export const BINARY_ACK = 6;

/**
 * @typedef {object} Packet
 * @property {number} type
 * @property {string} nsp
 * @property {any} [data] event: [name, ...args]; acknowledgement: [...args]
 * @property {number} [id] of the acknowledgement that is wanted or given
 */

/**
 * Turns packets into messages and back. An official parser
 * (socket.io-msgpack-parser and the like) has this shape too.
 * @typedef {object} Parser
 * @property {new () => { encode(packet: Packet): any[] }} Encoder
 * @property {new (wrap?: (bytes: Uint8Array) => any) => PacketDecoder} Decoder wrap: what binary values become
 */

/**
 * @typedef {object} PacketDecoder
 * @property {(message: any) => void} add throws on a malformed message
 * @property {(event: "decoded", fn: (packet: Packet) => void) => unknown} on
 * @property {() => void} destroy forgets a packet that is not complete
 */

/** Names that only the library itself may give to an event. */
export const RESERVED = new Set(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]);

/**
 * Throws unless the server may send this packet.
 * @param {Packet} packet
 */
export function check({ type, nsp, data, id }) {
  if (typeof nsp !== "string") throw new Error("invalid namespace");
  if (id !== undefined && !(Number.isSafeInteger(id) && id >= 0)) throw new Error("invalid packet id");
  if (!hasValidData(type, data)) throw new Error("invalid payload");
}

/**
 * @param {number} type
 * @param {any} data
 */
function hasValidData(type, data) {
  switch (type) {
    case CONNECT:
      return data === undefined || isObject(data);
    case DISCONNECT:
      return data === undefined;
    case CONNECT_ERROR:
      return typeof data === "string" || isObject(data);
    case EVENT:
    case BINARY_EVENT:
      return Array.isArray(data) && isEventName(data[0]);
    case ACK:
    case BINARY_ACK:
      return Array.isArray(data);
    default:
      return false;
  }
}

/** @param {any} v */
function isObject(v) {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

/** @param {any} v */
function isEventName(v) {
  return typeof v === "number" || (typeof v === "string" && !RESERVED.has(v));
}
