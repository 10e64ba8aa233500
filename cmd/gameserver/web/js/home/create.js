// The dialog that opens a lobby of one's own.
import { $, count, el, setText } from "../dom.js";
import { LobbyForm } from "../lobbyform.js";
import { sentence } from "../sentences.js";

/** @param {{catalogue: any, create: (options: object, then: {done: () => void, failed: (err: Error) => void}) => void}} deps */
export function createDialog({ catalogue, create }) {
  const dialog = $("#create");
  const form = $("form", dialog);
  const fields = new LobbyForm(form);
  const { game } = form.elements;
  const alert = $("[role=alert]", dialog);

  $("#new").onclick = () => {
    alert.hidden = true;
    dialog.showModal();
    form.elements.lobby.focus();
  };
  $(".cancel", dialog).onclick = () => dialog.close();

  catalogue.addEventListener("change", () => {
    const { value } = game;
    game.replaceChildren(...catalogue.all.map((g) => el("option", { value: g.name }, g.title)));
    if (catalogue.get(value)) game.value = value;
    $("#game-pick").hidden = catalogue.all.length < 2;
    chosen();
  });

  /** What the chosen game allows. */
  function chosen() {
    const g = catalogue.get(game.value);
    if (!g) return;
    fields.allow(g);
    const kind = [g.min === g.max ? count(g.max, "player") : `${Math.max(1, g.min)} to ${g.max} players`];
    if (g.teams > 1) kind.push(`${g.teams} teams`);
    kind.push(g.dropIn ? "drop in at any time" : "everyone gets ready, then it starts");
    setText($("#game-kind"), kind.join(", "));
  }
  game.onchange = chosen;

  form.onsubmit = (e) => {
    e.preventDefault();
    const { name, password, meta, ...rest } = fields.values;
    const labels = Object.keys(meta).length ? meta : undefined;
    create({ ...rest, game: game.value, name: name || undefined, password: password || undefined, meta: labels }, {
      done() {
        dialog.close();
        fields.fill();
      },
      failed(err) {
        setText(alert, sentence(err));
        alert.hidden = false;
      },
    });
  };
}
