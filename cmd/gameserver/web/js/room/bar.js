// The actions at the lower edge of a lobby, and the sentence that says what it waits for.
import { $, count, setText } from "../dom.js";

/** @param {{client: any, catalogue: any, run: (p: Promise<any>) => Promise<any>, left: () => void, resume: () => void, takeSeat: () => void, settings: () => void}} deps */
export function bar({ client, catalogue, run, left, resume, takeSeat, settings }) {
  let shown = null;

  /** Whether we say that we are ready. After a match it takes a new word, from everyone. */
  const isReady = ({ phase, players }) => phase !== "finished" && Boolean(players.find((p) => p.id === client.you?.id)?.ready);

  $("#leave").onclick = async () => {
    await run(client.leave());
    left();
  };
  $("#ready").onclick = () => run(client.ready(!isReady(shown)));
  $("#start").onclick = () => run(client.start());
  $("#back").onclick = resume;
  $("#sit").onclick = takeSeat;
  $("#set").onclick = settings;
  $("#lock").onclick = () => run(client.lock(!shown.locked));
  $("#balance").onclick = () => run(client.balance());

  function show(lobby) {
    shown = lobby;
    const leads = lobby.leader === client.you?.id;
    const waits = catalogue.waits(lobby);
    const ready = isReady(lobby);
    $("#lock").hidden = !leads;
    $("#set").hidden = !leads || !(waits || catalogue.get(lobby.game)?.dropIn) || lobby.phase === "countdown";
    $("#lock").ariaPressed = String(Boolean(lobby.locked));
    $("#balance").hidden = !leads || !(lobby.teams > 1) || !waits || lobby.phase === "countdown";
    $("#ready").hidden = !waits || client.spectating;
    $("#ready").ariaPressed = String(ready);
    $("#ready").classList.toggle("primary", !ready);
    setText($("#ready"), lobby.phase === "finished" ? "Rematch" : "Ready");
    $("#start").hidden = !waits || !leads || ready || lobby.phase === "countdown" || !canStart(lobby);
    $("#back").hidden = lobby.phase !== "playing";
    $("#sit").hidden = !client.spectating || lobby.phase === "playing";
    setText($("#phase"), phaseText(lobby, ready));
  }

  /** Whether the leader's word is all that is missing. */
  const canStart = (lobby) => lobby.players.length >= lobby.min
    && lobby.players.every((p) => p.ready || p.bot || p.id === client.you?.id);

  function phaseText(lobby, ready) {
    if (lobby.phase === "countdown") return `The match starts in ${count(Math.max(1, Math.ceil((lobby.countdownMs ?? 0) / 1000)), "second")}.`;
    if (lobby.phase === "playing") return client.spectating ? "You are watching." : "";
    const missing = lobby.min - lobby.players.length;
    if (missing > 0) return `Waiting for ${count(missing, "more player")}.`.replace("1 more", "one more");
    if (catalogue.get(lobby.game)?.dropIn) return "The next round begins in a moment.";
    const waiting = lobby.players.filter((p) => !p.ready && !p.bot);
    if (!ready && !client.spectating) return lobby.phase === "finished" ? "Another round?" : "It starts when everyone is ready.";
    return `Waiting for ${waiting.length === 1 ? waiting[0].name : count(waiting.length, "player")} to get ready.`;
  }

  return { show };
}
