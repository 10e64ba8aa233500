// The glass over the duel: names, hearts, rounds, the clock, and what is called out.
import { $, el, setText } from "../dom.js";
import { phases } from "./rules.js";
import { calm } from "./effects.js";

const callMs = 900; // how long "Fight" stays

export class Hud {
  #root;
  #next = 0;
  #called = "";
  #phase = -1;
  #fightAt = -Infinity;
  #timers = new Set();

  constructor(root, scene) {
    this.#root = root;
    this.sides = [scene.near, 1 - scene.near].map((seat, i) => ({ seat, node: root.querySelectorAll("#score .side")[i] }));
    for (const { node, seat } of this.sides) node.style.setProperty("--side", scene.colour(seat));
    this.#later(() => $("#keys", root).classList.add("old"), 9000);
  }

  update(now, scene, tick, hz, stats, fps) {
    this.#call(now, scene, tick, hz);
    if (now < this.#next) return;
    this.#next = now + 100;
    for (const { node, seat } of this.sides) this.#side(node, scene.bySeat(seat));
    const { round } = scene;
    setText($("#score .round", this.#root), `Round ${Math.max(1, round.number)}`);
    const left = round.phase === phases.fight ? Math.max(0, Math.ceil((round.until - tick) / hz)) : 40;
    setText($("#score .time", this.#root), round.phase === phases.over ? "" : String(left));
    $("#score", this.#root).classList.toggle("late", round.phase === phases.fight && left <= 5);
    setText($("#net", this.#root), `${Math.round(stats.rtt)} ms  ${fps} fps  ${(stats.bytesPerSecond / 1024).toFixed(1)} kB/s  tick ${stats.tick}`);
  }

  #side(node, d) {
    setText($(".who", node), d?.name ?? "");
    const hearts = $(".hearts", node);
    hearts.setAttribute("aria-valuenow", String(d?.hp ?? 0));
    [...hearts.children].forEach((i, n) => i.classList.toggle("on", n < (d?.hp ?? 0)));
    const wins = $(".wins", node);
    wins.setAttribute("aria-label", `${d?.wins ?? 0} rounds won`);
    [...wins.children].forEach((i, n) => i.classList.toggle("on", n < (d?.wins ?? 0)));
  }

  /** What is called out in the middle: the round, the count, who has it. */
  #call(now, scene, tick, hz) {
    const { round } = scene;
    if (round.phase !== this.#phase) {
      if (round.phase === phases.fight && this.#phase === phases.ready) this.#fightAt = now;
      this.#phase = round.phase;
    }
    const [text, sub, colour] = this.#words(now, scene, Math.max(1, Math.ceil((round.until - tick) / hz)));
    const key = `${text}|${sub}`;
    if (key === this.#called) return;
    this.#called = key;
    const node = $("#call", this.#root);
    node.hidden = !text;
    node.style.color = colour ?? "";
    node.replaceChildren(text, ...(sub ? [el("small", {}, sub)] : []));
    if (text && !calm.matches) node.animate([{ opacity: 0, scale: 1.25 }, { opacity: 1, scale: 1 }], { duration: 160, easing: "ease-out" });
  }

  #words(now, scene, left) {
    const { round, own } = scene;
    if (round.phase === phases.ready) return [String(left), `Round ${round.number}`];
    if (round.phase === phases.fight) return now < this.#fightAt + callMs ? ["Fight", ""] : ["", ""];
    const winner = scene.bySeat(round.winner - 1);
    const [near, far] = this.sides.map(({ seat }) => scene.bySeat(seat)?.wins ?? 0);
    const score = `${near} : ${far}`;
    if (!winner) return ["Nobody’s round", score];
    const match = winner.wins === 2 ? "match" : "round";
    return [winner === own ? `You take the ${match}` : `${winner.name} takes the ${match}`, score, winner.colour];
  }

  hurt() {
    const edge = $(".hurt", this.#root);
    edge.classList.add("on");
    this.#later(() => edge.classList.remove("on"), 60);
  }

  say(name, colour, text) {
    const who = el("b", {}, name);
    who.style.color = colour;
    const line = el("li", {}, who, text);
    const ul = $("#talk", this.#root);
    ul.append(line);
    while (ul.children.length > 4) ul.firstChild.remove();
    this.#later(() => line.remove(), 9000);
  }

  #later(fn, ms) {
    const id = setTimeout(() => {
      this.#timers.delete(id);
      fn();
    }, ms);
    this.#timers.add(id);
  }

  stop() {
    this.#timers.forEach(clearTimeout);
  }
}

/** What is left to say when the match is over. */
export function summary({ winner, wins, left }, seat, players) {
  if (!(winner >= 0)) return "The match is a draw.";
  const who = winner === seat ? "You win" : `${players.find((p) => p.seat === winner)?.name ?? "The other one"} wins`;
  return left ? `${who}: the other one has left.` : `${who} ${wins[winner]} : ${wins[1 - winner]}.`;
}
