// The bit-packed form of frames.
// Source: docs/state-format.md, "B-form".

import { left, long, number, open, over, read } from "./bits.js";
import { signed } from "./codes.js";
import { crc } from "./crc.js";
import { COALESCED, KEYFRAME, MAX_SLOT, STEADY } from "./frame.js";
import { motion, predict, restore, wrapped } from "./motion.js";
import { meaning, PREDICT, RAW, RESIDUAL, VARIABLE } from "./schema.js";
import { lowest } from "./slots.js";
import { write } from "./write.js";

/** @typedef {import("./codes.js").FieldCodes} FieldCodes */
/** @typedef {import("./codes.js").MaskCode} MaskCode */
/** @typedef {import("./codes.js").TypeCodes} TypeCodes */
/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./replica.js").Row} Row */
/** @typedef {import("./replica.js").Table} Table */
/** @typedef {import("./schema.js").Field} Field */

const FLAG_CRC = 8;
const NEVER = 9; // more than any op
const float = new DataView(new ArrayBuffer(4));
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param {Replica} replica
 * @param {Uint8Array} frame
 */
export function applyB(replica, frame) {
  const head = readHead(replica, frame);
  ({ kind, base, tick } = head);
  common = kind === STEADY ? RESIDUAL : NEVER;
  replica.begin(kind, base, tick);
  open(frame, head.at);
  for (let i = 0; i < replica.tables.length; i++) {
    table = replica.tables[i];
    codes = replica.codes[i];
    table.turn();
    if (read(1) === 1) section();
  }
  if (over() || left() >= 8) throw new RangeError("frame: bad end");
  if (head.check !== undefined && head.check !== crc(replica)) throw new Error("the state differs from the server's");
  replica.tick = tick;
}

/**
 * @param {Replica} replica
 * @param {Uint8Array} frame
 */
