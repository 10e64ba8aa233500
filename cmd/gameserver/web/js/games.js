// How each game looks. A studio adds its own here: a class, and what is in #game while it plays.
import { $ } from "./dom.js";
import { Game as Arena } from "./arena/game.js";
import { Game as Duel } from "./duel/game.js";

/**
 * The view of one match, from match:start to match:end or until its player leaves.
 * @typedef {object} GameView
 * @property {() => void} stop ends it: no listener, timer or frame of it is left
 * @property {() => void} focus gives the keyboard to the game
 * @property {() => void} idle lets go of all controls: the page is hidden, or the link is down
 * @property {boolean} paused set by the page: the lobby lies over the game
 * @property {(name: string, seat: number, text: string) => void} say shows a line of chat
 * @property {number} fps frames drawn in the last second
 * @property {any} view what is on the screen, for tests and the console
 */

/**
 * Per name of a game: its view, made with (client, start, {takeSeat}), and the template of its elements.
 * takeSeat is what someone who watches asks for to play. #game has the name as data-game, for style sheets.
 * @type {Record<string, {View: new (client: any, start: any, page: {takeSeat: () => void}) => GameView, template: string}>}
 */
const games = {
  arena: { View: Arena, template: "#arena-view" },
  duel: { View: Duel, template: "#duel-view" },
};

/** What the result of a finished match means, in a sentence; "" if its game has none: the static summary of its view. */
export function summary(name, result, seat, players) {
  return (Object.hasOwn(games, name) && result && games[name].View.summary?.(result, seat, players)) || "";
}

/** @returns {GameView | null} null: this page does not know the game */
export function startView(name, client, start, page) {
  if (!Object.hasOwn(games, name)) return null;
  const { View, template } = games[name];
  const stage = $("#game");
  stage.dataset.game = name;
  stage.hidden = false; // a view measures its canvas
  stage.replaceChildren($(template).content.cloneNode(true));
  return new View(client, start, page);
}
