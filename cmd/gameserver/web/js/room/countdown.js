// The seconds before a match. The server tells them once; until the start the page counts.
import { $, setText } from "../dom.js";

export function countdown() {
  const band = $("#countdown");
  let timer = 0;
  let end = 0;
  let known = null;

  function tick() {
    setText($("b", band), String(Math.max(1, Math.ceil((end - performance.now()) / 1000))));
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    band.hidden = true;
  }

  return {
    stop,
    show(lobby) {
      if (lobby.phase !== "countdown") return stop();
      if (lobby === known) return; // nothing new: we have counted on
      known = lobby;
      end = performance.now() + (lobby.countdownMs ?? 0);
      band.hidden = false;
      band.style.setProperty("--ms", `${lobby.countdownMs ?? 0}ms`);
      tick();
      timer ||= setInterval(tick, 100);
    },
  };
}
