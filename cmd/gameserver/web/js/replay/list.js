// The matches that were recorded last, on the first screen.
import { $, el } from "../dom.js";

const shown = 12;
const every = 15_000; // ms

/** @param {{catalogue: any, open: (id: string) => void}} deps */
export function recordings({ catalogue, open }) {
  const section = $("#recordings");
  let list = [];
  let timer = 0;
  catalogue.addEventListener("change", draw); // games have titles now

  async function refresh() {
    const answer = await fetch("/replays/").catch(() => null);
    if (!answer?.ok) return; // not served here, or not now
    const { replays = [] } = await answer.json();
    list = replays.filter((r) => r.ticks > r.hz).slice(0, shown);
    if (!section.contains(document.activeElement)) draw();
  }

  function draw() {
    section.hidden = list.length === 0;
    $("ul", section).replaceChildren(...list.map(row));
  }

  function row(r) {
    const players = r.players ?? [];
    const who = players.length > 3 ? `${players.slice(0, 2).join(", ")} and ${players.length - 2} more` : players.join(players.length === 2 ? " vs " : ", ");
    const seconds = Math.round(r.ticks / r.hz);
    const text = `${catalogue.title(r.game)}, ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}, ${ago(r.started)}`;
    const button = el("button", { type: "button" }, el("span", { className: "who" }, who || catalogue.title(r.game)), el("span", { className: "kind" }, text));
    button.ariaLabel = `Watch ${who}: ${text}`;
    button.onclick = () => open(r.id);
    return el("li", {}, button);
  }

  return {
    show() {
      if (timer) return;
      refresh();
      timer = setInterval(() => document.hidden || refresh(), every);
    },
    hide() {
      clearInterval(timer);
      timer = 0;
    },
  };
}

function ago(time) {
  const minutes = Math.round((Date.now() - Date.parse(time)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`;
}
