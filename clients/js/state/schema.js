// What the frames of a match contain: entity types and their fields.
// Source: docs/state-format.md, "Schema".

import { decode } from "../msgpack/decode.js";

/** @typedef {"bool" | "uint" | "int" | "q" | "angle" | "f32" | "string" | "bytes" | "list" | "ref"} Kind */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {Kind} kind
 * @property {number} bits of a number or of a list's items
 * @property {number} min value of 0 (q)
 * @property {number} step value of 1 (q, angle)
 * @property {boolean} pred a constant change per tick is predicted
 * @property {number} max most bytes (string, bytes) or items (list)
 * @property {number} low least stored number
 * @property {number} high greatest stored number
 * @property {number} teleport a greater or equal change is a jump, which says nothing about the next tick; 0: not predicted
 */

/**
 * @typedef {object} Type
 * @property {string} name
 * @property {Field[]} fields
 */

/**
 * @typedef {object} Schema
 * @property {string} hash
 * @property {number} hz ticks per second
 * @property {Type[]} types
 * @property {Record<string, any>} raw the map as it came: tables of the bit-packed form and what is newer than this client
 */

const MAX_BYTES = 64 << 10;
const MAX_TYPES = 64;
const MAX_FIELDS = 30; // a mask of changed fields fits in 31 bits
const KINDS = new Set(["bool", "uint", "int", "q", "angle", "f32", "string", "bytes", "list", "ref"]);

/**
 * Reads the map that match:start carries. Throws on anything malformed.
 * @param {Uint8Array} bytes
 * @returns {Schema}
 */
export function parseSchema(bytes) {
  if (bytes.length > MAX_BYTES) throw new RangeError("schema is too large");
  const raw = decode(bytes);
  if (raw?.v !== 0) throw new Error(`state format version ${raw?.v} is not supported`);
  if (!Array.isArray(raw.types) || raw.types.length > MAX_TYPES) throw new Error("schema: bad types");
  if (!(raw.hz > 0)) throw new Error("schema: bad hz");
  return { hash: String(raw.hash), hz: raw.hz, types: raw.types.map(parseType), raw };
}

/**
 * @param {any} type
 * @returns {Type}
 */
function parseType(type) {
  const [name, fields] = Array.isArray(type) ? type : [];
  const ok = typeof name === "string" && Array.isArray(fields) && fields.length > 0 && fields.length <= MAX_FIELDS;
  if (!ok) throw new Error("schema: bad type");
  return { name, fields: fields.map(parseField) };
}

/**
 * @param {any} field
 * @returns {Field}
 */
function parseField(field) {
  const [name, kind, bits, min, step, flags, extra] = Array.isArray(field) ? field : [];
  if (typeof name !== "string" || !KINDS.has(kind)) throw new Error(`schema: bad field ${name}: ${kind}`);
  const widest = kind === "q" ? 24 : kind === "angle" ? 16 : 32;
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= widest)) throw new Error(`schema: field ${name} has ${bits} bits`);
  const signed = kind === "int";
  return {
    name,
    kind,
    bits,
    min: Number(min),
    step: Number(step),
    pred: (flags & 1) !== 0,
    max: typeof extra === "number" ? extra : 0,
    low: signed ? -(2 ** (bits - 1)) : 0,
    high: signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1,
    teleport: (flags & 1) !== 0 && bits > 2 ? 2 ** Math.max(bits - 6, 3) : 0,
  };
}

/**
 * What a stored value means to a game.
 * @param {Field} field
 * @param {any} stored
 * @returns {any} number; boolean; string; Uint8Array; list of numbers; slot of the entity referred to, or null
 */
export function meaning(field, stored) {
  switch (field.kind) {
    case "q":
      return field.min + stored * field.step;
    case "angle":
      return stored * field.step;
    case "bool":
      return stored !== 0;
    case "ref":
      return stored === 0 ? null : stored - 1;
    default:
      return stored;
  }
}

/**
 * The stored value of a field that nobody has set.
 * @param {Field} field
 * @returns {any}
 */
export function zero(field) {
  switch (field.kind) {
    case "string":
      return "";
    case "bytes":
      return new Uint8Array(0);
    case "list":
      return [];
    default:
      return 0;
  }
}
