// MessagePack decoder for bytes of unknown origin: every length is checked
// against the bytes that are there, depth is bounded, nothing is allocated on
// the sender's word.

const MAX_DEPTH = 1000;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

// State of the one decode() that runs; it never calls out.
/** @type {Uint8Array} */
let buf = new Uint8Array(0);
/** @type {DataView} */
let view = new DataView(buf.buffer);
let pos = 0;
/** @param {Uint8Array} bytes @returns {any} */
const asTheyAre = (bytes) => bytes;
let wrap = asTheyAre;

/**
 * Decodes exactly one value. Binary values are views into bytes, or what
 * wrapBinary makes of them.
 * @param {Uint8Array} bytes
 * @param {(bytes: Uint8Array) => any} [wrapBinary]
 * @returns {any}
 */
export function decode(bytes, wrapBinary = asTheyAre) {
  begin(bytes, wrapBinary);
  const value = read(0);
  if (pos !== bytes.length) throw new RangeError(`${bytes.length - pos} trailing bytes`);
  return value;
}

/**
 * Decodes values that stand one after the other, up to the end or to one that
 * is cut off or malformed.
 * @param {Uint8Array} bytes
 * @returns {any[]}
 */
export function decodeSequence(bytes) {
  begin(bytes, asTheyAre);
  const values = [];
  try {
    while (pos < bytes.length) values.push(read(0));
  } catch {
    // What stands before it is good.
  }
  return values;
}

/**
 * @param {Uint8Array} bytes
 * @param {(bytes: Uint8Array) => any} wrapBinary
 */
function begin(bytes, wrapBinary) {
  buf = bytes;
  wrap = wrapBinary;
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  pos = 0;
}

/**
 * Claims n bytes and returns where they start.
 * @param {number} n
 */
function take(n) {
  const at = pos;
  if (n > buf.length - at) throw new RangeError("unexpected end of MessagePack");
  pos = at + n;
  return at;
}

/**
 * @param {number} depth
 * @returns {any}
 */
function read(depth) {
  if (depth > MAX_DEPTH) throw new RangeError("nested too deeply");
  const b = buf[take(1)];
  if (b < 0x80) return b;
  if (b < 0x90) return readMap(b & 15, depth);
  if (b < 0xa0) return readArray(b & 15, depth);
  if (b < 0xc0) return readString(b & 31);
  if (b >= 0xe0) return b - 0x100;
  return readTagged(b, depth);
}

/**
 * @param {number} b
 * @param {number} depth
 * @returns {any}
 */
function readTagged(b, depth) {
  switch (b) {
    case 0xc0: return null;
    case 0xc2: return false;
    case 0xc3: return true;
    case 0xc4: return readBytes(uint8());
    case 0xc5: return readBytes(uint16());
    case 0xc6: return readBytes(uint32());
    case 0xc7: return readExt(uint8());
    case 0xc8: return readExt(uint16());
    case 0xc9: return readExt(uint32());
    case 0xca: return view.getFloat32(take(4));
    case 0xcb: return view.getFloat64(take(8));
    case 0xcc: return uint8();
    case 0xcd: return uint16();
    case 0xce: return uint32();
    case 0xcf: return uint32() * 0x100000000 + uint32();
    case 0xd0: return view.getInt8(take(1));
    case 0xd1: return view.getInt16(take(2));
    case 0xd2: return view.getInt32(take(4));
    case 0xd3: return int64();
    case 0xd4: return readUndefined();
    case 0xd7: return readDate();
    case 0xd9: return readString(uint8());
    case 0xda: return readString(uint16());
    case 0xdb: return readString(uint32());
    case 0xdc: return readArray(uint16(), depth);
    case 0xdd: return readArray(uint32(), depth);
    case 0xde: return readMap(uint16(), depth);
    case 0xdf: return readMap(uint32(), depth);
    default: throw new RangeError(`MessagePack byte 0x${b.toString(16)} is not supported`);
  }
}

const uint8 = () => buf[take(1)];
const uint16 = () => view.getUint16(take(2));
const uint32 = () => view.getUint32(take(4));
// Beyond 2^53 the nearest number: JavaScript has no better one.
const int64 = () => view.getInt32(take(4)) * 0x100000000 + uint32();

/** @param {number} n */
function readBytes(n) {
  const at = take(n);
  return wrap(buf.subarray(at, at + n));
}

/** @param {number} n */
function readString(n) {
  const at = take(n);
  if (n > 24) return utf8.decode(buf.subarray(at, at + n));
  // Calling the decoder costs more than a short text.
  let s = "";
  for (let i = at; i < at + n; i++) {
    if (buf[i] > 0x7f) return utf8.decode(buf.subarray(at, at + n));
    s += String.fromCharCode(buf[i]);
  }
  return s;
}

/**
 * @param {number} n
 * @param {number} depth
 */
function readArray(n, depth) {
  if (n > buf.length - pos) throw new RangeError("unexpected end of MessagePack");
  const list = [];
  for (let i = 0; i < n; i++) list.push(read(depth + 1));
  return list;
}

/**
 * @param {number} n
 * @param {number} depth
 */
function readMap(n, depth) {
  if (n * 2 > buf.length - pos) throw new RangeError("unexpected end of MessagePack");
  /** @type {Record<string, any>} */
  const map = {};
  for (let i = 0; i < n; i++) {
    const key = read(depth + 1);
    if (typeof key !== "string" && typeof key !== "number") throw new TypeError("map key is no text");
    const value = read(depth + 1);
    // An assignment would set the prototype; JSON.parse defines a property too.
    if (key === "__proto__") Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
    else map[key] = value;
  }
  return map;
}

// Extension type 0 means three things; the format byte tells which.

function readUndefined() {
  const at = take(2);
  if (buf[at] !== 0 || buf[at + 1] !== 0) throw new RangeError("unknown extension");
  return undefined;
}

function readDate() {
  if (buf[take(1)] !== 0) throw new RangeError("unknown extension");
  return new Date(int64());
}

/** @param {number} n bytes of an ArrayBuffer or a typed array */
function readExt(n) {
  if (buf[take(1)] !== 0) throw new RangeError("unknown extension");
  return readBytes(n);
}
