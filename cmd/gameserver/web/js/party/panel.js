// The people one plays with, on the first screen.
import { $, count, el, keyed, setText } from "../dom.js";
import { canShare, copy, linkToParty, share } from "../link.js";
import { openMenu } from "../menu.js";
import { toast, toastError } from "../toast.js";
import { sentence } from "../sentences.js";

/** @param {{client: any, player: () => string | undefined}} deps */
export function partyPanel({ client, player }) {
  const { party } = client;
  const box = $("#party");
  const list = $("#members");
  const run = (promise) => promise.catch(toastError);

  $("#party-new").onclick = () => run(party.create({ player: player() }).then(() => $("#party-invite").focus()));
  $("#party-leave").onclick = () => run(party.leave().then(() => $("#party-new").focus()));
  $("#party-invite").onclick = () => run(party.invite().then(({ code, expiresMs }) => {
    setText($("#party-code"), code);
    const link = linkToParty(code);
    if (canShare() && matchMedia("(pointer: coarse)").matches) return share(link, "Play with me");
    return copy(link, `Link copied. It is good for ${count(Math.round(expiresMs / 60_000), "minute")}.`);
  }));

  function make({ id, name }) {
    const more = el("button", { type: "button", className: "quiet more", ariaHasPopup: "menu", ariaExpanded: "false", ariaLabel: `What to do with ${name}` }, "⋯");
    more.onclick = () => openMenu(more, [
      { text: "Make leader", act: () => run(party.lead(id)) },
      { text: "Remove from the party", danger: true, act: () => run(party.kick(id)) },
    ]);
    return el("li", {}, el("span", { className: "who" }), el("span", { className: "tags" }), more);
  }

  function update(row, { id, name, away }) {
    const [who, tags, more] = row.children;
    setText(who, name);
    who.className = id === party.you ? "who me" : "who";
    setText(tags, [id === party.you && "you", id === party.state.leader && "leader", away && "away"].filter(Boolean).join(", "));
    more.hidden = !party.leads || id === party.you;
  }

  function draw(state) {
    box.classList.toggle("in", Boolean(state));
    $("#party-new").hidden = Boolean(state);
    $("#party-in").hidden = !state;
    setText($("#party-size"), state ? `${state.members.length} of ${state.size}` : "");
    keyed(list, state?.members ?? [], { key: (m) => m.id, make, update });
    if (!state) return setText($("#party-code"), "");
    const leader = state.members.find((m) => m.id === state.leader)?.name;
    setText($("#party-hint"), party.leads ? "Wherever you play, they come along." : `You follow ${leader} into every lobby.`);
  }

  party.on("change", draw);
  party.on("closed", (why) => toast(why.code === "KICKED" ? "You were removed from the party." : `The party: ${sentence(why)}`, { bad: true, code: why.code }));
  draw(party.state);

  return {
    /** @param {string} code of an invitation */
    join: (code) => run(party.state ? Promise.resolve() : party.join({ code: code.toUpperCase(), player: player() })),
  };
}
