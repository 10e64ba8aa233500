// What is said in the lobby, and who comes and goes.
import { $, colour, el, seatHue } from "../dom.js";

const kept = 200; // lines

/** @param {{client: any, run: (p: Promise<any>) => Promise<any>}} deps */
export function chat({ client, run }) {
  const ul = $("#lines");
  const log = $("#log");
  let known = null; // {lobby: id, names: by player id}

  $("#say").onsubmit = (e) => {
    e.preventDefault();
    const input = e.target.elements.text;
    const text = input.value.trim();
    if (text) run(client.chat(text).then(() => (input.value = "")));
  };

  function line(node) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
    ul.append(node);
    while (ul.children.length > kept) ul.firstChild.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  const note = (text) => line(el("li", { className: "note" }, text));

  return {
    note,
    clear: () => ul.replaceChildren(el("li", { className: "note" }, "Say hello. Only this lobby reads it.")),
    scroll: () => (log.scrollTop = log.scrollHeight),
    /** @param {{from: string, name: string, text: string}} said */
    say({ from, name, text }) {
      const seat = client.lobby?.players.find((p) => p.id === from)?.seat ?? 0;
      const who = el("b", {}, name);
      who.style.color = colour(seatHue(seat), 0.85, 0.11);
      line(el("li", {}, who, text));
    },
    /** Notes who has come and gone since the last time; in a crowd that would be noise. */
    show(lobby) {
      const names = new Map(lobby.players.map((p) => [p.id, p.name]));
      if (known?.lobby === lobby.id && Math.max(names.size, known.names.size) <= 12) {
        for (const [id, name] of names) if (!known.names.has(id)) note(`${name} is here.`);
        for (const [id, name] of known.names) if (!names.has(id)) note(`${name} has left.`);
        if (known.leader !== lobby.leader && names.has(lobby.leader)) note(`${names.get(lobby.leader)} leads the lobby now.`);
      }
      known = { lobby: lobby.id, names, leader: lobby.leader };
    },
  };
}
