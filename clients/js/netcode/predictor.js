// The own entity, moved at once by what the player does instead of a round trip
// later, and corrected by what the server says became of it. Pure: no timer, no
// socket.

/** @typedef {Record<string, any>} State fields of the entity */

/**
 * @template I
 * @typedef {object} PredictorOptions
 * @property {(state: State, input: I) => State} step what the server does with one input in one fixed step; returns a new state
 * @property {Record<string, number>} grid step of each field's quantisation, as in the schema; these fields are compared and smoothed
 * @property {Record<string, number>} [turn] full turn of fields that are angles
 * @property {number} [snap] in grid units of the field: farther away is no error but a respawn, shown at once
 */

const KEEP = 128; // inputs on their way
const FADE = 0.9; // what is left of a shown error after a 60th of a second

/** @template I */
export class Predictor {
  /** Where the entity is after all inputs, or null before the server has told. @type {State | null} */
  state = null;
  /** How often the server disagreed. */
  corrections = 0;
  /** @type {{ seq: number, input: I, state: State }[]} */
  #sent = [];
  /** @type {Record<string, number>} what is shown − what is */
  #offset = {};
  #at = NaN;
  #o;

  /** @param {PredictorOptions<I>} options */
  constructor(options) {
    this.#o = options;
  }

  /**
   * Puts the entity somewhere: at the start, after a respawn.
   * @param {State} state
   */
  place(state) {
    this.state = { ...state };
    this.#sent = [];
    this.#offset = {};
  }

  /** The entity is gone. */
  clear() {
    this.state = null;
    this.#sent = [];
  }

  /**
   * One step with an input that has just been sent.
   * @param {number} seq
   * @param {I} input
   */
  input(seq, input) {
    if (!this.state) return;
    this.state = this.#o.step(this.state, input);
    this.#sent.push({ seq, input, state: this.state });
    if (this.#sent.length > KEEP) this.#sent.shift();
  }

  /**
   * What the server says of the entity after it has applied all inputs up to ack.
   * @param {number} ack
   * @param {State} truth
   */
  settle(ack, truth) {
    if (!this.state) return this.place(truth);
    const i = this.#sent.findIndex((s) => s.seq === ack);
    const then = this.#sent[i]?.state;
    if (!then && this.#sent.length > 0 && ack < this.#sent[0].seq) return; // older than what was settled
    this.#sent.splice(0, i + 1);
    if (then && this.#agrees(then, truth)) return;
    this.corrections++;
    this.#adopt(truth);
  }

  /** @param {State} truth */
  #adopt(truth) {
    const before = /** @type {State} */ (this.state);
    let state = { ...truth };
    for (const sent of this.#sent) {
      state = this.#o.step(state, sent.input);
      sent.state = state;
    }
    this.state = state;
    for (const field of Object.keys(this.#o.grid)) {
      const error = this.#difference(field, before[field], state[field]) + (this.#offset[field] ?? 0);
      const limit = (this.#o.snap ?? Infinity) * this.#o.grid[field];
      this.#offset[field] = Math.abs(error) < limit ? error : 0;
    }
  }

  /**
   * Whether two states are the same as far as the wire can tell: what was
   * adopted is off by up to half a grid step, and so is what is compared.
   * @param {State} a
   * @param {State} b
   */
  #agrees(a, b) {
    return Object.entries(this.#o.grid).every(([field, step]) => Math.abs(this.#difference(field, a[field], b[field])) <= step + 1e-9);
  }

  /**
   * @param {string} field
   * @param {number} a
   * @param {number} b
   */
  #difference(field, a, b) {
    const turn = this.#o.turn?.[field];
    const d = a - b;
    return turn ? d - Math.round(d / turn) * turn : d;
  }

  /**
   * The entity to draw: an error does not jump but fades.
   * @param {number} now ms
   * @returns {State | null}
   */
  view(now) {
    const fade = this.#at <= now ? FADE ** ((now - this.#at) * 0.06) : 1;
    this.#at = now;
    if (!this.state) return null;
    const shown = { ...this.state };
    for (const field of Object.keys(this.#offset)) {
      this.#offset[field] *= fade;
      shown[field] += this.#offset[field];
    }
    return shown;
  }
}
