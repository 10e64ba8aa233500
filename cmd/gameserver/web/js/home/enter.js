// The ways into a lobby. One at a time: the buttons rest meanwhile.
import { $ } from "../dom.js";
import { store } from "../stores.js";
import { askPassword } from "../ask.js";
import { toastError } from "../toast.js";

/** @param {{client: any, entered: () => void}} deps entered is called when a place is ours */
export function entrance({ client, entered }) {
  const name = $("#name");
  name.value = store.get("name");

  /** The name that others see. */
  function player() {
    store.set("name", name.value.trim());
    return name.value.trim() || undefined;
  }

  /** Whoever leads a party brings it; who watches goes alone. */
  const along = ({ spectate } = {}) => ({ party: (!spectate && client.party.leads && client.party.state.members.length > 1) || undefined });

  /** @returns {Promise<boolean>} whether it led in; a request that resolves to null gave up */
  async function run(request, failed = toastError) {
    const buttons = [...document.querySelectorAll("#home button, #create button")];
    buttons.forEach((b) => (b.disabled = true));
    try {
      if ((await request()) === null) return false;
      entered();
      return true;
    } catch (err) {
      failed(err);
      return false;
    } finally {
      buttons.forEach((b) => (b.disabled = false));
    }
  }

  /** null: the visitor does not know the password, and gave up. */
  async function joinAsking(where) {
    for (let password, tried = false; ; tried = true) {
      try {
        return await client.join({ ...where, ...along(where), password, player: player() });
      } catch (err) {
        if (err.code !== "BAD_PASSWORD") throw err;
        password = await askPassword(tried);
        if (password === null) return null;
      }
    }
  }

  return {
    player,
    /** To where a seat is kept for us. */
    follow: (call, failed) => run(() => client.follow(call), failed),
    join: (where, failed) => run(() => joinAsking(where), failed),
    quick: (game) => run(() => client.quick({ game, player: player(), ...along() })),
    /** done is called before the lobby is shown: a dialog that closes later would take the focus from it. */
    create: (options, { done, failed }) => run(() => client.create({ ...options, player: player(), ...along() }).then(done), failed),
  };
}
