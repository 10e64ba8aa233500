// The own ship, shown where it will be when the server has heard of the keys:
// it answers at once, and the server's word bends it back softly.
import { move } from "./rules.js";

const keep = 128; // inputs on the way: four seconds at 30 Hz
const snap = 90; // units: farther is a respawn, not a disagreement
const gain = 0.25; // share of an error that one answer corrects

export class Predictor {
  #sent = []; // {seq, x, y}: where the ship was after each input
  #lastAck = 0;
  #input = { mx: 0, my: 0 };
  #since = 0; // seconds into the current step
  #bend = { x: 0, y: 0 }; // a correction not yet shown
  body = null;

  /** @param {number} dt seconds of one server step */
  constructor(dt) {
    this.dt = dt;
    this.rocks = [];
  }

  place(x, y) {
    this.body = { x, y, vx: 0, vy: 0 };
    this.#sent.length = 0;
    this.#bend.x = this.#bend.y = 0;
  }

  /** One step with the input that has just been sent as seq. */
  step(seq, input) {
    this.#input = input;
    this.#since = 0;
    if (!this.body) return;
    move(this.body, input, this.rocks, this.dt);
    this.#sent.push({ seq, x: this.body.x, y: this.body.y });
    if (this.#sent.length > keep) this.#sent.shift();
  }

  /** The server's own position of this ship after input ack. */
  settle(ack, x, y) {
    if (!this.body || Math.hypot(x - this.body.x, y - this.body.y) > snap * 3) return this.place(x, y);
    if (ack === this.#lastAck) return; // the same input, one step further: not comparable
    this.#lastAck = ack;
    while (this.#sent.length && this.#sent[0].seq < ack) this.#sent.shift();
    const then = this.#sent[0];
    if (then?.seq !== ack) return;
    const ex = x - then.x;
    const ey = y - then.y;
    const far = Math.hypot(ex, ey);
    if (far > snap) return this.place(x, y);
    if (far < 0.2) return;
    this.#shift(ex * gain, ey * gain);
  }

  #shift(dx, dy) {
    for (const s of this.#sent) {
      s.x += dx;
      s.y += dy;
    }
    this.body.x += dx;
    this.body.y += dy;
    this.#bend.x -= dx;
    this.#bend.y -= dy;
  }

  /** Where to draw the ship, dt seconds after the last call. */
  draw(dt, input) {
    if (!this.body) return null;
    this.#since = Math.min(this.#since + dt, this.dt);
    const fade = Math.exp(-dt * 12);
    this.#bend.x *= fade;
    this.#bend.y *= fade;
    const ahead = { ...this.body };
    move(ahead, input ?? this.#input, this.rocks, this.#since);
    ahead.x += this.#bend.x;
    ahead.y += this.#bend.y;
    return ahead;
  }
}
