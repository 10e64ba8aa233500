// What one may do with another player.

/**
 * @param {any} p a player
 * @param {any} lobby
 * @param {any} client
 * @param {(p: Promise<any>) => void} run tells what goes wrong
 * @returns {{ text: string, act: () => void, danger?: boolean }[]} for openMenu
 */
export function actionsOn(p, lobby, client, run) {
  const leads = lobby.leader === client.you?.id;
  if (!p || !leads) return [];
  const mine = p.id === client.you?.id;
  const all = [];
  const add = (text, act, danger = false) => all.push({ text, act: () => run(act()), danger });
  if (lobby.phase === "gathering" || lobby.phase === "finished") teams(p, lobby, client, add, mine);
  if (!mine && !p.bot) {
    add("Remove from the lobby", () => client.kick(p.id), true);
  }
  return all;
}

function teams(p, lobby, client, add, mine) {
  if (!(lobby.teams > 1)) return;
  for (let team = 1; team <= lobby.teams; team++) {
    if (team !== p.team && !mine) add(`Move to team ${team}`, () => client.team(team, p.id));
  }
  for (const other of lobby.players) {
    if (other.team !== p.team) add(`Swap with ${other.name}`, () => client.swap(p.id, other.id));
  }
}
