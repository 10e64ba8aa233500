// The wait for a match: how long, for whom, and why it is not over yet.
import { $, setText } from "../dom.js";
import { sentence } from "../sentences.js";
import { toast, toastError } from "../toast.js";
import { explain, facts } from "./why.js";

/** @param {{client: any, catalogue: any}} deps */
export function queuePanel({ client, catalogue }) {
  const { queue } = client;
  const box = $("#queue");
  let since = 0;
  let timer = 0;

  $("button", box).onclick = () => queue.leave().catch(toastError);

  function tick() {
    const s = Math.floor((performance.now() - since) / 1000);
    setText($("time", box), `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`);
  }

  function draw(state) {
    clearInterval(timer);
    box.hidden = !state;
    $("#match").hidden = !chosen()?.queue || Boolean(state);
    if (!state) return;
    since = performance.now() - state.waitedMs;
    timer = setInterval(tick, 500);
    tick();
    setText($("h2", box), state.matched ? "Match found" : `Looking for a match of ${catalogue.title(state.game)}`);
    setText($("[role=status]", box), explain(state));
    const rows = facts(state);
    $("dl", box).hidden = !rows.length;
    $("dl", box).replaceChildren(...rows.flatMap(([what, value]) => [dt(what), dd(value)]));
    $("button", box).hidden = Boolean(client.party.state && !client.party.leads);
  }
  const dt = (text) => Object.assign(document.createElement("dt"), { textContent: text });
  const dd = (text) => Object.assign(document.createElement("dd"), { textContent: text });

  let chosen = () => null;
  queue.on("change", draw);
  queue.on("closed", (why) => toast(`No longer looking for a match. ${sentence(why)}`, { bad: why.code !== "NOT_QUEUED", code: why.code }));
  client.on("missed", toastError);

  return {
    /** @param {() => any} game the one that the first screen has chosen */
    offer(game) {
      chosen = game;
      $("#match").onclick = () => queue.join({ game: game().name }).catch(toastError);
      this.refresh();
    },
    refresh: () => draw(queue.state),
  };
}
