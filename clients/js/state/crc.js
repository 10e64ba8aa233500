// A checksum of a state, to compare a replica with the server's world.
// Source: docs/state-format.md, "The CRC of a state".

/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./schema.js").Field} Field */

const utf8 = new TextEncoder();
const float = new DataView(new ArrayBuffer(4));

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/** CRC-32 as zip and PNG have it. */
class Sum {
  #crc = -1;

  /** @param {Uint8Array} bytes */
  bytes(bytes) {
    for (const b of bytes) this.#byte(b);
  }

  /** @param {number} n 32 bits, little endian */
  word(n) {
    for (let shift = 0; shift < 32; shift += 8) this.#byte((n >>> shift) & 255);
  }

  /** @param {number} b */
  #byte(b) {
    this.#crc = (this.#crc >>> 8) ^ TABLE[(this.#crc ^ b) & 255];
  }

  get value() {
    return ~this.#crc >>> 0;
  }
}

/**
 * @param {Replica} replica
 * @returns {number}
 */
export function crc(replica) {
  const sum = new Sum();
  for (const table of replica.tables) {
    sum.word(table.entities.size);
    table.rows.forEach((row, slot) => {
      if (!row) return;
      sum.word(slot);
      for (let i = 0; i < row.values.length; i++) add(sum, table.fields[i], row.values[i]);
    });
  }
  return sum.value;
}

/**
 * @param {Sum} sum
 * @param {Field} field
 * @param {any} v
 */
function add(sum, field, v) {
  switch (field.kind) {
    case "string":
    case "bytes": {
      const bytes = typeof v === "string" ? utf8.encode(v) : v;
      sum.word(bytes.length);
      return sum.bytes(bytes);
    }
    case "list":
      sum.word(v.length);
      for (const n of v) sum.word(n);
      return;
    case "f32":
      float.setFloat32(0, v);
      return sum.word(float.getUint32(0));
    default:
      sum.word(v);
  }
}
