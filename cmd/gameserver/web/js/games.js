// How each game looks. A studio adds its own here: a class, and what is in #game while it plays.
import { $ } from "./dom.js";
import { Game as Arena } from "./arena/game.js";
import { Game as Duel } from "./duel/game.js";
import { Plain } from "./plain.js";

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
 * A view may have a static summary(result, seat, players), the sentence that a result means to who sits there.
 * @typedef {object} Look
 * @property {(new (client: any, start: any, page: {takeSeat: () => void}) => GameView) & {summary?: (result: any, seat: number, players: any[]) => string}} View
 * @property {string} template
 */

/** @type {Record<string, Look>} */
const games = {
  arena: { View: Arena, template: "#arena-view" },
  duel: { View: Duel, template: "#duel-view" },
};

/** What is shown of a game that this page does not know. */
const plain = { View: Plain, template: "#plain-view" };

const look = (name) => (Object.hasOwn(games, name) ? games[name] : plain);

/** @returns {GameView} */
export function startView(name, client, start, page) {
  const { View, template } = look(name);
  const stage = $("#game");
  stage.dataset.game = name;
  stage.hidden = false; // a view measures its canvas
  stage.replaceChildren($(template).content.cloneNode(true));
  return new View(client, start, page);
}

/** What the result of a finished match means to who sits there, in a sentence; "" when nobody can tell. */
export function summary(name, result, seat, players) {
  if (result === null || result === undefined) return "";
  return (look(name).View.summary ?? winner)(result, seat, players);
}

/** Of results like {winner: seat} or {team: number}. */
function winner(result, seat, players) {
  const won = players.find((p) => p.seat === result.winner);
  if (won) return won.seat === seat ? "You win." : `${won.name} wins.`;
  return Number.isInteger(result.team) ? `Team ${result.team} wins.` : "";
}
