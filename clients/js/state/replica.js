// A client's copy of a match's state, kept up to date by the frames of the
// server. Frames come in two forms with one meaning; the first byte tells which.

import { asBytes } from "../engine/wire.js";
import { decode } from "../msgpack/decode.js";
import { applyB } from "./bform.js";
import { parseCodes } from "./codes.js";
import { COALESCED, KEYFRAME, MAX_SLOT, REACH, STEADY } from "./frame.js";
import { applyM } from "./mform.js";
import { meaning, parseSchema } from "./schema.js";
import { SlotSet } from "./slots.js";
import { write } from "./write.js";

/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("./schema.js").Schema} Schema */
/** @typedef {import("./schema.js").Type} Type */
/** @typedef {Record<string, any>} Entity */

const MAX_TABLES = 64 << 10; // bytes

/** One entity: what travels, and what a game sees of it. */
export class Row {
  /**
   * @param {any[]} values stored values in field order
   * @param {number} born tick of its add; a slot that is used again has another one
   */
  constructor(values, born) {
    this.values = values;
    this.born = born;
    this.touched = born; // tick of the last change
    /** @type {number[]} motion of the fields, where moved says that there is any */
    this.d = [];
    this.moved = 0; // mask of the fields that moved at tick touched
    /** @type {Entity} */
    this.entity = {};
  }
}

/** The entities of one type. */
export class Table {
  /** @type {(Row | undefined)[]} by slot */
  rows = [];
  /** @type {Map<number, Entity>} */
  entities = new Map();
  live = new SlotSet();
  // Of the bit-packed form:
  fresh = new SlotSet(); // added by the frame that is applied
  moving = new SlotSet(); // with motion after it
  wasMoving = new SlotSet(); // with motion before it

  /** @param {Type} type */
  constructor(type) {
    this.name = type.name;
    this.fields = type.fields;
  }

  /**
   * Puts an entity where it replaces whatever the slot held.
   * @param {number} slot
   * @param {any[]} values
   * @param {number} tick
   * @returns {Row}
   */
  add(slot, values, tick) {
    if (!(Number.isInteger(slot) && slot >= 0 && slot <= MAX_SLOT)) throw new RangeError(`slot ${slot}`);
    const row = new Row(values, tick);
    for (let i = 0; i < values.length; i++) write(row.entity, this.fields[i], meaning(this.fields[i], values[i]));
    while (this.rows.length < slot) this.rows.push(undefined); // no holes: they make every access slow
    this.rows[slot] = row;
    this.entities.set(slot, row.entity);
    this.live.add(slot);
    this.fresh.add(slot);
    return row;
  }

  /** @param {number} slot of an entity; nothing happens if there is none */
  remove(slot) {
    if (!this.entities.delete(slot)) return;
    this.rows[slot] = undefined;
    this.live.delete(slot);
  }

  /**
   * @param {number} slot
   * @returns {Row}
   */
  row(slot) {
    const row = this.rows[slot];
    if (!row) throw new RangeError(`${this.name} ${slot} does not exist`);
    return row;
  }

  /**
   * @param {Row} row
   * @param {number} i
   * @param {any} stored
   */
  set(row, i, stored) {
    const field = this.fields[i];
    row.values[i] = stored;
    write(row.entity, field, meaning(field, stored));
  }

  /** Makes what moved in the last frame the past. */
  turn() {
    [this.moving, this.wasMoving] = [this.wasMoving, this.moving];
    this.moving.clear();
    this.fresh.clear();
  }

  clear() {
    this.rows = [];
    this.entities.clear();
    for (const set of [this.live, this.fresh, this.moving, this.wasMoving]) set.clear();
  }
}

export class Replica {
  /** Tick of the state; −1 while only a keyframe can help. */
  tick = -1;
  #form = "";

  /** @param {Uint8Array | ArrayBuffer | Schema} schema as match:start carries it */
  constructor(schema) {
    const bytes = asBytes(schema);
    /** @type {Schema} */
    this.schema = bytes ? parseSchema(bytes) : /** @type {Schema} */ (schema);
    /** @type {Table[]} in schema order */
    this.tables = this.schema.types.map((type) => new Table(type));
    const { raw } = this.schema;
    /** @type {import("./codes.js").TypeCodes[]} of the bit-packed form; none: the server has only the other one */
    this.codes = raw.codes ? parseCodes(raw, this.schema.types) : [];
  }

  /**
   * Takes a new epoch of codes, which the server announces (match:tables)
   * before the first frame that needs it.
   * @param {Uint8Array | ArrayBuffer} tables
   */
  learn(tables) {
    const bytes = /** @type {Uint8Array} */ (asBytes(tables));
    if (bytes.length > MAX_TABLES) throw new RangeError("tables are too large");
    this.codes = parseCodes(decode(bytes) ?? {}, this.schema.types);
  }

  get hz() {
    return this.schema.hz;
  }

  get hash() {
    return this.schema.hash;
  }

  /** Names of the entity types. */
  get types() {
    return this.tables.map((t) => t.name);
  }

  /**
   * The entities of a type by slot. The map and its objects are the replica's
   * own: read them, and copy what is to outlive the next frame.
   * @param {string} type
   * @returns {Map<number, Entity>}
   */
  entities(type) {
    return this.tables.find((t) => t.name === type)?.entities ?? new Map();
  }

  /**
   * Applies a frame. After an error the state is unusable until a keyframe:
   * ask the server for one (match:resync).
   * @param {Uint8Array | ArrayBuffer} frame
   */
  apply(frame) {
    const bytes = /** @type {Uint8Array} */ (asBytes(frame));
    try {
      // Form M is a MessagePack array. It does not tell of motion, so that only
      // a keyframe may change the form.
      const form = bytes[0] >= 0x90 ? "M" : "B";
      if (form !== this.#form) this.tick = -1;
      this.#form = form;
      if (form === "M") applyM(this, bytes);
      else applyB(this, bytes);
    } catch (err) {
      this.tick = -1;
      throw err;
    }
  }

  /**
   * Checks that a frame of this class continues the state, and clears the state for a keyframe.
   * @param {number} kind
   * @param {number} base
   * @param {number} tick
   */
  begin(kind, base, tick) {
    if (kind === KEYFRAME) {
      for (const table of this.tables) table.clear();
    } else if (kind !== STEADY && kind !== COALESCED) {
      throw new RangeError(`frame class ${kind}`);
    } else if (this.tick < 0 || base !== this.tick) {
      throw new Error(`frame from tick ${base} does not continue tick ${this.tick}`);
    } else if (tick <= base || tick - base > (kind === STEADY ? 1 : REACH)) {
      throw new RangeError(`frame from tick ${base} to ${tick}`);
    }
  }
}
