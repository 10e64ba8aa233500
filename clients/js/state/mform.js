// The MessagePack form of frames:
//   [class, tick, base, [[type, [removed], [[slot, v…]…], [slot, mask, v…, slot, mask, v…]]…]]
// with absolute stored values.
// Source: docs/state-format.md, "M-form".

import { decode } from "../msgpack/decode.js";
import { crc } from "./crc.js";

/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./replica.js").Table} Table */
/** @typedef {import("./schema.js").Field} Field */

/**
 * @param {Replica} replica
 * @param {Uint8Array} frame
 */
export function applyM(replica, frame) {
  const [kind, tick, base, sections, check] = list(decode(frame));
  if (!(Number.isInteger(tick) && tick >= 0)) throw new RangeError("bad tick");
  replica.begin(kind, base, tick);
  for (const section of list(sections)) {
    const [type, removed, added, changed] = list(section);
    const table = replica.tables[type];
    if (!table) throw new RangeError(`entity type ${type}`);
    for (const slot of list(removed)) table.remove(slot);
    for (const item of list(added)) add(table, list(item), tick);
    change(table, list(changed), tick);
  }
  if (check !== undefined && check !== crc(replica)) throw new Error("the state differs from the server's");
  replica.tick = tick;
}

/**
 * @param {any} v
 * @returns {any[]}
 */
function list(v) {
  if (!Array.isArray(v)) throw new TypeError("frame: not a list");
  return v;
}

/**
 * @param {Table} table
 * @param {any[]} item
 * @param {number} tick
 */
function add(table, item, tick) {
  const [slot, ...values] = item;
  if (values.length !== table.fields.length) throw new RangeError(`${table.name}: ${values.length} values`);
  for (let i = 0; i < values.length; i++) values[i] = stored(table.fields[i], values[i]);
  table.add(slot, values, tick);
}

/**
 * @param {Table} table
 * @param {any[]} flat
 * @param {number} tick
 */
function change(table, flat, tick) {
  const { fields } = table;
  let at = 0;
  while (at < flat.length) {
    const row = table.row(flat[at++]);
    const mask = flat[at++];
    if (!(mask > 0 && mask < 2 ** fields.length)) throw new RangeError("bad mask");
    row.touched = tick;
    for (let i = 0; i < fields.length; i++) {
      if ((mask & (1 << i)) === 0) continue;
      table.set(row, i, stored(fields[i], flat[at++]));
    }
  }
}

/**
 * Checks a value and returns it as it is stored.
 * @param {Field} field
 * @param {any} v
 */
function stored(field, v) {
  let ok;
  switch (field.kind) {
    case "angle": // may come a turn lower, where that is shorter
      ok = Number.isInteger(v) && v >= -1 - field.high && v <= field.high;
      if (ok && v < 0) v += field.high + 1;
      break;
    case "string":
      ok = typeof v === "string" && v.length <= field.max;
      break;
    case "bytes":
      ok = v instanceof Uint8Array && v.length <= field.max;
      break;
    case "list":
      ok = Array.isArray(v) && v.length <= field.max && v.every((n) => Number.isInteger(n) && n >= 0 && n <= field.high);
      break;
    case "f32":
      ok = typeof v === "number";
      break;
    default:
      ok = Number.isInteger(v) && v >= field.low && v <= field.high;
  }
  if (!ok) throw new RangeError(`${field.name}: ${v}`);
  return v;
}
