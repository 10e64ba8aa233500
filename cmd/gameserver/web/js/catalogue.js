// The games of the server, as the answers about lobbies tell of them.

export class Catalogue extends EventTarget {
  #games = new Map();

  /** @param {any[]} games; the event "change" follows when they are others */
  learn(games) {
    if (JSON.stringify(games) === JSON.stringify(this.all)) return;
    this.#games = new Map(games.map((g) => [g.name, g]));
    this.dispatchEvent(new Event("change"));
  }

  get all() {
    return [...this.#games.values()];
  }

  get(name) {
    return this.#games.get(name);
  }

  title(name) {
    return this.get(name)?.title || name;
  }

  /** Whether players say that they are ready: before a match and between two, unless matches begin by themselves. */
  waits({ phase, game }) {
    return (phase === "gathering" || phase === "finished" || phase === "countdown") && !this.get(game)?.dropIn;
  }
}
