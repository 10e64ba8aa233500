// The bit-packed form of frames.
// Source: docs/state-format.md, "B-form".

import { BitReader } from "./bits.js";
import { readU, readZ } from "./codes.js";
import { crc } from "./crc.js";
import { COALESCED, KEYFRAME, MAX_SLOT } from "./frame.js";
import { motion, predict, restore, saysMotion, wrapped } from "./motion.js";
import { lowest } from "./slots.js";

/** @typedef {import("./codes.js").TypeCodes} TypeCodes */
/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./replica.js").Row} Row */
/** @typedef {import("./replica.js").Table} Table */
/** @typedef {import("./schema.js").Field} Field */

const FLAG_CRC = 8;
const float = new DataView(new ArrayBuffer(4));
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param {Replica} replica
 * @param {Uint8Array} frame
 */
export function applyB(replica, frame) {
  const { kind, base, tick, check, at } = readHead(replica, frame);
  replica.begin(kind, base, tick);
  const bits = new BitReader(frame, at);
  replica.tables.forEach((table, i) => {
    table.turn();
    if (bits.read(1) === 1) new Section(bits, table, replica.codes[i], kind, base, tick).apply();
  });
  if (bits.over() || bits.left() >= 8) throw new RangeError("frame: bad end");
  if (check !== undefined && check !== crc(replica)) throw new Error("the state differs from the server's");
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

/** The part of a frame about one type. */
class Section {
  #bits;
  #table;
  #codes;
  #kind;
  #base;
  #tick;

  /**
   * @param {BitReader} bits
   * @param {Table} table
   * @param {TypeCodes} codes
   * @param {number} kind
   * @param {number} base
   * @param {number} tick
   */
  constructor(bits, table, codes, kind, base, tick) {
    this.#bits = bits;
    this.#table = table;
    this.#codes = codes;
    this.#kind = kind;
    this.#base = base;
    this.#tick = tick;
  }

  apply() {
    this.#removes();
    this.#adds();
    if (this.#codes.masks.length > 0) this.#movers();
    else this.#table.wasMoving.clear();
    this.#changes();
  }

  #check() {
    if (this.#bits.over()) throw new RangeError("unexpected end of frame");
  }

  /** How many entities follow; each takes at least a bit. */
  #count() {
    const n = readU(this.#bits, this.#codes.count);
    if (n > this.#bits.left()) throw new RangeError(`frame: ${n} entities`);
    return n;
  }

  #removes() {
    const { live } = this.#table;
    let slot = -1;
    for (let n = this.#count(); n > 0; n--) {
      slot = live.skip(slot + 1, readU(this.#bits, this.#codes.remove));
      this.#check();
      if (slot < 0) throw new RangeError("frame: removes what is not there");
      this.#table.remove(slot);
    }
  }

  #adds() {
    let slot = -1;
    for (let n = this.#count(); n > 0; n--) {
      slot += 1 + readU(this.#bits, this.#codes.add);
      if (slot > MAX_SLOT) throw new RangeError(`slot ${slot}`);
      this.#add(slot);
      this.#check();
    }
  }

  /** @param {number} slot */
  #add(slot) {
    const { fields } = this.#table;
    const values = [];
    const d = [];
    let moved = 0;
    for (let i = 0; i < fields.length; i++) {
      values.push(this.#full(i));
      d.push(saysMotion(fields[i]) ? this.#possible(i, readZ(this.#bits, this.#codes.fields[i].initial)) : 0);
      if (d[i] !== 0) moved |= 1 << i;
    }
    const row = this.#table.add(slot, values, this.#tick);
    row.d = d;
    this.#moves(slot, row, moved);
  }

  /** @param {number} i field of an added entity */
  #full(i) {
    const field = this.#table.fields[i];
    if (isVariable(field)) return this.#variable(i);
    return this.#bits.read(1) === 1 ? this.#raw(field) : 0;
  }

  /**
   * @param {number} i
   * @param {number} d
   */
  #possible(i, d) {
    const { teleport } = this.#table.fields[i];
    if (d >= teleport || d <= -teleport) throw new RangeError("frame: moves too far");
    return d;
  }

  /** Those that moved at the base: they need no gap, and their mask is against what moved. */
  #movers() {
    const { wasMoving, live, fresh } = this.#table;
    for (let i = 0; i < wasMoving.words.length; i++) {
      wasMoving.words[i] &= live.words[i] & ~fresh.words[i];
      for (let w = wasMoving.words[i]; w !== 0; w &= w - 1) {
        const slot = (i << 5) + lowest(w);
        const row = this.#table.row(slot);
        const mask = this.#mask(row.moved);
        if (mask !== 0) this.#change(slot, row, mask);
      }
    }
  }

  #changes() {
    const { live, wasMoving, fresh } = this.#table;
    let slot = -1;
    for (let n = this.#count(); n > 0; n--) {
      slot = live.skip(slot + 1, readU(this.#bits, this.#codes.change), wasMoving, fresh);
      if (slot < 0) throw new RangeError("frame: changes what is not there");
      const mask = this.#mask(0);
      if (mask === 0) throw new RangeError("frame: changes nothing");
      this.#change(slot, this.#table.row(slot), mask);
    }
  }

  /** @param {number} moved fields that moved at the base */
  #mask(moved) {
    const n = this.#table.fields.length;
    const { masks } = this.#codes;
    if (masks.length === 0) return this.#bits.long(n);
    const use = (moved !== 0 ? 1 : 0) + (this.#kind === COALESCED ? 2 : 0);
    const mask = masks[use].read(this.#bits, n) ^ moved;
    if (mask >= 2 ** n) throw new RangeError("frame: bad mask");
    return mask;
  }

  /**
   * @param {number} slot
   * @param {Row} row
   * @param {number} mask
   */
  #change(slot, row, mask) {
    const moving = row.touched === this.#base ? row.moved : 0;
    let moved = 0;
    for (let w = mask; w !== 0; w &= w - 1) {
      const i = lowest(w);
      const field = this.#table.fields[i];
      const d = moving & (1 << i) ? row.d[i] : 0;
      const next = this.#field(row, i, field, d);
      if (next === 0) continue;
      row.d[i] = next;
      moved |= 1 << i;
    }
    row.touched = this.#tick;
    this.#moves(slot, row, moved);
    this.#check();
  }

  /**
   * Reads a changed field.
   * @param {Row} row
   * @param {number} i
   * @param {Field} field
   * @param {number} d its motion at the base
   * @returns {number} its motion now
   */
  #field(row, i, field, d) {
    if (isVariable(field)) return this.#set(row, i, this.#variable(i));
    if (field.kind === "f32" || field.bits <= 2) return this.#set(row, i, this.#raw(field));
    if (this.#kind === COALESCED) return this.#jump(row, i, field, d);
    const codes = this.#codes.fields[i];
    const old = row.values[i];
    const code = d === 0 ? codes.start : motionBits(d) > codes.split ? codes.fast : codes.motion;
    const v = restore(field, readZ(this.#bits, code), d === 0 ? old : predict(field, old, d));
    this.#set(row, i, v);
    return motion(field, v, old);
  }

  /**
   * @param {Row} row
   * @param {number} i
   * @param {Field} field
   * @param {number} d
   */
  #jump(row, i, field, d) {
    const codes = this.#codes.fields[i];
    const old = row.values[i];
    if (!saysMotion(field)) return this.#set(row, i, restore(field, readZ(this.#bits, codes.jump), old));
    const turn = readZ(this.#bits, codes.speed);
    const now = this.#possible(i, d + turn);
    const expected = predict(field, old, ((this.#tick - this.#base) * (now + d)) >> 1);
    const code = turn < -1 || turn > 1 ? codes.turn : codes.jump;
    this.#set(row, i, restore(field, readZ(this.#bits, code), expected));
    return now;
  }

  /**
   * @param {Row} row
   * @param {number} i
   * @param {any} v
   */
  #set(row, i, v) {
    this.#table.set(row, i, v, this.#tick);
    return 0;
  }

  /**
   * @param {number} slot
   * @param {Row} row
   * @param {number} moved
   */
  #moves(slot, row, moved) {
    row.moved = moved;
    if (moved !== 0) this.#table.moving.add(slot);
  }

  /** @param {Field} field */
  #raw(field) {
    const raw = this.#bits.long(field.bits);
    if (field.kind === "int") return wrapped(raw, field.bits);
    if (field.kind !== "f32") return raw;
    float.setUint32(0, raw);
    return float.getFloat32(0);
  }

  /** @param {number} i */
  #variable(i) {
    const { kind, max, bits } = this.#table.fields[i];
    const n = readU(this.#bits, this.#codes.fields[i].length);
    if (n > max || n * bits > this.#bits.left()) throw new RangeError(`frame: ${n} bytes or items`);
    if (kind === "list") return Array.from({ length: n }, () => this.#bits.long(bits));
    const bytes = Uint8Array.from({ length: n }, () => this.#bits.read(8));
    return kind === "string" ? utf8.decode(bytes) : bytes;
  }
}

/** @param {Field} field */
function isVariable({ kind }) {
  return kind === "string" || kind === "bytes" || kind === "list";
}

/** @param {number} d */
function motionBits(d) {
  return 32 - Math.clz32(d < 0 ? -d : d);
}
