// The lobby from inside: who is here, ready and start, chat, the invitation.
import { $, el, setText, colour } from "./dom.js";
import { toast, toastError } from "./toast.js";

/** Hue of a seat: the golden angle keeps neighbours apart. games/arena paints its ships by the same rule. */
export const seatHue = (seat) => (seat * 158) & 255;

/** @param {{client: any, left: () => void, resume: () => void}} deps */
export function room({ client, left, resume }) {
  const run = (promise) => promise.catch(toastError);
  const me = () => client.lobby?.players.find((p) => p.id === client.you?.id);
  const titles = new Map();
  let shown = null; // the lobby on the screen; stays there while the link is down

  $("#leave").onclick = async () => {
    await run(client.leave());
    left();
  };
  $("#ready").onclick = () => run(client.ready(!me()?.ready));
  $("#start").onclick = () => run(client.start());
  $("#back").onclick = resume;
  $("#share").onclick = () => share(`#${shown.code}`, "Invitation link copied.");
  $("#watch-link").onclick = () => share(`#${shown.code}/watch`, "Link for spectators copied.");
  $("#lock").onclick = () => run(client.lock(!shown.locked));
  $("#balance").onclick = () => run(client.balance());
  $("#team").onclick = () => run(client.team(((me()?.team ?? 0) % shown.teams) + 1));

  async function share(hash, done) {
    const link = `${location.origin}${location.pathname}${hash}`;
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ url: link });
      else {
        await navigator.clipboard.writeText(link);
        toast(done);
      }
    } catch (err) {
      if (err.name !== "AbortError") toast(`Send this link: ${link}`); // no clipboard without https
    }
  }
  $("#say").onsubmit = (e) => {
    e.preventDefault();
    const input = e.target.elements.text;
    if (!input.value.trim()) return;
    run(client.chat(input.value.trim()).then(() => (input.value = "")));
  };

  function playerRow(p, lobby, leads) {
    const mine = p.id === client.you?.id;
    const dot = el("span", { className: "dot" });
    dot.style.background = colour(seatHue(p.seat));
    const row = el("li", {}, dot, el("span", { className: mine ? "who me" : "who" }, p.name));
    const tag = (text, on = false) => row.append(el("span", { className: on ? "tag on" : "tag" }, text));
    if (p.team) tag(`team ${p.team}`);
    if (p.id === lobby.leader) tag("leader");
    if (p.bot) tag("bot");
    else if (p.away) tag("away");
    else if (waits(lobby)) tag(p.ready ? "ready" : "not ready", p.ready);
    if (leads && !mine && !p.bot) {
      const kick = el("button", { className: "danger", type: "button", "aria-label": `Remove ${p.name}` }, "Remove");
      kick.onclick = () => run(client.kick(p.id));
      row.append(kick);
    }
    return row;
  }

  /** Whether players say that they are ready: before a match and between two, unless matches begin by themselves. */
  const waits = ({ phase, game }) => (phase === "gathering" || phase === "finished") && !titles.get(game)?.dropIn;

  function show(lobby) {
    shown = lobby;
    const game = titles.get(lobby.game);
    const leads = lobby.leader === client.you?.id;
    setText($("#room-name"), lobby.name || game?.title || lobby.game);
    const kind = [game?.title || lobby.game, lobby.visibility, lobby.password && "password", lobby.locked && "locked"];
    setText($("#room-kind"), kind.filter(Boolean).join(", "));
    setText($("#share b"), lobby.code ?? "");
    setText($("#room-count"), `${lobby.players.length} of ${lobby.max}${lobby.spectators ? `, ${lobby.spectators} watching` : ""}`);
    const seats = [...lobby.players].sort((a, b) => Number(a.bot) - Number(b.bot) || a.seat - b.seat);
    $("#players").replaceChildren(...seats.map((p) => playerRow(p, lobby, leads)));
    $("#lock").hidden = !leads;
    $("#lock").setAttribute("aria-pressed", String(Boolean(lobby.locked)));
    setText($("#lock"), lobby.locked ? "Locked" : "Lock");
    $("#watch-link").hidden = !game?.spectators;
    const sides = lobby.teams > 1 && waits(lobby) && !client.spectating;
    $("#team").hidden = !sides;
    $("#balance").hidden = !sides || !leads;
    setText($("#ready"), lobby.phase === "finished" ? "Rematch" : "Ready");
    $("#ready").hidden = !waits(lobby) || client.spectating;
    $("#ready").setAttribute("aria-pressed", String(Boolean(me()?.ready)));
    $("#start").hidden = !waits(lobby) || !leads;
    $("#back").hidden = lobby.phase !== "playing";
    setText($("#phase"), phaseText(lobby, leads));
    countDown(lobby);
  }

  /** The server tells the countdown once; between that and the start the page counts. */
  function countDown(lobby) {
    clearInterval(counting);
    if (lobby.phase !== "countdown") return;
    const end = performance.now() + (lobby.countdownMs ?? 0);
    counting = setInterval(() => setText($("#phase"), startingIn(end - performance.now())), 200);
  }
  let counting = 0;
  const startingIn = (ms) => `Starting in ${Math.max(1, Math.ceil(ms / 1000))}`;

  function phaseText(lobby, leads) {
    const missing = lobby.min - lobby.players.length;
    if (lobby.phase === "countdown") return startingIn(lobby.countdownMs ?? 0);
    if (lobby.phase === "playing") return "";
    if (client.spectating) return "You are watching";
    if (missing > 0) return `Waiting for ${missing} more ${missing === 1 ? "player" : "players"}`;
    if (titles.get(lobby.game)?.dropIn) return "The next round begins in a moment";
    return leads ? "Start when everyone is ready" : "The leader starts the match";
  }

  function line(node) {
    const ul = $("#lines");
    const atEnd = ul.scrollHeight - ul.scrollTop - ul.clientHeight < 30;
    ul.append(node);
    while (ul.children.length > 200) ul.firstChild.remove();
    if (atEnd) ul.scrollTop = ul.scrollHeight;
  }

  return {
    show,
    /** Titles of the games, for the heading. */
    async learn() {
      const { games = [] } = await client.list();
      for (const g of games) titles.set(g.name, g);
      if (client.lobby) show(client.lobby);
    },
    clear: () => $("#lines").replaceChildren(el("li", { className: "note" }, "Say hello. Only this lobby reads it.")),
    chat(c) {
      const seat = client.lobby?.players.find((p) => p.id === c.from)?.seat ?? 0;
      const who = el("b", {}, c.name);
      who.style.color = colour(seatHue(seat), 0.85, 0.11);
      line(el("li", {}, who, c.text));
    },
    note: (text) => line(el("li", { className: "note" }, text)),
    open() {
      $("#room").hidden = false;
      $("#lines").scrollTop = $("#lines").scrollHeight;
    },
    close: () => ($("#room").hidden = true),
    isOpen: () => !$("#room").hidden,
  };
}
