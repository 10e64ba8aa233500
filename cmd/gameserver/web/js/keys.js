// The keys that lead from the game to the lobby that lies over it, and back.
import { $ } from "./dom.js";

/** @param {{playing: () => boolean, sheet: {isOpen: () => boolean}, openSheet: () => void, closeSheet: () => void}} deps */
export function listenKeys({ playing, sheet, openSheet, closeSheet }) {
  addEventListener("keydown", (e) => {
    if (!playing() || e.defaultPrevented || $("dialog[open], [popover]:popover-open")) return; // Escape is theirs
    const typing = e.target.matches?.("input, select");
    if (typing && e.key !== "Escape") return;
    const open = sheet.isOpen();
    if (e.key === "Escape" || (e.key === "Tab" && !open)) {
      e.preventDefault();
      if (open) closeSheet();
      else openSheet();
    } else if (e.key === "Enter" && !open) {
      e.preventDefault();
      openSheet();
      $("#say input").focus();
    }
  });
}
