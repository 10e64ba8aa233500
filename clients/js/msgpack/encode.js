// MessagePack encoder for the values that Socket.IO carries.
// undefined, Date and binary values take the forms of the official parser
// (notepack): fixext1 type 0, fixext8 type 0 with milliseconds, bin.

const MAX_DEPTH = 1000;
const utf8 = new TextEncoder();

// One buffer for all calls; encode() hands out a copy of its used part.
let buf = new Uint8Array(1024);
let view = new DataView(buf.buffer);
let pos = 0; // 0 but while an encode() runs

/**
 * @param {any} value
 * @returns {Uint8Array} the caller's to keep
 */
export function encode(value) {
  const start = pos; // a toJSON() may call encode() in the middle of another one
  try {
    write(value, 0);
    return buf.slice(start, pos);
  } finally {
    pos = start;
    // One huge message must not pin its size for ever.
    if (start === 0 && buf.length > 1 << 20) grow(new Uint8Array(1024), 0);
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} to
 * @param {number} keep
 */
function grow(to, keep) {
  to.set(buf.subarray(0, keep));
  buf = to;
  view = new DataView(to.buffer);
}

/** @param {number} n bytes about to be written */
function reserve(n) {
  if (pos + n > buf.length) grow(new Uint8Array(Math.max(buf.length * 2, pos + n)), pos);
}

/**
 * @param {any} v
 * @param {number} depth
 */
function write(v, depth) {
  switch (typeof v) {
    case "number":
      return writeNumber(v);
    case "string":
      return writeString(v);
    case "boolean":
      return byte(v ? 0xc3 : 0xc2);
    case "undefined":
    case "function":
    case "symbol":
      return writeUndefined();
    case "bigint":
      throw new TypeError("a BigInt can't be sent");
  }
  if (depth > MAX_DEPTH) throw new Error("nested too deeply");
  writeObject(v, depth);
}

/**
 * @param {any} v
 * @param {number} depth
 */
function writeObject(v, depth) {
  if (v === null) return byte(0xc0);
  if (Array.isArray(v)) {
    head(v.length, 0x90, 16, 0, 0xdc);
    for (let i = 0; i < v.length; i++) write(v[i], depth + 1);
  } else if (v instanceof Date) {
    writeDate(v);
  } else if (v instanceof ArrayBuffer) {
    writeBytes(new Uint8Array(v));
  } else if (ArrayBuffer.isView(v)) {
    writeBytes(new Uint8Array(v.buffer, v.byteOffset, v.byteLength));
  } else if (typeof v.toJSON === "function") {
    write(v.toJSON(), depth + 1);
  } else {
    // As JSON does, leave out what has no value.
    const keys = Object.keys(v).filter((k) => v[k] !== undefined && typeof v[k] !== "function");
    head(keys.length, 0x80, 16, 0, 0xde);
    for (const key of keys) {
      writeString(key);
      write(v[key], depth + 1);
    }
  }
}

/** @param {number} b */
function byte(b) {
  reserve(1);
  buf[pos++] = b;
}

/**
 * Writes a length: in the fix form, or in the 8 (if there is one), 16 or 32 bit form.
 * @param {number} n
 * @param {number} fix base byte of the fix form
 * @param {number} fixLimit lengths below it have the fix form
 * @param {number} tag8 0: none
 * @param {number} tag16 the 32 bit form is the next one
 */
function head(n, fix, fixLimit, tag8, tag16) {
  reserve(5);
  if (n < fixLimit) {
    buf[pos++] = fix | n;
  } else if (tag8 && n < 0x100) {
    buf[pos++] = tag8;
    buf[pos++] = n;
  } else if (n < 0x10000) {
    buf[pos++] = tag16;
    view.setUint16(pos, n);
    pos += 2;
  } else {
    buf[pos++] = tag16 + 1;
    view.setUint32(pos, n);
    pos += 4;
  }
}

/** @param {number} v */
function writeNumber(v) {
  reserve(9);
  if (!Number.isSafeInteger(v)) {
    buf[pos++] = 0xcb;
    view.setFloat64(pos, v);
    pos += 8;
  } else if (v >= 0) {
    writeUint(v);
  } else {
    writeInt(v);
  }
}

/** @param {number} v */
function writeUint(v) {
  if (v < 0x80) {
    buf[pos++] = v;
  } else if (v < 0x100) {
    buf[pos++] = 0xcc;
    buf[pos++] = v;
  } else if (v < 0x10000) {
    buf[pos++] = 0xcd;
    view.setUint16(pos, v);
    pos += 2;
  } else if (v < 0x100000000) {
    buf[pos++] = 0xce;
    view.setUint32(pos, v);
    pos += 4;
  } else {
    buf[pos++] = 0xcf;
    int64(v);
  }
}

/** @param {number} v */
function writeInt(v) {
  if (v >= -0x20) {
    buf[pos++] = v;
  } else if (v >= -0x80) {
    buf[pos++] = 0xd0;
    buf[pos++] = v;
  } else if (v >= -0x8000) {
    buf[pos++] = 0xd1;
    view.setInt16(pos, v);
    pos += 2;
  } else if (v >= -0x80000000) {
    buf[pos++] = 0xd2;
    view.setInt32(pos, v);
    pos += 4;
  } else {
    buf[pos++] = 0xd3;
    int64(v);
  }
}

/** @param {number} v safe integer */
function int64(v) {
  view.setInt32(pos, Math.floor(v / 0x100000000));
  view.setUint32(pos + 4, v >>> 0);
  pos += 8;
}

/** @param {string} s */
function writeString(s) {
  // How long the header is shows only when the text has been encoded: it is
  // written behind room for the longest one (a UTF-16 unit takes at most 3
  // bytes), then moved.
  reserve(5 + s.length * 3);
  const text = pos + 5;
  const n = utf8.encodeInto(s, buf.subarray(text)).written;
  head(n, 0xa0, 32, 0xd9, 0xda);
  buf.copyWithin(pos, text, text + n);
  pos += n;
}

/** @param {Uint8Array} bytes */
function writeBytes(bytes) {
  head(bytes.length, 0, 0, 0xc4, 0xc5);
  reserve(bytes.length);
  buf.set(bytes, pos);
  pos += bytes.length;
}

function writeUndefined() {
  reserve(3);
  buf[pos++] = 0xd4;
  buf[pos++] = 0;
  buf[pos++] = 0;
}

/** @param {Date} date */
function writeDate(date) {
  const ms = date.getTime();
  if (Number.isNaN(ms)) return byte(0xc0); // JSON gives null too
  reserve(10);
  buf[pos++] = 0xd7;
  buf[pos++] = 0;
  int64(ms);
}
