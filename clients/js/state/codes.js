// Prefix codes of the bit-packed form, and which code tells what.
// Source: docs/state-format.md, "Tables".

import { long, symbol } from "./bits.js";
import { PREDICT, RAW, VARIABLE } from "./schema.js";

/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("./schema.js").Type} Type */

const LONGEST = 10; // bits: one look-up of 1024 entries decodes any symbol
const MAX_SYMBOLS = 64;
const MAX_TABLES = 1024;
const MAX_MASK_CODES = 256;
const MAX_FIELDS = 30;
const SPLIT_MAX = 24; // a split that no motion reaches

/**
 * The look-up table of a canonical Huffman code: symbol · 16 + length by the
 * next ten bits, 0 for patterns of no code.
 * @param {Uint8Array} packed lengths of symbols 2i and 2i+1 in the low and high half of byte i
 * @returns {Uint16Array}
 */
export function codeTable(packed) {
  if (packed.length * 2 > MAX_SYMBOLS) throw new RangeError("tables: too many symbols");
  const lengths = [...packed].flatMap((b) => [b & 15, b >> 4]);
  if (!lengths.some((n) => n > 0) || lengths.some((n) => n > LONGEST)) throw new RangeError("tables: bad lengths");
  const table = new Uint16Array(1 << LONGEST);
  let next = 0;
  for (let length = 1; length <= LONGEST; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      if (next >= 1 << length) throw new RangeError("tables: no prefix code");
      for (let i = reversed(next, length); i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
      next++;
    }
    next <<= 1;
  }
  return table;
}

/**
 * @param {number} v
 * @param {number} n bits
 */
function reversed(v, n) {
  let r = 0;
  for (; n > 0; n--, v >>= 1) r = (r << 1) | (v & 1);
  return r;
}

/**
 * An unsigned number: u(T, v).
 * @param {Uint16Array} table
 */
export function readU(table) {
  const s = symbol(table);
  if (s < 4) return s;
  const low = (s >> 1) - 1;
  return (((2 | (s & 1)) << low) | long(low)) >>> 0;
}

/**
 * A signed number: z(T, x).
 * @param {Uint16Array} table
 */
export function readZ(table) {
  const u = readU(table);
  return (u >>> 1) ^ -(u & 1);
}

/** A code for the common masks of a type; its last symbol says that the mask follows raw. */
export class MaskCode {
  /** @param {any} item [lengths, mask…] */
  constructor(item) {
    const [lengths, ...masks] = list(item);
    if (masks.length >= MAX_SYMBOLS || !masks.every((m) => Number.isInteger(m) && m >= 0 && m < 2 ** MAX_FIELDS)) {
      throw new RangeError("tables: bad masks");
    }
    this.table = codeTable(bytes(lengths));
    /** @type {number[]} */
    this.masks = masks;
  }

  /**
   * @param {number} fields
   * @returns {number}
   */
  read(fields) {
    const s = symbol(this.table);
    return s < this.masks.length ? this.masks[s] : long(fields);
  }
}

/**
 * Codes of one field; those that its kind does not need are missing.
 * @typedef {object} FieldCodes
 * @property {Uint16Array} start residual of a field that rested
 * @property {Uint16Array} motion of one that moved
 * @property {Uint16Array} fast of one that moved by 2^split or more
 * @property {Uint16Array} jump coalesced residual
 * @property {Uint16Array} turn the same if the motion changed by more than 1
 * @property {Uint16Array} speed coalesced change of the motion
 * @property {Uint16Array} initial motion of an added entity
 * @property {Uint16Array} length of a variable value
 * @property {number} split
 */

/**
 * Codes of one type.
 * @typedef {object} TypeCodes
 * @property {Uint16Array} count
 * @property {Uint16Array} remove
 * @property {Uint16Array} add
 * @property {Uint16Array} change
 * @property {MaskCode[]} masks steady rested, steady moved, coalesced rested, coalesced moved; or none
 * @property {FieldCodes[]} fields
 */

/**
 * What a field's values need, in the order of the wire.
 * @param {Field} field
 * @returns {string[]}
 */
function roles({ op }) {
  if (op === VARIABLE) return ["length"];
  if (op === RAW) return [];
  return op === PREDICT ? ["start", "motion", "fast", "jump", "turn", "speed", "initial", "split"] : ["start", "jump"];
}

/**
 * Reads the keys epoch, tables, masks and codes of a schema, or of the message
 * that announces a new epoch.
 * @param {Record<string, any>} map
 * @param {Type[]} types
 * @returns {TypeCodes[]}
 */
export function parseCodes(map, types) {
  if (list(map.tables).length > MAX_TABLES || list(map.masks).length > MAX_MASK_CODES) throw new RangeError("tables: too many");
  const tables = map.tables.map((/** @type {any} */ t) => codeTable(bytes(t)));
  const masks = map.masks.map((/** @type {any} */ m) => new MaskCode(m));
  if (list(map.codes).length !== types.length) throw new RangeError("tables: of other types");
  return map.codes.map((/** @type {any} */ item, /** @type {number} */ i) => parseType(item, types[i], tables, masks));
}

/**
 * @param {any} item
 * @param {Type} type
 * @param {Uint16Array[]} tables
 * @param {MaskCode[]} masks
 * @returns {TypeCodes}
 */
function parseType(item, type, tables, masks) {
  const [own, uses, ofFields] = list(item).map(list);
  const [count, remove, add, change] = own.map((i) => pick(tables, i));
  if (own.length !== 4 || (uses.length !== 0 && uses.length !== 4)) throw new RangeError("tables: bad type");
  const rest = [...ofFields];
  const fields = type.fields.map((field) => parseField(field, rest, tables));
  if (rest.length > 0) throw new RangeError("tables: of other fields");
  return { count, remove, add, change, masks: uses.map((i) => pick(masks, i)), fields };
}

/**
 * @param {Field} field
 * @param {any[]} rest numbers not yet read
 * @param {Uint16Array[]} tables
 * @returns {FieldCodes}
 */
function parseField(field, rest, tables) {
  /** @type {Record<string, any>} */
  const codes = {};
  for (const role of roles(field)) codes[role] = role === "split" ? split(rest.shift()) : pick(tables, rest.shift());
  return /** @type {FieldCodes} */ (codes);
}

/** @param {any} v */
function split(v) {
  if (!(Number.isInteger(v) && v >= 0 && v <= SPLIT_MAX)) throw new RangeError("tables: bad split");
  return v;
}

/**
 * @template T
 * @param {T[]} from
 * @param {any} i
 * @returns {T}
 */
function pick(from, i) {
  if (!Number.isInteger(i) || i < 0 || i >= from.length) throw new RangeError("tables: no such table");
  return from[i];
}

/** @param {any} v @returns {any[]} */
function list(v) {
  if (!Array.isArray(v)) throw new TypeError("tables: not a list");
  return v;
}

/** @param {any} v @returns {Uint8Array} */
function bytes(v) {
  if (!(v instanceof Uint8Array)) throw new TypeError("tables: not binary");
  return v;
}
