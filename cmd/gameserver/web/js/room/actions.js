// What one may do with a player of the lobby, oneself included.

const ban = 10 * 60; // seconds
const mute = 5 * 60;

/**
 * @param {any} p a player
 * @param {any} lobby
 * @param {any} client
 * @param {{spectators?: boolean}} game
 * @param {(p: Promise<any>) => void} run tells what goes wrong
 * @returns {{ text: string, act: () => void, danger?: boolean }[]} for openMenu
 */
export function actionsOn(p, lobby, client, game, run) {
  if (!p) return []; // has left while the menu was on its way
  const leads = lobby.leader === client.you?.id;
  const mine = p.id === client.you?.id;
  const all = [];
  const add = (text, act, danger = false) => all.push({ text, act: () => run(act()), danger });

  if (leads && lobby.teams > 1 && (lobby.phase === "gathering" || lobby.phase === "finished")) teams(p, lobby, client, add, mine);
  if (mine && game?.spectators && lobby.players.length > 1) add("Watch instead", () => client.role("spectator"));
  if (!leads || mine || p.bot) return all;
  add("Make leader", () => client.lead(p.id));
  if (game?.spectators) add("Move to the spectators", () => client.role("spectator", p.id));
  add("Mute for 5 minutes", () => client.mute(p.id, mute));
  add("Let chat again", () => client.mute(p.id, 0));
  add("Remove", () => client.kick(p.id), true);
  add("Ban for 10 minutes", () => client.ban(p.id, ban), true);
  return all;
}

function teams(p, lobby, client, add, mine) {
  for (let team = 1; team <= lobby.teams; team++) {
    if (team !== p.team && !mine) add(`Move to team ${team}`, () => client.team(team, p.id));
  }
  for (const other of lobby.players) {
    if (other.team !== p.team) add(`Swap with ${other.name}`, () => client.swap(p.id, other.id));
  }
}
