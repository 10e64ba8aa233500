// Short notices.
import { $, el } from "./dom.js";
import { sentence } from "./sentences.js";

export function toast(text, { bad = false, code = "" } = {}) {
  const node = el("p", { className: bad ? "toast bad" : "toast" }, text);
  if (code) node.append(el("code", {}, code));
  const all = $("#toasts");
  all.append(node);
  while (all.children.length > 3) all.firstChild.remove();
  setTimeout(() => node.remove(), bad ? 6000 : 3500);
}

/** Shows an Error{code, message} of the game client. */
export function toastError(err) {
  toast(sentence(err), { bad: true, code: err?.code ?? "" });
}
