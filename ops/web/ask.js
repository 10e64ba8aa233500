// Confirmations. Each is a question with a button that says what it does.
import { $ } from "./dom.js";

/**
 * Asks, and does it: { title, text, yes, danger, input: {label, value, type, needed} }.
 * A refusal is shown in the dialog, which stays; the promise tells whether it was done.
 */
export function ask({ title, text, yes, danger = false, input }, act) {
  const dialog = $("#ask"), field = $("#ask-input"), trouble = $("#ask-trouble"), button = $("#ask-yes");
  $("#ask-title").textContent = title;
  $("#ask-text").textContent = text;
  $("#ask-label").hidden = !input;
  $("#ask-label span").textContent = input?.label ?? "";
  Object.assign(field, { value: input?.value ?? "", type: input?.type ?? "text", required: Boolean(input?.needed), disabled: !input, maxLength: input?.max ?? 500 });
  Object.assign(button, { textContent: yes, className: danger ? "danger" : "", disabled: false });
  trouble.hidden = true;
  dialog.returnValue = "";
  dialog.showModal();
  (input ? field : $("#ask-no")).focus();
  return new Promise((resolve) => {
    let done = false;
    $("#ask-no").onclick = () => dialog.close();
    dialog.onclose = () => resolve(done);
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await act(field.value);
        done = true;
        dialog.close();
      } catch (e) {
        trouble.textContent = e.message;
        trouble.hidden = false;
      }
      button.disabled = false;
    };
  });
}
