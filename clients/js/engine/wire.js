// Engine.IO v4 packets as bytes. A unit is what one packet is on the wire: a
// string whose first character is the packet type, or bytes, which are always a
// binary message.
// Source: Engine.IO v4, "Packet encoding".

/** @typedef {string | Uint8Array} Unit */

export const OPEN = "0";
export const CLOSE = "1";
export const PING = "2";
export const PONG = "3";
export const MESSAGE = "4";
export const UPGRADE = "5";
export const NOOP = "6";

const SEPARATOR = "\x1e";

/**
 * Joins units into one polling payload.
 * @param {Unit[]} units
 * @returns {string}
 */
export function encodePayload(units) {
  return units.map((u) => (typeof u === "string" ? u : "b" + toBase64(u))).join(SEPARATOR);
}

/**
 * @param {string} payload
 * @returns {Unit[]}
 */
export function decodePayload(payload) {
  return payload.split(SEPARATOR).map((u) => (u[0] === "b" ? fromBase64(u.slice(1)) : u));
}

/**
 * Bytes that a unit takes in a polling payload, without its separator.
 * @param {Unit} unit
 * @returns {number}
 */
export function payloadLength(unit) {
  return typeof unit === "string" ? utf8Length(unit) : 1 + Math.ceil(unit.length / 3) * 4;
}

/** @param {string} s */
function utf8Length(s) {
  let n = s.length;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 0x80) continue;
    // Each half of a surrogate pair counts 2: 4 bytes for the pair.
    n += c < 0x800 || (c >= 0xd800 && c < 0xe000) ? 1 : 2;
  }
  return n;
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let s = "";
  // fromCharCode takes its input as arguments: a megabyte at once overflows the stack.
  for (let i = 0; i < bytes.length; i += 0x2000) {
    s += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(s);
}

/** @param {string} text */
function fromBase64(text) {
  const s = atob(text);
  const bytes = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i);
  return bytes;
}

/**
 * Any binary value as bytes, without copying; undefined if it is none.
 * @param {any} v
 * @returns {Uint8Array | undefined}
 */
export function asBytes(v) {
  if (v instanceof Uint8Array) return v;
  if (ArrayBuffer.isView(v)) return new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
  if (v instanceof ArrayBuffer) return new Uint8Array(v);
  return undefined;
}
