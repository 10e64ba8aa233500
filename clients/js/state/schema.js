// What the frames of a match contain: entity types and their fields.
// Source: docs/state-format.md, "Schema".

import { decode } from "../msgpack/decode.js";
import { placeOf } from "./write.js";

/** @typedef {"bool" | "uint" | "int" | "q" | "angle" | "f32" | "string" | "bytes" | "list" | "ref"} Kind */

// How a changed field is coded in bits.
export const RAW = 0;
export const VARIABLE = 1; // length and items
export const RESIDUAL = 2; // difference to the old value
export const PREDICT = 3; // difference to the old value and motion

// What a stored value means.
const SCALED = 0; // min + v · step
const BOOL = 1;
const REF = 2;
const ITSELF = 3;

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {number} place of the code that writes it
 * @property {Kind} kind
 * @property {number} bits of a number or of a list's items
 * @property {number} min value of 0 (q)
 * @property {number} step value of 1 (q, angle)
 * @property {boolean} pred a constant change per tick is predicted
 * @property {number} max most bytes (string, bytes) or items (list)
 * @property {number} low least stored number
 * @property {number} high greatest stored number
 * @property {number} floor least prediction, if it is predicted
 * @property {number} ceiling greatest one
 * @property {number} mask the low bits, as a signed number of 32
 * @property {number} op
 * @property {number} sense
 * @property {boolean} wraps
 * @property {boolean} smooth is drawn between two values
 * @property {number} leap nothing that moves changes as much in a tick; 0: not known
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
const FAR = 0x3fffffff; // farther than an angle is ever predicted
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
  const wraps = kind === "angle";
  const op = operation(kind, bits, (flags & 1) !== 0);
  const least = op === PREDICT ? -(1 << (bits - 1)) : 0; // as a signed number
  return {
    name,
    place: placeOf(name),
    kind,
    bits,
    min: Number(min),
    step: Number(step),
    pred: (flags & 1) !== 0,
    mask: (2 ** bits - 1) | 0,
    op,
    sense: kind === "q" || kind === "angle" ? SCALED : kind === "bool" ? BOOL : kind === "ref" ? REF : ITSELF,
    wraps,
    smooth: wraps || kind === "q" || kind === "f32",
    leap: kind === "q" ? 1 << Math.max(bits - 6, 3) : 0,
    max: typeof extra === "number" ? extra : 0,
    low: signed ? -(2 ** (bits - 1)) : 0,
    high: signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1,
    floor: wraps ? -FAR : signed ? least : 0,
    ceiling: wraps ? FAR : signed ? -1 - least : 2 * -least - 1,
    teleport: op === PREDICT ? 1 << Math.max(bits - 6, 3) : 0,
  };
}

/**
 * @param {Kind} kind
 * @param {number} bits
 * @param {boolean} pred
 */
function operation(kind, bits, pred) {
  if (kind === "string" || kind === "bytes" || kind === "list") return VARIABLE;
  if (kind === "f32" || bits <= 2) return RAW;
  return pred ? PREDICT : RESIDUAL;
}

/**
 * What a stored value means to a game.
 * @param {Field} field
 * @param {any} stored
 * @returns {any} number; boolean; string; Uint8Array; list of numbers; slot of the entity referred to, or null
 */
export function meaning(field, stored) {
  return field.sense === SCALED ? field.min + stored * field.step : plain(field, stored);
}

/**
 * meaning() of what is not scaled.
 * @param {Field} field
 * @param {any} stored
 */
function plain(field, stored) {
  switch (field.sense) {
    case BOOL:
      return stored !== 0;
    case REF:
      return stored === 0 ? null : stored - 1;
    default:
      return stored;
  }
}
