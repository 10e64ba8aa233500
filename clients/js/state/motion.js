// Predicted fields: what a client expects of the next tick.
// Source: docs/state-format.md, "Replicated state: value and motion".

/** @typedef {import("./schema.js").Field} Field */

/**
 * Brings a number into [−2^(bits−1), 2^(bits−1)).
 * @param {number} v
 * @param {number} bits
 */
export function wrapped(v, bits) {
  return (v << (32 - bits)) >> (32 - bits);
}

/**
 * The motion after a change; 0 for a jump, and if nothing is predicted.
 * @param {Field} field
 * @param {number} v
 * @param {number} old
 */
export function motion(field, v, old) {
  const d = field.wraps ? wrapped(v - old, field.bits) : v - old;
  return Math.abs(d) >= field.teleport ? 0 : d;
}

/**
 * v moved by d and kept in range. An angle is not: restore() turns it around.
 * @param {Field} field
 * @param {number} v
 * @param {number} d
 */
export function predict(field, v, d) {
  const moved = v + d;
  return moved < field.floor ? field.floor : moved > field.ceiling ? field.ceiling : moved;
}

/**
 * The value with this difference to what was expected, modulo 2^bits.
 * @param {Field} field
 * @param {number} residual
 * @param {number} expected
 */
export function restore(field, residual, expected) {
  const v = ((expected | 0) + (residual | 0)) & field.mask; // integers, also where an engine does not know
  if (field.low < 0) return wrapped(v, field.bits);
  return v >>> 0;
}
