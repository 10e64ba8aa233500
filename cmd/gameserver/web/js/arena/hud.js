// The glass over the arena: leaderboard, kills, hull, connection.
import { $, el, setText, colour } from "../dom.js";

const shown = 8; // rows of the leaderboard
const wireMs = 2500; // how much of the past the wire shows

export class Hud {
  #root;
  #rows = [];
  #hp = -1;
  #ticks = []; // {at, gap}: arrivals of state frames
  #lastTick = 0;
  #next = 0;

  constructor(root) {
    this.#root = root;
    this.#rows = Array.from({ length: shown + 1 }, () => el("li", { hidden: true },
      el("span", { className: "rank" }), el("span", { className: "dot" }), el("span", { className: "who" }), el("b")));
    $("#board", root).replaceChildren(...this.#rows);
    this.hintTimer = setTimeout(() => $("#keys", root).classList.add("old"), 9000);
  }

  /** Everything that need not move at 60 fps. */
  update(now, scene, stats, fps) {
    this.#hull(scene.own);
    if (now < this.#next) return;
    this.#next = now + 200;
    this.#board(scene);
    this.#net(stats, fps);
    this.#wire(now);
  }

  #board(scene) {
    const order = [...scene.ships].sort((a, b) => b.score - a.score || a.seat - b.seat);
    const rank = order.findIndex((s) => s.own);
    const rows = order.slice(0, shown).map((ship, i) => ({ ship, i }));
    if (rank >= shown) rows.push({ ship: order[rank], i: rank });
    this.#rows.forEach((row, n) => {
      row.hidden = n >= rows.length;
      if (row.hidden) return;
      const { ship, i } = rows[n];
      row.className = ship.own ? (n === shown ? "me apart" : "me") : "";
      setText(row.children[0], String(i + 1));
      row.children[1].style.background = colour(ship.hue);
      setText(row.children[2], ship.name);
      setText(row.children[3], String(ship.score));
    });
  }

  #hull(own) {
    const hull = $("#hull", this.#root);
    hull.hidden = !own;
    if (!own) return;
    setText($(".score b", hull), String(own.score));
    if (own.hp === this.#hp) return;
    if (own.hp < this.#hp) this.#hurt();
    this.#hp = own.hp;
    hull.classList.toggle("low", own.hp <= 35);
    hull.setAttribute("aria-valuenow", String(own.hp));
    $(".bar i", hull).style.width = `${own.hp}%`;
    setText($(".hp", hull), String(own.hp));
  }

  #hurt() {
    const edge = $(".hurt", this.#root);
    edge.classList.add("on");
    setTimeout(() => edge.classList.remove("on"), 60);
  }

  /** text null: alive again. */
  down(text, sub = "") {
    const node = $("#down", this.#root);
    node.hidden = text === null;
    if (text !== null) node.replaceChildren(text, el("small", {}, sub));
  }

  kill(by, victim, mine) {
    const name = (p) => {
      const b = el("b", {}, p?.name ?? "someone");
      b.style.color = colour(p?.hue ?? 0, 0.85, 0.11);
      return b;
    };
    this.#fleeting("#feed", el("li", { className: mine ? "mine" : "" }, name(by), el("i", {}, "took out"), name(victim)), 5, 5000);
  }

  say(name, hue, text) {
    const who = el("b", {}, name);
    who.style.color = colour(hue, 0.85, 0.11);
    this.#fleeting("#talk", el("li", {}, who, text), 5, 9000);
  }

  #fleeting(list, node, most, ms) {
    const ul = $(list, this.#root);
    ul.append(node);
    while (ul.children.length > most) ul.firstChild.remove();
    setTimeout(() => node.classList.add("old"), ms);
    setTimeout(() => node.remove(), ms + 600);
  }

  /** A state frame has come; ticks that it jumped over are gaps on the wire. */
  frame(now, tick, step) {
    const gap = this.#lastTick > 0 && tick - this.#lastTick > step;
    this.#lastTick = tick;
    this.#ticks.push({ at: now, gap });
    while (this.#ticks.length && now - this.#ticks[0].at > wireMs) this.#ticks.shift();
  }

  #net(stats, fps) {
    const values = {
      rtt: `${Math.round(stats.rtt ?? 0)} ms`,
      tick: String(stats.tick ?? 0),
      rate: `${((stats.bytesPerSecond ?? 0) / 1024).toFixed(1)} kB/s`,
      buffer: `${Math.round(stats.bufferMs ?? 0)} ms`,
      skipped: String(stats.skipped ?? 0),
      fps: String(fps),
    };
    for (const dd of this.#root.querySelectorAll("#net dd")) setText(dd, values[dd.dataset.k]);
  }

  /** The wire: one mark per frame that arrived, red after a gap. */
  #wire(now) {
    const canvas = $("#net canvas", this.#root);
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== 168 * ratio) {
      canvas.width = 168 * ratio;
      canvas.height = 18 * ratio;
    }
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, 168, 18);
    ctx.fillStyle = "#55657b";
    ctx.fillRect(0, 16, 168, 1);
    for (const t of this.#ticks) {
      const x = 168 * (1 - (now - t.at) / wireMs);
      ctx.fillStyle = t.gap ? "#ff7a7a" : "#7cf7d4";
      ctx.globalAlpha = 0.25 + 0.75 * (x / 168);
      ctx.fillRect(x, t.gap ? 2 : 8, 1, t.gap ? 14 : 8);
    }
    ctx.globalAlpha = 1;
  }

  stop() {
    clearTimeout(this.hintTimer);
  }
}
