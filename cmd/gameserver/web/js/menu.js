// A menu of actions beside a button: arrow keys, Home and End move, Escape and a click elsewhere close it.
import { $, el } from "./dom.js";

const moves = { ArrowDown: (i, n) => (i + 1) % n, ArrowUp: (i, n) => (i - 1 + n) % n, Home: () => 0, End: (_, n) => n - 1 };

/**
 * @param {HTMLElement} button gets the focus back
 * @param {{ text: string, act: () => void, danger?: boolean }[]} actions
 */
export function openMenu(button, actions) {
  const menu = $("#actions");
  if (menu.matches(":popover-open") && menu.owner === button) return menu.hidePopover();
  menu.owner = button;
  menu.ariaLabel = button.ariaLabel ?? button.textContent;
  menu.replaceChildren(...actions.map(({ text, act, danger }) => {
    const item = el("button", { type: "button", role: "menuitem", className: danger ? "danger" : "" }, text);
    item.onclick = () => {
      menu.hidePopover();
      act();
    };
    return item;
  }));
  menu.onkeydown = (e) => {
    const items = [...menu.children];
    if (e.key === "Tab") menu.hidePopover();
    if (!(e.key in moves)) return;
    e.preventDefault();
    items[moves[e.key](items.indexOf(document.activeElement), items.length)].focus();
  };
  menu.ontoggle = (e) => {
    const open = e.newState === "open";
    button.ariaExpanded = String(open);
    if (!open && button.isConnected && (document.activeElement === document.body || menu.contains(document.activeElement))) button.focus();
  };
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.firstChild.focus();
}

/** Below the button, or above it where there is no room; a narrow screen has it at its lower edge (room.css). */
function place(menu, at) {
  const { offsetHeight: height, offsetWidth: width } = menu;
  const below = at.bottom + 6;
  menu.style.setProperty("--top", `${below + height > innerHeight - 8 ? Math.max(8, at.top - 6 - height) : below}px`);
  menu.style.setProperty("--left", `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`);
}
