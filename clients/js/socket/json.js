// The default parser: JSON text, with binary values sent after it as
// attachments that placeholders in the text refer to.
// Source: Socket.IO protocol v5, "Packet encoding".

import { asBytes } from "../engine/wire.js";
import { Emitter } from "../events.js";
import { ACK, BINARY_ACK, BINARY_EVENT, check, EVENT } from "./packet.js";

/** @typedef {import("./packet.js").Packet} Packet */

// The official peers refuse more.
const MAX_ATTACHMENTS = 10;
const MAX_DEPTH = 1000;

export class Encoder {
  /**
   * @param {Packet} packet
   * @returns {(string | Uint8Array)[]}
   */
  encode(packet) {
    const { type, nsp, id, data } = packet;
    if ((type !== EVENT && type !== ACK) || !hasBinary(data, 0)) return [header(type, 0, nsp, id) + json(data)];
    /** @type {Uint8Array[]} */
    const attachments = [];
    const text = json(extract(data, attachments));
    if (attachments.length > MAX_ATTACHMENTS) throw new Error("too many attachments");
    const wireType = type === EVENT ? BINARY_EVENT : BINARY_ACK;
    return [header(wireType, attachments.length, nsp, id) + text, ...attachments];
  }
}

/**
 * @param {number} type
 * @param {number} attachments
 * @param {string} nsp
 * @param {number | undefined} id
 */
function header(type, attachments, nsp, id) {
  return type + (attachments > 0 ? `${attachments}-` : "") + (nsp === "/" ? "" : `${nsp},`) + (id ?? "");
}

/** @param {any} data */
function json(data) {
  return data === undefined ? "" : JSON.stringify(data);
}

/**
 * @param {any} v
 * @param {number} depth
 * @returns {boolean}
 */
function hasBinary(v, depth) {
  if (typeof v !== "object" || v === null) return false;
  if (asBytes(v)) return true;
  if (depth > MAX_DEPTH) throw new Error("circular or nested too deeply");
  if (typeof v.toJSON === "function") return hasBinary(v.toJSON(), depth + 1);
  if (Array.isArray(v)) return v.some((item) => hasBinary(item, depth + 1));
  for (const key of Object.keys(v)) {
    if (hasBinary(v[key], depth + 1)) return true;
  }
  return false;
}

/**
 * Copies v with placeholders instead of binary values.
 * @param {any} v
 * @param {Uint8Array[]} attachments receives the binary values
 * @returns {any}
 */
function extract(v, attachments) {
  if (typeof v !== "object" || v === null) return v;
  const bytes = asBytes(v);
  if (bytes) return { _placeholder: true, num: attachments.push(bytes) - 1 };
  if (typeof v.toJSON === "function") return extract(v.toJSON(), attachments);
  if (Array.isArray(v)) return v.map((item) => extract(item, attachments));
  return Object.fromEntries(Object.entries(v).map(([key, item]) => [key, extract(item, attachments)]));
}

export class Decoder extends Emitter {
  /** @type {Packet | null} */
  #packet = null;
  /** @type {Uint8Array[]} */
  #attachments = [];
  #missing = 0;
  #wrap;

  /** @param {(bytes: Uint8Array) => any} [wrap] */
  constructor(wrap = (bytes) => bytes) {
    super();
    this.#wrap = wrap;
  }

  /** @param {string | Uint8Array} message */
  add(message) {
    const bytes = asBytes(message);
    if (bytes) return this.#addAttachment(bytes);
    if (this.#packet) throw new Error("text while attachments are missing");
    const { packet, attachments } = parse(/** @type {string} */ (message));
    if (attachments === 0) return this.dispatch("decoded", packet);
    this.#packet = packet;
    this.#missing = attachments;
  }

  /** @param {Uint8Array} bytes */
  #addAttachment(bytes) {
    const packet = this.#packet;
    if (!packet) throw new Error("binary message without a packet");
    this.#attachments.push(bytes);
    if (this.#attachments.length < this.#missing) return;
    packet.data = fill(packet.data, this.#attachments.map(this.#wrap));
    this.destroy();
    check(packet);
    this.dispatch("decoded", packet);
  }

  destroy() {
    this.#packet = null;
    this.#attachments = [];
    this.#missing = 0;
  }
}

const HEADER = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*)(?:,|$))?(\d+)?/;

/**
 * @param {string} text
 * @returns {{ packet: Packet, attachments: number }}
 */
function parse(text) {
  const m = HEADER.exec(text);
  if (!m) throw new Error("unknown packet type");
  const [all, type, count, nsp = "/", id] = m;
  const rest = text.slice(all.length);
  /** @type {Packet} */
  const packet = { type: Number(type), nsp };
  if (id !== undefined) packet.id = Number(id);
  if (rest !== "") packet.data = JSON.parse(rest);
  const binary = packet.type === BINARY_EVENT || packet.type === BINARY_ACK;
  const attachments = Number(count ?? 0);
  if (binary !== attachments > 0 || attachments > MAX_ATTACHMENTS) throw new Error("illegal attachments");
  check(packet);
  if (binary) packet.type = packet.type === BINARY_EVENT ? EVENT : ACK;
  return { packet, attachments };
}

/**
 * Puts the attachments where their placeholders are.
 * @param {any} v
 * @param {any[]} attachments
 * @returns {any}
 */
function fill(v, attachments) {
  if (typeof v !== "object" || v === null) return v;
  if (v._placeholder === true) {
    // hasOwn: an index like "length" or "__proto__" is no attachment.
    if (typeof v.num !== "number" || !Object.hasOwn(attachments, v.num)) throw new Error("illegal attachments");
    return attachments[v.num];
  }
  for (const key of Object.keys(v)) v[key] = fill(v[key], attachments);
  return v;
}
