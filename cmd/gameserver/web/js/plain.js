// A game that this page has no view of: what the server tells of it, as tables.
// Enough to see a new game live before its first line of client code.
import { $, el, keyed, setText } from "./dom.js";

const every = 200; // ms
const shownRows = 100; // of each type

export class Plain {
  #client;
  #types;
  #timer;
  fps = 1000 / every;
  paused = false;

  constructor(client, start) {
    this.#client = client;
    this.#types = $("#plain-types");
    setText($("#plain-game"), start.game);
    this.#timer = setInterval(() => this.#draw(), every);
  }

  get view() {
    return { world: this.#client.world };
  }

  #draw() {
    const { world } = this.#client;
    if (!world) return;
    keyed(this.#types, world.tables, {
      key: (t) => t.name,
      make: (t) => el("section", {}, el("h3", {}, t.name), el("div", { className: "scroll", tabIndex: 0 }, el("table", {},
        el("thead", {}, el("tr", {}, ...["slot", ...t.fields.map((f) => f.name)].map((name) => el("th", { scope: "col" }, name)))), el("tbody")))),
      update: (section, t) => keyed($("tbody", section), [...world.entities(t.name)].slice(0, shownRows), {
        key: ([slot]) => String(slot),
        make: () => el("tr", {}, ...["slot", ...t.fields].map(() => el("td"))),
        update: (row, [slot, e]) => [slot, ...t.fields.map((f) => shown(e[f.name]))].forEach((v, i) => setText(row.children[i], String(v))),
      }),
    });
  }

  focus() {
    this.#types.focus();
  }
  idle() {}
  say() {}
  stop() {
    clearInterval(this.#timer);
  }
}

const shown = (v) => (typeof v === "number" && !Number.isInteger(v) ? v.toFixed(2) : v);
