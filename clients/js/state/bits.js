// Reading bits, the lowest of each byte first, from bytes that may be hostile:
// past the end there are zeros, and over() tells.

export class BitReader {
  #bytes;
  #at;
  #acc = 0; // bits that were taken from the bytes, the next one lowest
  #n = 0; // how many
  #missing = 0; // how many of them were never there

  /**
   * @param {Uint8Array} bytes
   * @param {number} at first byte
   */
  constructor(bytes, at) {
    this.#bytes = bytes;
    this.#at = at;
  }

  #fill() {
    while (this.#n <= 24) {
      if (this.#at < this.#bytes.length) this.#acc |= this.#bytes[this.#at++] << this.#n;
      else this.#missing += 8;
      this.#n += 8;
    }
  }

  /** @param {number} k at most 16 */
  read(k) {
    if (this.#n < k) this.#fill();
    const v = this.#acc & ((1 << k) - 1);
    this.#acc >>>= k;
    this.#n -= k;
    return v;
  }

  /** @param {number} k at most 32 */
  long(k) {
    if (k <= 16) return this.read(k);
    const low = this.read(16);
    return ((this.read(k - 16) << 16) | low) >>> 0;
  }

  /**
   * Decodes one symbol of a prefix code.
   * @param {Uint16Array} table symbol · 16 + length, by the next ten bits
   */
  symbol(table) {
    if (this.#n < 10) this.#fill();
    const entry = table[this.#acc & 1023];
    const length = entry & 15;
    if (length === 0) throw new RangeError("frame: no such code");
    this.#acc >>>= length;
    this.#n -= length;
    return entry >> 4;
  }

  /** Whether more was read than there was. */
  over() {
    return this.#missing > this.#n;
  }

  /** How many bits there still are, at most. */
  left() {
    return this.over() ? 0 : (this.#bytes.length - this.#at) * 8 + this.#n - this.#missing;
  }
}
