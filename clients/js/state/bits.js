// Reading bits, the lowest of each byte first, from bytes that may be hostile:
// past the end there are zeros, and over() tells.
//
// One reader for all, because its state is faster in a variable of the module
// than in an object. That is no more than a position. Bits kept back from the
// last read would be up to 32, which browsers, whose small integers have 31,
// put on the heap with each store; for the same reason one load gives just 25.

const LOAD = 25; // bits at most from one load: 32 less those before the first
/** An entry of look-up tables where no code begins so; read as a number of bits it is more than any. */
export const NO_CODE = 63;
const PAD = 512; // bytes: an entity cannot take as many, and after each one over() is asked

// The frame is copied, so that no load is cut by its end.
let bytes = new Uint8Array(4096);
let words = new DataView(bytes.buffer);
let at = 0; // position, in bits
let end = 0;

/**
 * Starts to read.
 * @param {Uint8Array} from
 * @param {number} first byte
 */
export function open(from, first) {
  if (from.length + PAD > bytes.length) {
    bytes = new Uint8Array(2 * from.length + PAD);
    words = new DataView(bytes.buffer);
  }
  bytes.set(from);
  bytes.fill(0, from.length, from.length + PAD);
  at = first * 8;
  end = from.length * 8;
}

/** The next bits, the first one lowest; those above LOAD are no bits of the frame. */
function peek() {
  return words.getInt32(at >> 3, true) >> (at & 7);
}

/** @param {number} k at most LOAD */
export function read(k) {
  const v = peek() & ((1 << k) - 1);
  at += k;
  return v;
}

/** @param {number} k at most 32 */
export function long(k) {
  if (k <= LOAD) return read(k);
  const low = read(16);
  return ((read(k - 16) << 16) | low) >>> 0;
}

/**
 * Decodes a symbol of a prefix code.
 * @param {Uint16Array} table symbol · 64 + length, by the next ten bits
 */
export function symbol(table) {
  const entry = table[peek() & 1023];
  if (entry === NO_CODE) fail();
  at += entry & 63;
  return entry >> 6;
}

/**
 * Decodes a symbol that stands for the head of an unsigned number, and the
 * number's low bits after it, nearly always from one load.
 * @param {Uint16Array} table (head · 32 + number of low bits) · 64 + number of all bits, by the next ten bits
 */
export function number(table) {
  const next = peek();
  const entry = table[next & 1023];
  const size = entry & 63;
  if (size > LOAD) return wide(entry);
  at += size;
  const low = (entry >> 6) & 31;
  return ((entry >> 11) << low) | ((next >> (size - low)) & ~(-1 << low));
}

/**
 * number() where one load is too little, or no code.
 * @param {number} entry
 */
function wide(entry) {
  if (entry === NO_CODE) fail();
  const low = (entry >> 6) & 31;
  at += (entry & 63) - low;
  return (((entry >> 11) << low) | long(low)) >>> 0;
}

function fail() {
  throw new RangeError("frame: no such code");
}

/** Whether more was read than there was. */
export function over() {
  return at > end;
}

/** How many bits there still are. */
export function left() {
  return Math.max(0, end - at);
}
