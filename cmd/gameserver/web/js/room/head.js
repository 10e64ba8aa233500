// The top of a lobby: what it is called, what it is, and how others get in.
import { $, setText } from "../dom.js";
import { canShare, copy, linkTo, share } from "../link.js";
import { openMenu } from "../menu.js";

const visibilities = { public: "open to everyone", unlisted: "by link or code", private: "by code" };

/** @param {{client: any, catalogue: any}} deps */
export function head({ catalogue }) {
  let shown = null;

  $("#share").onclick = () => copy(linkTo(shown.code), "Invitation link copied.");
  const more = $("#invite");
  more.onclick = () => openMenu(more, ways());

  function ways() {
    const { code, name } = shown;
    const all = [
      { text: "Copy the link", act: () => copy(linkTo(code), "Invitation link copied.") },
      { text: "Copy the code", act: () => copy(code, "Code copied.") },
    ];
    if (canShare()) all.unshift({ text: "Share…", act: () => share(linkTo(code), name) });
    if (catalogue.get(shown.game)?.spectators) all.push({ text: "Copy a link for spectators", act: () => copy(linkTo(code, true), "Link for spectators copied.") });
    return all;
  }

  return {
    show(lobby) {
      shown = lobby;
      const title = catalogue.title(lobby.game);
      setText($("#room-name"), lobby.name || title);
      const kind = [title, visibilities[lobby.visibility], lobby.password && "password", lobby.locked && "locked"];
      const labels = Object.entries(lobby.meta ?? {}).map(([key, value]) => (value === true ? key : `${key}: ${value}`));
      setText($("#room-kind"), [...kind, ...labels].filter(Boolean).join(" · "));
      setText($("#share b"), lobby.code ?? "");
      $("#share").ariaLabel = `Code ${[...(lobby.code ?? "")].join(" ")}: copy the invitation link`;
    },
  };
}
