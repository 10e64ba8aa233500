// Who is here: a list, or one for each team.
import { $, colour, count, el, keyed, seatHue, setText } from "../dom.js";
import { openMenu } from "../menu.js";
import { actionsOn } from "./actions.js";

/** @param {{client: any, catalogue: any, run: (p: Promise<any>) => void}} deps */
export function playerList({ client, catalogue, run }) {
  const root = $("#players");
  let shown = null; // the lobby
  const actions = (p) => actionsOn(p, shown, client, catalogue.get(shown.game), run);

  function make(p) {
    const more = el("button", { type: "button", className: "quiet more", ariaHasPopup: "menu", ariaExpanded: "false" }, "⋯");
    const row = el("li", {}, el("span", { className: "dot" }), el("span", { className: "who" }), el("span", { className: "tags" }), more);
    more.onclick = () => openMenu(more, actions(shown.players.find((q) => q.id === p.id)));
    return row;
  }

  function update(row, p) {
    const [dot, who, tags, more] = row.children;
    dot.style.background = colour(seatHue(p.seat));
    setText(who, p.name);
    who.className = p.id === client.you?.id ? "who me" : "who";
    const words = tagsOf(p, shown);
    setText(tags, words.join(", "));
    tags.className = words.includes("ready") ? "tags on" : "tags";
    more.hidden = !actions(p).length;
    more.ariaLabel = `What to do with ${p.name}`;
  }

  function tagsOf(p, lobby) {
    const tags = [];
    if (p.id === client.you?.id) tags.push("you");
    if (p.id === lobby.leader) tags.push("leader");
    if (p.muted) tags.push("muted");
    if (p.bot) tags.push("bot");
    else if (p.away) tags.push("away");
    else if (catalogue.waits(lobby) && lobby.phase !== "finished") tags.push(p.ready ? "ready" : "not ready");
    return tags;
  }

  const how = { key: (p) => p.id, make, update };
  const bySeat = (a, b) => Number(a.bot) - Number(b.bot) || a.seat - b.seat;

  function makeTeam({ team }) {
    const join = el("button", { type: "button", className: "quiet" }, "Join");
    join.onclick = () => run(client.team(team));
    return el("li", { className: "team" }, el("header", {}, el("h4"), join), el("ul", { role: "list" }));
  }

  function updateTeam(item, { team, players }) {
    const [header, ul] = item.children;
    const [title, join] = header.children;
    setText(title, `Team ${team}, ${count(players.length, "player")}`);
    const mine = players.some((p) => p.id === client.you?.id);
    join.hidden = mine || client.spectating || !(shown.phase === "gathering" || shown.phase === "finished");
    join.ariaLabel = `Join team ${team}`;
    keyed(ul, players, how);
  }

  return {
    show(lobby) {
      shown = lobby;
      setText($("#room-count"), `${lobby.players.length} of ${lobby.max}${lobby.spectators ? `, ${lobby.spectators} watching` : ""}`);
      const players = [...lobby.players].sort(bySeat);
      if (!(lobby.teams > 1)) return keyed(root, players, how);
      const teams = Array.from({ length: lobby.teams }, (_, i) => ({ team: i + 1, players: players.filter((p) => p.team === i + 1) }));
      keyed(root, teams, { key: (t) => `team ${t.team}`, make: makeTeam, update: updateTeam });
    },
  };
}
