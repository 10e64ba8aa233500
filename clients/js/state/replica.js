// A client's copy of a match's state, kept up to date by the frames of the
// server. Frames come in two forms with one meaning; the first byte tells which.

import { asBytes } from "../engine/wire.js";
import { applyM } from "./mform.js";
import { meaning, parseSchema } from "./schema.js";

/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("./schema.js").Schema} Schema */
/** @typedef {import("./schema.js").Type} Type */
/** @typedef {Record<string, any>} Entity */

export const STEADY = 1;
export const COALESCED = 2;
export const KEYFRAME = 3;

const MAX_SLOT = 65533;

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
   */
  add(slot, values, tick) {
    if (!(Number.isInteger(slot) && slot >= 0 && slot <= MAX_SLOT)) throw new RangeError(`slot ${slot}`);
    const row = new Row(values, tick);
    for (let i = 0; i < values.length; i++) row.entity[this.fields[i].name] = meaning(this.fields[i], values[i]);
    while (this.rows.length < slot) this.rows.push(undefined); // no holes: they make every access slow
    this.rows[slot] = row;
    this.entities.set(slot, row.entity);
  }

  /** @param {number} slot of an entity; nothing happens if there is none */
  remove(slot) {
    if (!this.entities.delete(slot)) return;
    this.rows[slot] = undefined;
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
   * @param {number} tick
   */
  set(row, i, stored, tick) {
    const field = this.fields[i];
    row.values[i] = stored;
    row.touched = tick;
    row.entity[field.name] = meaning(field, stored);
  }

  clear() {
    this.rows = [];
    this.entities.clear();
  }
}

export class Replica {
  /** Tick of the state; −1 while only a keyframe can help. */
  tick = -1;

  /** @param {Uint8Array | ArrayBuffer | Schema} schema as match:start carries it */
  constructor(schema) {
    const bytes = asBytes(schema);
    /** @type {Schema} */
    this.schema = bytes ? parseSchema(bytes) : /** @type {Schema} */ (schema);
    /** @type {Table[]} in schema order */
    this.tables = this.schema.types.map((type) => new Table(type));
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
      applyM(this, bytes);
    } catch (err) {
      this.tick = -1;
      throw err;
    }
  }

  /**
   * Checks that a frame of this class continues the state, and clears the state for a keyframe.
   * @param {number} kind
   * @param {number} base
   */
  begin(kind, base) {
    if (kind === KEYFRAME) {
      for (const table of this.tables) table.clear();
    } else if (kind !== STEADY && kind !== COALESCED) {
      throw new RangeError(`frame class ${kind}`);
    } else if (this.tick < 0 || base !== this.tick) {
      throw new Error(`frame from tick ${base} does not continue tick ${this.tick}`);
    }
  }
}
