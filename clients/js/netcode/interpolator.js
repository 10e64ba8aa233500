// The state at a moment between two ticks.

import { wrapped } from "../state/motion.js";
import { meaning } from "../state/schema.js";
import { write } from "../state/write.js";

/** @typedef {import("../state/replica.js").Entity} Entity */
/** @typedef {import("../state/replica.js").Replica} Replica */
/** @typedef {import("../state/replica.js").Row} Row */
/** @typedef {import("../state/replica.js").Table} Table */
/** @typedef {import("../state/schema.js").Field} Field */

/**
 * An entity at a tick. Ticks at which nothing changed share one sample.
 * @typedef {{ born: number, values: any[] }} Sample
 */

/**
 * @typedef {object} Snapshot
 * @property {number} tick
 * @property {(Sample | undefined)[][]} tables samples by type and slot
 */

/** @typedef {{ entity: Entity, born: number, from: Sample, to: Sample }} Drawn */

const MAX_SNAPSHOTS = 64;

export class Interpolator {
  /** Fractional tick of the last view(). */
  tick = -1;
  #replica;
  /** @type {Snapshot[]} oldest first */
  #snapshots = [];
  /** @type {Map<number, Entity>[]} by type: what view() hands out */
  #entities;
  /** @type {Map<number, Drawn>[]} */
  #drawn;

  /** @param {Replica} replica */
  constructor(replica) {
    this.#replica = replica;
    this.#entities = replica.tables.map(() => new Map());
    this.#drawn = replica.tables.map(() => new Map());
  }

  /** Remembers the replica's state. Call it after each frame. */
  record() {
    const { tick, tables } = this.#replica;
    const before = this.#snapshots.at(-1);
    if (before && tick <= before.tick) this.#snapshots = []; // a keyframe went back in time
    if (this.#snapshots.length >= MAX_SNAPSHOTS) this.#snapshots.shift(); // nobody looks
    this.#snapshots.push({
      tick,
      tables: tables.map((table, t) => table.rows.map((row, slot) => row && sample(row, tick, before?.tables[t][slot]))),
    });
  }

  /**
   * The state at a fractional tick. What it returns is valid until the next
   * call; entities are the same objects from call to call.
   * @param {number} tick
   */
  view(tick) {
    const list = this.#snapshots;
    this.tick = tick;
    while (list.length > 2 && list[1].tick <= tick) list.shift();
    const [from, to = from] = list;
    if (from) this.#draw(from, tick > from.tick || to === from ? to : from, tick);
    return this;
  }

  /**
   * @param {string} type
   * @returns {Map<number, Entity>} by slot
   */
  entities(type) {
    const i = this.#replica.tables.findIndex((t) => t.name === type);
    return this.#entities[i] ?? new Map();
  }

  /**
   * @param {Snapshot} from
   * @param {Snapshot} to
   * @param {number} tick
   */
  #draw(from, to, tick) {
    const span = to.tick - from.tick;
    const share = span > 0 ? Math.min(1, (tick - from.tick) / span) : 0;
    // At the end of the span it is the later state alone: what was added or removed shows.
    const shown = share < 1 ? from : to;
    this.#replica.tables.forEach((table, t) => {
      const samples = shown.tables[t];
      const entities = this.#entities[t];
      for (const slot of entities.keys()) {
        if (!samples[slot]) this.#forget(t, slot);
      }
      for (let slot = 0; slot < samples.length; slot++) {
        const a = samples[slot];
        if (!a) continue;
        const b = to.tables[t][slot];
        this.#drawEntity(table, t, slot, a, b?.born === a.born ? b : a, share, span);
      }
    });
  }

  /**
   * @param {number} t
   * @param {number} slot
   */
  #forget(t, slot) {
    this.#entities[t].delete(slot);
    this.#drawn[t].delete(slot);
  }

  /**
   * @param {Table} table
   * @param {number} t
   * @param {number} slot
   * @param {Sample} a
   * @param {Sample} b
   * @param {number} share
   * @param {number} span ticks from a to b
   */
  #drawEntity(table, t, slot, a, b, share, span) {
    let drawn = this.#drawn[t].get(slot);
    if (drawn?.born !== a.born) {
      drawn = { entity: {}, born: a.born, from: a, to: a };
      this.#drawn[t].set(slot, drawn);
      this.#entities[t].set(slot, drawn.entity);
      writeAll(table.fields, drawn.entity, a.values);
    }
    if (a === b && drawn.from === a && drawn.to === a) return; // at rest, and drawn so
    if (drawn.from !== a) writeAll(table.fields, drawn.entity, a.values);
    drawn.from = a;
    drawn.to = b;
    if (a !== b && !teleported(table.fields, a.values, b.values, span)) {
      mix(table.fields, drawn.entity, a.values, b.values, share);
    }
  }
}

/**
 * @param {Row} row
 * @param {number} tick
 * @param {Sample | undefined} before
 * @returns {Sample}
 */
function sample(row, tick, before) {
  if (before && before.born === row.born && row.touched !== tick) return before;
  return { born: row.born, values: row.values.slice() };
}

/**
 * @param {Field[]} fields
 * @param {Entity} entity
 * @param {any[]} values
 */
function writeAll(fields, entity, values) {
  for (let i = 0; i < fields.length; i++) write(entity, fields[i], meaning(fields[i], values[i]));
}

/**
 * Whether a moved farther than anything that moves does.
 * @param {Field[]} fields
 * @param {any[]} a
 * @param {any[]} b
 * @param {number} span
 */
function teleported(fields, a, b, span) {
  for (let i = 0; i < fields.length; i++) {
    const { leap } = fields[i];
    if (leap > 0 && Math.abs(b[i] - a[i]) >= span * leap) return true;
  }
  return false;
}

/**
 * @param {Field[]} fields
 * @param {Entity} entity
 * @param {any[]} a
 * @param {any[]} b
 * @param {number} share
 */
function mix(fields, entity, a, b, share) {
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (!field.smooth) continue;
    const d = field.wraps ? wrapped(b[i] - a[i], field.bits) : b[i] - a[i]; // the shortest arc
    write(entity, field, meaning(field, a[i] + d * share));
  }
}
