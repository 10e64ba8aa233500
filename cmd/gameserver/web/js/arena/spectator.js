// Watching without a ship: the camera follows somebody else's, the leader's at
// first. Arrow keys, A and D, or the buttons turn to another.
import { $, setText, colour } from "../dom.js";

const turns = { ArrowLeft: -1, KeyA: -1, ArrowUp: -1, KeyW: -1, ArrowRight: 1, KeyD: 1, ArrowDown: 1, KeyS: 1, Space: 1 };

export class Spectator {
  #bar;
  #slot = -1;
  #order = []; // slots, by seat
  #off = new AbortController();

  /** @param {HTMLCanvasElement} canvas @param {HTMLElement} bar @param {() => void} takeSeat */
  constructor(canvas, bar, takeSeat) {
    this.#bar = bar;
    bar.hidden = false;
    document.body.classList.add("watching");
    const { signal } = this.#off;
    canvas.addEventListener("keydown", (e) => this.#key(e), { signal });
    canvas.addEventListener("click", () => this.#turn(1), { signal });
    for (const b of bar.querySelectorAll("[data-turn]")) b.addEventListener("click", () => this.#turn(Number(b.dataset.turn)), { signal });
    $("#take-seat", bar).addEventListener("click", takeSeat, { signal });
  }

  #key(e) {
    if (!(e.code in turns) || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    this.#turn(turns[e.code]);
  }

  #turn(by) {
    const n = this.#order.length;
    if (n) this.#slot = this.#order[(this.#order.indexOf(this.#slot) + by + n) % n];
  }

  /** Chooses the ship that the scene is seen from. */
  follow(scene) {
    this.#order = [...scene.ships].sort((a, b) => a.seat - b.seat).map((s) => s.slot);
    let ship = scene.ships.find((s) => s.slot === this.#slot);
    if (!ship) { // it has left
      ship = scene.ships.reduce((best, s) => (best && best.score >= s.score ? best : s), null);
      this.#slot = ship?.slot ?? -1;
    }
    scene.followed = ship;
    const name = $("b", this.#bar);
    setText(name, ship?.name ?? "an empty arena");
    if (ship) name.style.color = colour(ship.hue, 0.85, 0.11);
  }

  stop() {
    this.#off.abort();
    this.#bar.hidden = true;
    document.body.classList.remove("watching");
  }
}
