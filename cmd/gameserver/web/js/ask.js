// Asks for a lobby's password.
import { $, setText } from "./dom.js";

/** @param {boolean} again the last one was wrong @returns {Promise<string | null>} null: never mind */
export function askPassword(again) {
  const dialog = $("#ask");
  const input = $("input", dialog);
  setText($("p", dialog), again ? "That was not it. Try again." : "Ask whoever invited you.");
  dialog.classList.toggle("again", again);
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "join" ? input.value : null), { once: true });
  });
}
