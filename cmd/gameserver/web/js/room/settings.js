// The dialog in which the leader changes the lobby.
import { $, setText } from "../dom.js";
import { LobbyForm } from "../lobbyform.js";
import { sentence } from "../sentences.js";

/** @param {{client: any, catalogue: any}} deps */
export function settings({ client, catalogue }) {
  const dialog = $("#settings");
  const form = $("form", dialog);
  const fields = new LobbyForm(form);
  const alert = $("[role=alert]", dialog);
  const { open, password } = form.elements;

  $(".cancel", dialog).onclick = () => dialog.close();
  open.onchange = () => (password.disabled = open.checked);

  form.onsubmit = async (e) => {
    e.preventDefault();
    const { password: secret, ...values } = fields.values;
    const word = open.checked ? "" : secret || undefined; // undefined: as it was
    try {
      await client.configure({ ...values, password: word });
      dialog.close();
    } catch (err) {
      setText(alert, sentence(err));
      alert.hidden = false;
    }
  };

  return {
    open() {
      const { lobby } = client;
      const game = catalogue.get(lobby.game);
      if (game) fields.allow(game, lobby.players.length);
      fields.fill(lobby);
      open.checked = password.disabled = false;
      open.parentElement.hidden = !lobby.password;
      password.placeholder = lobby.password ? "unchanged" : "none";
      alert.hidden = true;
      dialog.showModal();
      form.elements.lobby.focus();
    },
    /** Who does not lead any more has nothing to set. */
    show: (lobby) => lobby.leader !== client.you?.id && dialog.open && dialog.close(),
  };
}
