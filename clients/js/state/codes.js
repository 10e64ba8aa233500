// Prefix codes of the bit-packed form, and which code tells what.
// Source: docs/state-format.md, "Tables".

import { long, NO_CODE, number, symbol } from "./bits.js";
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
 * The look-up table of a canonical Huffman code: by the next ten bits what
 * entry() makes of a symbol and its length.
 * @param {Uint8Array} packed lengths of symbols 2i and 2i+1 in the low and high half of byte i
 * @param {(symbol: number, length: number) => number} entry
 * @returns {Uint16Array}
 */
function codeTable(packed, entry) {
  if (packed.length * 2 > MAX_SYMBOLS) throw new RangeError("tables: too many symbols");
  const lengths = [...packed].flatMap((b) => [b & 15, b >> 4]);
  if (!lengths.some((n) => n > 0) || lengths.some((n) => n > LONGEST)) throw new RangeError("tables: bad lengths");
  const table = new Uint16Array(1 << LONGEST).fill(NO_CODE);
  let next = 0;
  for (let length = 1; length <= LONGEST; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      if (next >= 1 << length) throw new RangeError("tables: no prefix code");
      for (let i = reversed(next, length); i < table.length; i += 1 << length) table[i] = entry(symbol, length);
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
 * What a symbol tells of an unsigned number, as number() wants it: its highest
 * bits, how many follow, and how many there are with the symbol's own.
 * @param {number} s
 * @param {number} length
 */
function head(s, length) {
  const low = s < 4 ? 0 : (s >> 1) - 1;
  return ((s < 4 ? s : 2 | (s & 1)) << 11) | (low << 6) | (length + low);
}

/**
 * A signed number: z(T, x); an unsigned one, u(T, v), is number(T).
 * @param {Uint16Array} table
 */
export function signed(table) {
  const u = number(table);
  return (u >>> 1) ^ ((u << 31) >> 31); // as integers: −x would not be one, since there is −0
}

/** A code for the common masks of a type; its last symbol says that the mask follows raw. */
export class MaskCode {
  /** @param {any} item [lengths, mask…] */
  constructor(item) {
    const [lengths, ...masks] = list(item);
    if (masks.length >= MAX_SYMBOLS || !masks.every((m) => Number.isInteger(m) && m >= 0 && m < 2 ** MAX_FIELDS)) {
      throw new RangeError("tables: bad masks");
    }
    this.table = codeTable(bytes(lengths), (symbol, length) => (symbol << 6) | length);
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

/** @type {Uint16Array} */
const NONE = new Uint16Array(1 << LONGEST).fill(NO_CODE);

/** Codes of one field; those that its kind does not need have no symbols. One shape for all kinds: engines read that faster. */
export class FieldCodes {
  start = NONE; // residual of a field that rested
  motion = NONE; // of one that moved
  fast = NONE; // of one that moved by limit or more
  jump = NONE; // coalesced residual
  turn = NONE; // the same if the motion changed by more than 1
  speed = NONE; // coalesced change of the motion
  initial = NONE; // motion of an added entity
  length = NONE; // of a variable value
  limit = 1;
}

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
 * @returns {(keyof FieldCodes)[]}
 */
function roles({ op }) {
  if (op === VARIABLE) return ["length"];
  if (op === RAW) return [];
  return op === PREDICT ? ["start", "motion", "fast", "jump", "turn", "speed", "initial", "limit"] : ["start", "jump"];
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
  const tables = map.tables.map((/** @type {any} */ t) => codeTable(bytes(t), head));
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
  const codes = new FieldCodes();
  for (const role of roles(field)) {
    if (role === "limit") codes.limit = 1 << split(rest.shift());
    else codes[role] = pick(tables, rest.shift());
  }
  return codes;
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
