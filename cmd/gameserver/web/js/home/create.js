// The dialog that opens a lobby of one's own.
import { $, count, el, setText } from "../dom.js";
import { sentence } from "../sentences.js";

const maxLabels = 6; // the server takes 16; more would not fit a row of the list

/** @param {{catalogue: any, create: (options: object, failed: (err: Error) => void) => Promise<boolean>}} deps */
export function createDialog({ catalogue, create }) {
  const dialog = $("#create");
  const form = $("form", dialog);
  const { game, seats, password } = form.elements;
  const labels = $("#labels");
  const alert = $("[role=alert]", dialog);

  $("#new").onclick = () => {
    alert.hidden = true;
    dialog.showModal();
    form.elements.lobby.focus();
  };
  $("#create-cancel").onclick = () => dialog.close();

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
    Object.assign(seats, { min: Math.max(1, g.min), max: g.max, placeholder: String(g.max), value: "" });
    $("#seats-pick").hidden = g.min === g.max;
    const kind = [g.min === g.max ? count(g.max, "player") : `${Math.max(1, g.min)} to ${g.max} players`];
    if (g.teams > 1) kind.push(`${g.teams} teams`);
    kind.push(g.dropIn ? "drop in at any time" : "everyone gets ready, then it starts");
    setText($("#game-kind"), kind.join(", "));
  }
  game.onchange = chosen;

  $("#add-label").onclick = () => {
    const remove = el("button", { type: "button", className: "quiet", ariaLabel: "Remove this label" }, "×");
    const row = el("li", {},
      el("input", { name: "label", maxLength: 24, required: true, placeholder: "map", ariaLabel: "Label" }),
      el("input", { name: "value", maxLength: 40, placeholder: "hills", ariaLabel: "Its value" }), remove);
    remove.onclick = () => {
      row.remove();
      $("#add-label").hidden = false;
      $("#add-label").focus();
    };
    labels.append(row);
    $("#add-label").hidden = labels.children.length >= maxLabels;
    row.firstChild.focus();
  };

  /** {map: "hills", ranked: true}: a label without a value is one that holds. */
  function meta(data) {
    const values = data.getAll("value").map((v) => v.trim());
    const all = data.getAll("label").map((key, i) => [key.trim(), values[i] || true]);
    return all.length ? Object.fromEntries(all) : undefined;
  }

  form.onsubmit = async (e) => {
    e.preventDefault();
    const data = new FormData(form);
    const done = await create({
      game: game.value,
      name: data.get("lobby").trim() || undefined,
      visibility: data.get("visibility"),
      password: data.get("password") || undefined,
      max: Number(data.get("seats")) || undefined,
      meta: meta(data),
    }, (err) => {
      setText(alert, sentence(err));
      alert.hidden = false;
    });
    password.value = "";
    if (!done) return;
    labels.replaceChildren();
    form.elements.lobby.value = "";
    dialog.close();
  };
}
