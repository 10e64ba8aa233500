// Watching recordings: opens one by its id, shows it with the view of its game,
// and goes when something else is shown.
import { Playback, Recording } from "/sdk/index.js";
import { $ } from "../dom.js";
import { startView } from "../games.js";
import { linked, showReplay } from "../link.js";
import { toast } from "../toast.js";
import { Transport } from "./transport.js";

/** @param {{begins: () => void, closed: () => void}} deps begins: make room for #game; closed: the visitor has seen enough */
export function cinema({ begins, closed }) {
  let showing = null; // {view, playback, transport}
  let asked = 0; // counts the recordings that were asked for

  async function open(id) {
    const turn = ++asked;
    const { recording, problem } = await load(id);
    if (turn !== asked) return; // something else was asked for meanwhile
    if (recording) return play(recording, id);
    toast(problem, { bad: true });
    if (linked()?.replay === id) closed();
  }

  function play(recording, id) {
    const playback = new Playback(recording);
    begins();
    const start = { game: recording.game, hz: recording.hz, sendHz: recording.hz, you: playback.you };
    $("#replay").hidden = false;
    document.body.classList.add("replaying");
    const view = startView(recording.game, playback, start, { takeSeat() {} });
    showReplay(id);
    showing = { view, playback, transport: new Transport($("#replay"), playback, close) };
    showing.transport.focus();
  }

  function end() {
    showing?.transport.stop();
    showing?.view.stop();
    showing = null;
    $("#replay").hidden = true;
    document.body.classList.remove("replaying");
  }

  function close() {
    end();
    closed();
  }

  return {
    open,
    /** Something else is shown: a match, the first screen. */
    end() {
      asked++;
      if (showing) end();
    },
    get playback() { return showing?.playback ?? null; },
    get view() { return showing?.view.view ?? null; },
  };
}

/** @returns {Promise<{recording?: any, problem?: string}>} */
async function load(id) {
  const answer = await fetch(`/replays/${encodeURIComponent(id)}/stream`).catch(() => null);
  if (!answer) return { problem: "No connection. Try again." };
  if (answer.status === 404) return { problem: "That recording is not kept any more." };
  if (answer.status === 403) return { problem: "That match still runs. Its recording can be watched when it is over." };
  if (!answer.ok) return { problem: "The server is busy with other recordings. Try again in a moment." };
  try {
    return { recording: new Recording(await answer.arrayBuffer()) };
  } catch {
    return { problem: "That recording is damaged." };
  }
}
