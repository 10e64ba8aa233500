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
 * The motion after a change; 0 for a jump.
 * @param {Field} field
 * @param {number} v
 * @param {number} old
 */
export function motion(field, v, old) {
  if (field.teleport === 0) return 0;
  const d = field.wraps ? wrapped(v - old, field.bits) : v - old;
  return d >= field.teleport || d <= -field.teleport ? 0 : d;
}

/**
 * v moved by d: turned around, or kept in range.
 * @param {Field} field
 * @param {number} v
 * @param {number} d
 */
export function predict(field, v, d) {
  if (field.wraps) return (v + d) & field.high;
  const moved = v + d;
  return moved < field.low ? field.low : moved > field.high ? field.high : moved;
}

/**
 * The value with this difference to what was expected, modulo 2^bits.
 * @param {Field} field
 * @param {number} residual
 * @param {number} expected
 */
export function restore(field, residual, expected) {
  const v = (expected + residual) & field.mask;
  if (field.low < 0) return wrapped(v, field.bits);
  return v >>> 0;
}
