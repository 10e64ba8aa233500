// One lobby: who is in it, what its state costs, what happened.
import { call, get, post } from "./api.js";
import { ask } from "./ask.js";
import { $, cells, el, keyed, row, text } from "./dom.js";
import { bytes, clock, count } from "./format.js";

let id = "", counting = false;
const path = (rest = "") => `/lobbies/${encodeURIComponent(id)}${rest}`;

export async function openLobby(lobby) {
  [id, counting] = [lobby, false];
  for (const list of ["#members tbody", "#costs", "#log"]) keyed($(list), [], String, String, String);
  text($("#lobby-name"), lobby);
  text($("#lobby-facts"), "…");
  setCounting(false);
  $("#lobby").showModal();
  await showLobby();
}

/** Asks for the open lobby anew. */
export async function showLobby() {
  const shown = id;
  if (!$("#lobby").open) return;
  const [detail, log, profile] = await Promise.allSettled([get(path()), get(path("/events")), counting ? post(path("/profile"), { on: true }) : undefined]);
  if (shown !== id) return; // another one was opened meanwhile
  if (log.status === "fulfilled") showLog(log.value.events);
  if (detail.status === "rejected") {
    text($("#lobby-facts"), detail.reason.message);
    keyed($("#members tbody"), [], String, String, String);
    return;
  }
  showFacts(detail.value);
  showMembers([...detail.value.players, ...detail.value.spectators]);
  if (profile.status === "fulfilled" && profile.value) showCosts(profile.value);
  if (profile.status === "rejected") [setCounting(false), text($("#profile-facts"), profile.reason.message)];
}

function showFacts({ lobby, match, bans }) {
  text($("#lobby-name"), lobby.name || lobby.id);
  const facts = [lobby.game, lobby.phase, `${lobby.id}`, lobby.code && `code ${lobby.code}`, lobby.visibility, lobby.locked && "locked", lobby.password && "with password",
    match && `match ${match.id}, step ${count(match.ticks)} at ${match.hz} Hz, ${count(match.overruns)} overruns`, bans.length && `${bans.length} banned`];
  text($("#lobby-facts"), facts.filter(Boolean).join(" · "));
}

function showMembers(members) {
  keyed($("#members tbody"), members, (m) => m.id, newMember, (tr, m) => {
    const state = [m.bot && "bot", m.away && "away", m.seat < 0 && "watches", m.moderator && "moderator", m.muted && "muted"].filter(Boolean).join(", ");
    const [name, what] = tr.cells[0].children;
    text(name, m.name);
    text(what, state);
    cells(tr, undefined, m.account ?? "guest", m.address ?? "", bytes(m.backlog));
  });
  $("#members").closest("dialog").querySelector(".empty").hidden = members.length > 0;
}

function newMember(m) {
  const tr = row(["", "wide", "wide", "n", "n"]);
  tr.cells[0].append(el("span"), el("span", { className: "quiet" }));
  const act = (label, question, rest, body) => {
    const button = el("button", { type: "button", className: "small danger", textContent: `${label}…` });
    button.setAttribute("aria-label", `${label} ${m.name}…`);
    button.onclick = async () => (await ask({ ...question, yes: label, danger: true }, (value) => post(path(rest), body(value)))) && showLobby();
    tr.cells[4].append(button, " ");
  };
  act("Kick", { title: `Kick ${m.name}?`, text: "The player leaves the lobby and may come back." }, "/kick", () => ({ player: m.id }));
  act("Ban", { title: `Ban ${m.name}?`, text: "The person leaves the lobby and is kept out.", input: { label: "For how many minutes?", value: "60", type: "number", needed: true } },
    "/ban", (minutes) => ({ player: m.id, seconds: Math.round(minutes * 60) }));
  return tr;
}

function showCosts({ frames, bytes: size, costs }) {
  text($("#profile-facts"), frames ? `${count(frames)} frames of ${bytes(size / frames)} each, counted once however many clients get them` : "counting …");
  keyed($("#costs"), costs.slice(0, 30), (c) => `${c.type}.${c.field}`, () => el("li", {}, el("span"), el("span"), el("b")), (li, c) => {
    text(li.children[0], c.field ? `${c.type}.${c.field}` : `${c.type}: which entities and fields`);
    text(li.children[1], bytes(c.bytes / Math.max(frames, 1)) + " a frame");
    text(li.children[2], `${(c.share * 100).toFixed(1)} %`);
    li.style.setProperty("--share", c.share);
  });
}

function showLog(events) {
  keyed($("#log"), events.toReversed(), (e) => e.at + e.what + (e.player ?? "") + (e.detail ?? ""), (e) =>
    el("li", {}, el("time", { dateTime: e.at, textContent: clock(e.at) }), el("b", { textContent: e.what }),
      el("span", { textContent: [e.player, e.account, e.detail, e.by && `by ${e.by}`].filter(Boolean).join(" · ") })), () => {});
}

function setCounting(on) {
  counting = on;
  $("#profile").setAttribute("aria-pressed", String(on));
  text($("#profile"), on ? "Stop" : "Count");
}

$("#lobby-shut").onclick = () => $("#lobby").close();
$("#lobby").onclose = () => {
  if (counting) post(path("/profile"), { on: false }).catch(() => {}); // the match may be over
  id = "";
};
$("#profile").onclick = () => {
  if (counting) post(path("/profile"), { on: false }).catch(() => {});
  setCounting(!counting);
  showLobby();
};
$("#lobby-announce").onclick = () => ask({
  title: "Announce to this lobby", text: "Everybody in the lobby gets the text.", yes: "Announce", input: { label: "Text", needed: true },
}, (value) => post(path("/announce"), { text: value })).then(showLobby);
$("#lobby-close").onclick = async () => {
  const done = await ask({
    title: "Close the lobby?", text: "Its match ends with a last state, and everybody is sent away.", yes: "Close lobby", danger: true, input: { label: "What players are told" },
  }, (reason) => call("DELETE", path(reason && `?reason=${encodeURIComponent(reason)}`)));
  if (done) $("#lobby").close();
};
