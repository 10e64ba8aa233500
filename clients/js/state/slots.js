// A set of slots, as bits.

export class SlotSet {
  /** 32 slots per word. */
  words = new Int32Array(4);

  /** @param {number} slot */
  has(slot) {
    return (this.words[slot >> 5] & (1 << (slot & 31))) !== 0;
  }

  /** @param {number} slot */
  add(slot) {
    const i = slot >> 5;
    if (i >= this.words.length) {
      const grown = new Int32Array(Math.max(this.words.length * 2, i + 1));
      grown.set(this.words);
      this.words = grown;
    }
    this.words[i] |= 1 << (slot & 31);
  }

  /** @param {number} slot */
  delete(slot) {
    if (slot >> 5 < this.words.length) this.words[slot >> 5] &= ~(1 << (slot & 31));
  }

  clear() {
    this.words.fill(0);
  }

  /**
   * The first member at or after a slot, passing over a number of members;
   * those in but do not count. −1 if there are not so many.
   * @param {number} from
   * @param {number} pass
   * @param {SlotSet} [but]
   * @param {SlotSet} [or]
   * @returns {number}
   */
  skip(from, pass, but = NONE, or = NONE) {
    for (let i = from >> 5; i < this.words.length; i++) {
      let w = this.words[i] & ~but.words[i] & ~or.words[i]; // ~undefined is −1
      if (i === from >> 5) w &= -1 << (from & 31);
      const n = ones(w);
      if (pass >= n) {
        pass -= n;
        continue;
      }
      for (; pass > 0; pass--) w &= w - 1;
      return (i << 5) + lowest(w);
    }
    return -1;
  }
}

const { clz32 } = Math;
const NONE = new SlotSet();

/** Number of bits that are set. @param {number} w */
export function ones(w) {
  w -= (w >>> 1) & 0x55555555;
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Place of the lowest bit that is set; −w would be no integer for engines, since there is −0. @param {number} w not 0 */
export function lowest(w) {
  return 31 - clz32(w & (~w + 1));
}
