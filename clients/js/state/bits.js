// Reading bits, the lowest of each byte first, from bytes that may be hostile:
// past the end there are zeros, and over() tells.
//
// One reader for all, because its state is faster in variables of the module
// than in an object: decoding a frame is nothing but this.

/** @type {Uint8Array} */
let bytes = new Uint8Array(0);
let at = 0;
let acc = 0; // bits that were taken from the bytes, the next one lowest
let n = 0; // how many
let missing = 0; // how many of them were never there

/**
 * Starts to read.
 * @param {Uint8Array} from
 * @param {number} first byte
 */
export function open(from, first) {
  bytes = from;
  at = first;
  acc = n = missing = 0;
}

function fill() {
  while (n <= 24) {
    if (at < bytes.length) acc |= bytes[at++] << n;
    else missing += 8;
    n += 8;
  }
}

/** @param {number} k at most 16 */
export function read(k) {
  if (n < k) fill();
  const v = acc & ((1 << k) - 1);
  acc >>>= k;
  n -= k;
  return v;
}

/** @param {number} k at most 32 */
export function long(k) {
  if (k <= 16) return read(k);
  const low = read(16);
  return ((read(k - 16) << 16) | low) >>> 0;
}

/**
 * Decodes one symbol of a prefix code.
 * @param {Uint16Array} table symbol · 16 + length, by the next ten bits
 */
export function symbol(table) {
  if (n < 10) fill();
  const entry = table[acc & 1023];
  const length = entry & 15;
  if (length === 0) throw new RangeError("frame: no such code");
  acc >>>= length;
  n -= length;
  return entry >> 4;
}

/** Whether more was read than there was. */
export function over() {
  return missing > n;
}

/** How many bits there still are, at most. */
export function left() {
  return over() ? 0 : (bytes.length - at) * 8 + n - missing;
}
