// The top of a lobby: what it is called, what it is, and how others get in.
import { $, setText } from "../dom.js";
import { canShare, copy, linkTo, linkToTicket, share } from "../link.js";
import { openMenu } from "../menu.js";

const visibilities = { public: "open to everyone", unlisted: "by link or code", private: "by code" };

/** @param {{client: any, catalogue: any, run: (p: Promise<any>) => Promise<any>, bans: {open: () => void}}} deps */
export function head({ client, catalogue, run, bans }) {
  let shown = null;
  const button = $("#share");
  button.onclick = () => copy(linkTo(shown.code), "Invitation link copied.");
  const more = $("#invite");
  more.onclick = () => openMenu(more, [...ways(), ...leaders()]);

  function ways() {
    const { code, name } = shown;
    if (!code) return [];
    const all = [
      { text: "Copy the link", act: () => copy(linkTo(code), "Invitation link copied.") },
      { text: "Copy the code", act: () => copy(code, "Code copied.") },
    ];
    if (canShare()) all.unshift({ text: "Share…", act: () => share(linkTo(code), name) });
    if (catalogue.get(shown.game)?.spectators) all.push({ text: "Copy a link for spectators", act: () => copy(linkTo(code, true), "Link for spectators copied.") });
    return all;
  }

  /** An invitation lets one person in, whatever password and lock there are. */
  function leaders() {
    if (shown.leader !== client.you?.id) return [];
    const invite = async () => copy(linkToTicket((await client.invite()).ticket), "An invitation for one, good for an hour, is copied.");
    const all = [
      { text: "Copy an invitation for one", act: () => run(invite()) },
      { text: shown.code ? "Make another code" : "Make a code", act: () => run(client.renewCode()) },
    ];
    if (shown.code) all.push({ text: "Have no code", act: () => run(client.renewCode({ off: true })) });
    all.push({ text: "Who is banned", act: bans.open });
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
      button.hidden = !lobby.code;
      setText($("b", button), lobby.code ?? "");
    },
  };
}
