// Who is kept out of the lobby, and the way back in.
import { $, count, el } from "../dom.js";
import { toastError } from "../toast.js";

/** @param {{client: any}} deps */
export function bans({ client }) {
  const dialog = $("#bans");
  const list = $("ul", dialog);

  async function open() {
    try {
      const { bans } = await client.bans();
      list.replaceChildren(...bans.map(row));
      $("p", dialog).hidden = bans.length > 0;
      if (!dialog.open) dialog.showModal();
    } catch (err) {
      toastError(err);
    }
  }

  function row({ player, name, seconds }) {
    const lift = el("button", { type: "button", ariaLabel: `Let ${name} in again` }, "Let in again");
    lift.onclick = () => client.unban(player).then(open, toastError);
    return el("li", {}, el("span", { className: "who" }, name), el("span", { className: "mute" }, `for ${count(Math.ceil(seconds / 60), "minute")}`), lift);
  }

  return { open };
}
