// The buttons, the bar and the keys of a recording that plays.
import { $, el, setText } from "../dom.js";

const speeds = [0.25, 0.5, 1, 2, 4];
const hop = 5; // seconds
const most = 150; // marks on the bar

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Transport {
  #root;
  #playback;
  #close;
  #off = new AbortController();
  #request = 0;
  #resume = false; // playing went on before the bar was dragged

  /** @param {HTMLElement} root @param playback a Playback @param {() => void} close */
  constructor(root, playback, close) {
    this.#root = root;
    this.#playback = playback;
    this.#close = close;
    const { signal } = this.#off;
    const { first, last } = playback.recording;
    const bar = this.#bar;
    Object.assign(bar, { min: first, max: last, step: 1, value: first });
    bar.addEventListener("input", () => playback.seek(Number(bar.value)), { signal });
    bar.addEventListener("pointerdown", () => this.#hold(), { signal });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.#let(), { signal });
    const press = (name, fn) => $(`[data-do="${name}"]`, root).addEventListener("click", fn, { signal });
    press("play", () => this.#toggle());
    press("slower", () => this.#faster(-1));
    press("faster", () => this.#faster(1));
    press("close", close);
    // Before the view of the game, which has keys of its own.
    addEventListener("keydown", (e) => this.#key(e), { signal, capture: true });
    playback.on("change", this.#changed);
    this.#marks();
    this.#changed();
    this.#request = requestAnimationFrame(() => this.#show());
  }

  get #bar() {
    return $("input", this.#root);
  }

  focus() {
    $('[data-do="play"]', this.#root).focus({ preventScroll: true });
  }

  #seconds(tick) {
    return (tick - this.#playback.recording.first) / this.#playback.recording.hz;
  }

  /** Where the game had something to say. */
  #marks() {
    const { ticks, first, last } = this.#playback.recording;
    const told = ticks.filter((t) => t.events.length > 0);
    const some = told.filter((_, i) => i % Math.ceil(told.length / most) === 0);
    $(".marks", this.#root).replaceChildren(...some.map(({ tick }) => {
      const mark = el("i");
      mark.style.left = `${(100 * (tick - first)) / Math.max(1, last - first)}%`;
      return mark;
    }));
  }

  #show() {
    this.#request = requestAnimationFrame(() => this.#show());
    const { tick, recording } = this.#playback;
    const bar = this.#bar;
    if (Number(bar.value) !== Math.round(tick)) bar.value = Math.round(tick);
    bar.style.setProperty("--done", `${(100 * (tick - recording.first)) / Math.max(1, recording.last - recording.first)}%`);
    const text = `${clock(this.#seconds(tick))} / ${clock(this.#seconds(recording.last))}`;
    if ($(".time", this.#root).textContent === text) return;
    setText($(".time", this.#root), text);
    bar.setAttribute("aria-valuetext", text.replace("/", "of"));
  }

  #changed = () => {
    const { playing, speed } = this.#playback;
    const button = $('[data-do="play"]', this.#root);
    button.ariaLabel = playing ? "Pause" : "Play";
    button.classList.toggle("playing", playing);
    setText($(".speed", this.#root), `${speed}×`);
    $('[data-do="slower"]', this.#root).disabled = speed === speeds[0];
    $('[data-do="faster"]', this.#root).disabled = speed === speeds.at(-1);
  };

  #toggle() {
    if (this.#playback.playing) this.#playback.pause();
    else this.#playback.play();
  }

  #faster(by) {
    const at = speeds.indexOf(this.#playback.speed) + by;
    if (speeds[at]) this.#playback.setSpeed(speeds[at]);
  }

  /** The picture waits while the bar is dragged. */
  #hold() {
    this.#resume = this.#playback.playing;
    this.#playback.pause();
  }

  #let() {
    if (this.#resume) this.#playback.play();
    this.#resume = false;
  }

  #hop(seconds) {
    this.#playback.seek(this.#playback.tick + seconds * this.#playback.recording.hz);
  }

  #tickwise(by) {
    this.#playback.pause();
    this.#playback.seek(Math.round(this.#playback.tick) + by);
  }

  #key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || (e.code === "Space" && e.target.matches?.("button"))) return;
    const does = {
      Space: () => this.#toggle(), KeyK: () => this.#toggle(),
      ArrowLeft: () => this.#hop(-hop), ArrowRight: () => this.#hop(hop),
      Comma: () => this.#tickwise(-1), Period: () => this.#tickwise(1),
      ArrowUp: () => this.#faster(1), ArrowDown: () => this.#faster(-1),
      Home: () => this.#playback.seek(this.#playback.recording.first), End: () => this.#playback.seek(this.#playback.recording.last),
      Escape: () => this.#close(),
    }[e.code];
    if (!does) return;
    e.preventDefault();
    e.stopPropagation();
    does();
  }

  stop() {
    cancelAnimationFrame(this.#request);
    this.#playback.off("change", this.#changed);
    this.#off.abort();
  }
}
