// The fields that describe a lobby, in the dialogs that open one and that change one.
import { $, el } from "./dom.js";

const maxLabels = 6; // the server takes 16; more would not fit a row of the list

export class LobbyForm {
  #form;
  #labels;
  #add;

  /** @param {HTMLFormElement} form with the fields of #lobby-fields in it */
  constructor(form) {
    this.#form = form;
    $(".fields", form).replaceChildren($("#lobby-fields").content.cloneNode(true));
    this.#labels = $(".label-rows", form);
    this.#add = $(".add-label", form);
    this.#add.onclick = () => this.#row().firstChild.focus();
  }

  /** @param {any} game what it allows, as the server tells of it @param {number} [taken] seats that can't go away */
  allow(game, taken = 1) {
    const { seats } = this.#form.elements;
    Object.assign(seats, { min: Math.max(1, taken, game.min), max: game.max, placeholder: String(game.max), value: "" });
    $(".seats", this.#form).hidden = game.min === game.max;
  }

  /** @param {any} lobby whose values are shown; none: an empty form */
  fill({ name = "", visibility = "public", max = "", meta = {} } = {}) {
    const { lobby, seats, password } = this.#form.elements;
    Object.assign(lobby, { value: name });
    Object.assign(seats, { value: max });
    password.value = "";
    $(`[name=visibility][value=${visibility}]`, this.#form).checked = true;
    this.#labels.replaceChildren();
    for (const [key, value] of Object.entries(meta ?? {})) this.#row(key, value === true ? "" : String(value));
  }

  /** What is in it: name, visibility, password, max and meta, "" and undefined where the field is empty. */
  get values() {
    const data = new FormData(this.#form);
    return {
      name: data.get("lobby").trim(),
      visibility: data.get("visibility"),
      password: data.get("password"),
      max: Number(data.get("seats")) || undefined,
      meta: meta(data),
    };
  }

  #row(key = "", value = "") {
    const remove = el("button", { type: "button", className: "quiet", ariaLabel: "Remove this label" }, "×");
    const row = el("li", {},
      el("input", { name: "label", maxLength: 24, required: true, placeholder: "map", ariaLabel: "Label", value: key }),
      el("input", { name: "value", maxLength: 40, placeholder: "hills", ariaLabel: "Its value", value }), remove);
    remove.onclick = () => {
      row.remove();
      this.#add.hidden = false;
      this.#add.focus();
    };
    this.#labels.append(row);
    this.#add.hidden = this.#labels.children.length >= maxLabels;
    return row;
  }
}

/** {map: "hills", ranked: true}: a label without a value is one that holds. */
function meta(data) {
  const values = data.getAll("value").map((v) => v.trim());
  return Object.fromEntries(data.getAll("label").map((key, i) => [key.trim(), values[i] || true]));
}