function readHead(replica, frame) {
  let at = 1;
  const kind = frame[0] & 7;
  if (frame[0] >> 4 !== 0) throw new RangeError("frame: unknown version");
  let base = 0;
  if (kind !== KEYFRAME) {
    if (frame[at++] !== (replica.tick & 255)) throw new Error(`frame does not continue tick ${replica.tick}`);
    base = replica.tick;
  }
  const { v, next } = varint(frame, at);
  at = next;
  let check;
  if (frame[0] & FLAG_CRC) {
    if (at + 4 > frame.length) throw new RangeError("frame: bad head");
    check = new DataView(frame.buffer, frame.byteOffset + at, 4).getUint32(0, true);
    at += 4;
  }
  return { kind, base, tick: base + v, check, at };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function varint(bytes, at) {
  let v = 0;
  for (let shift = 0; shift < 35 && at < bytes.length; shift += 7) {
    const b = bytes[at++];
    v += (b & 127) * 2 ** shift;
    if (b < 128) return { v, next: at };
  }
  throw new RangeError("frame: bad number");
}

// The part of a frame about one type, and the frame's head. In variables of the
// module, as the bits are: nothing here calls out.
/** @type {Table} */
let table;
/** @type {TypeCodes} */
let codes;
let kind = 0;
let base = 0;
let tick = 0;
let common = NEVER; // fields with this op or a higher one change in the common way

function section() {
  removes();
  adds();
  if (codes.masks.length > 0) movers();
  else table.wasMoving.clear();
  changes();
}

/** Nothing but the question, so that engines join it to loops. */
function check() {
  if (over()) short();
}

function short() {
  throw new RangeError("unexpected end of frame");
}

/** How many entities follow; each takes at least a bit. */
function count() {
  const n = number(codes.count);
  if (n > left()) throw new RangeError(`frame: ${n} entities`);
  return n;
}

function removes() {
  let slot = -1;
  for (let n = count(); n > 0; n--) {
    slot = table.live.skip(slot + 1, number(codes.remove));
    check();
    if (slot < 0) throw new RangeError("frame: removes what is not there");
    table.remove(slot);
  }
}

function adds() {
  let slot = -1;
  for (let n = count(); n > 0; n--) {
    slot += 1 + number(codes.add);
    if (slot > MAX_SLOT) throw new RangeError(`slot ${slot}`);
    add(slot);
    check();
  }
}

/** @param {number} slot */
function add(slot) {
  const { fields } = table;
  const values = [];
  const d = [];
  let moved = 0;
  for (let i = 0; i < fields.length; i++) {
    values.push(full(i));
    d.push(fields[i].op === PREDICT ? possible(fields[i], signed(codes.fields[i].initial)) : 0);
    if (d[i] !== 0) moved |= 1 << i;
  }
  const row = table.add(slot, values, tick);
  row.d = d;
  moves(slot, row, moved);
}

/** @param {number} i field of an added entity */
function full(i) {
  const field = table.fields[i];
  if (field.op === VARIABLE) return variable(field, codes.fields[i]);
  return read(1) === 1 ? raw(field) : 0;
}

/**
 * @param {Field} field
 * @param {number} d
 */
function possible(field, d) {
  if (Math.abs(d) >= field.teleport) throw new RangeError("frame: moves too far");
  return d;
}

/** Those that moved at the base: they need no gap, and their mask is against what moved. */
function movers() {
  const { wasMoving, live, fresh, rows } = table;
  const { words } = wasMoving;
  const code = codes.masks[kind === COALESCED ? 3 : 1];
  for (let i = 0; i < words.length; i++) {
    words[i] &= live.words[i] & ~fresh.words[i];
    for (let w = words[i]; w !== 0; w &= w - 1) {
      const slot = (i << 5) + lowest(w);
      const row = /** @type {Row} */ (rows[slot]);
      const mask = readMask(code, row.moved);
      if (mask !== 0) change(slot, row, mask);
      check();
    }
  }
}

function changes() {
  const { live, wasMoving, fresh } = table;
  const code = codes.masks[kind === COALESCED ? 2 : 0];
  let slot = -1;
  for (let n = count(); n > 0; n--) {
    slot = live.skip(slot + 1, number(codes.change), wasMoving, fresh);
    if (slot < 0) throw new RangeError("frame: changes what is not there");
    const mask = code ? readMask(code, 0) : long(table.fields.length);
    if (mask === 0) throw new RangeError("frame: changes nothing");
    change(slot, table.row(slot), mask);
    check();
  }
}

/**
 * @param {MaskCode} code
 * @param {number} moved fields that moved at the base
 */
function readMask(code, moved) {
  const n = table.fields.length;
  const mask = code.read(n) ^ moved;
  if (mask >>> n !== 0) throw new RangeError("frame: bad mask");
  return mask;
}

/**
 * @param {number} slot
 * @param {Row} row
 * @param {number} mask
 */
function change(slot, row, mask) {
  const moving = row.touched === base ? row.moved : 0;
  let moved = 0;
  for (let w = mask; w !== 0; w &= w - 1) {
    const i = lowest(w);
    const d = moving & (1 << i) ? row.d[i] : 0;
    const next = changeField(row, i, d);
    if (next === 0) continue;
    row.d[i] = next;
    moved |= 1 << i;
  }
  row.touched = tick;
  moves(slot, row, moved);
}

/**
 * Reads a changed field. Small functions, the common case first: engines put
 * together what they can, up to a size.
 * @param {Row} row
 * @param {number} i
 * @param {number} d its motion at the base
 * @returns {number} its motion now
 */
function changeField(row, i, d) {
  const field = table.fields[i];
  if (field.op < common) return changeOther(row, i, field, d);
  const c = codes.fields[i];
  const old = row.values[i];
  let code = c.start;
  let expected = old;
  if (d !== 0) {
    code = Math.abs(d) < c.limit ? c.motion : c.fast;
    expected = predict(field, old, d);
  }
  const v = restore(field, signed(code), expected);
  row.values[i] = v;
  write(row.entity, field, meaning(field, v));
  return motion(field, v, old);
}

/**
 * @param {Row} row
 * @param {number} i
 * @param {Field} field
 * @param {number} d
 */
function changeOther(row, i, field, d) {
  if (field.op >= RESIDUAL) return jump(row, i, field, d);
  table.set(row, i, field.op === RAW ? raw(field) : variable(field, codes.fields[i]));
  return 0;
}

/**
 * @param {Row} row
 * @param {number} i
 * @param {Field} field
 * @param {number} d
 */
function jump(row, i, field, d) {
  const c = codes.fields[i];
  const old = row.values[i];
  if (field.op !== PREDICT) {
    table.set(row, i, restore(field, signed(c.jump), old));
    return 0;
  }
  const turn = signed(c.speed);
  const now = possible(field, d + turn);
  const expected = predict(field, old, ((tick - base) * (now + d)) >> 1);
  table.set(row, i, restore(field, signed(turn < -1 || turn > 1 ? c.turn : c.jump), expected));
  return now;
}

/**
 * @param {number} slot
 * @param {Row} row
 * @param {number} moved
 */
function moves(slot, row, moved) {
  row.moved = moved;
  if (moved !== 0) table.moving.add(slot);
}

/** @param {Field} field */
function raw(field) {
  const v = long(field.bits);
  if (field.kind === "int") return wrapped(v, field.bits);
  if (field.kind !== "f32") return v;
  float.setUint32(0, v);
  return float.getFloat32(0);
}

/**
 * @param {Field} field
 * @param {FieldCodes} c
 */
function variable({ kind, max, bits }, c) {
  const n = number(c.length);
  if (n > max || n * bits > left()) throw new RangeError(`frame: ${n} bytes or items`);
  if (kind === "list") return Array.from({ length: n }, () => long(bits));
  const bytes = Uint8Array.from({ length: n }, () => read(8));
  return kind === "string" ? utf8.decode(bytes) : bytes;
}
