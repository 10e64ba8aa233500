// What a ticket of the queue says about its wait, in words.
import { count } from "../dom.js";

const reasons = {
  pending: () => "A moment, the search begins.",
  too_few_players: ({ needed, waiting, size }) => `${count(Math.max(1, needed - Math.max(0, waiting - size)), "more player")} needed. Tell somebody.`,
  skill_window: () => "Others wait, but they play much better or worse than you. The range widens while you wait.",
  region: () => "Others wait, but too far away for a good connection.",
  party_size: () => "The parties that wait do not add up to full teams yet.",
  predicate: () => "The game keeps those who wait now apart.",
  balance: () => "Even teams are not possible yet. The limit widens while you wait.",
};

/** @param {any} state of client.queue */
export function explain(state) {
  if (state.matched) return "It begins when everyone is in.";
  return reasons[state.reason]?.(state) ?? "Looking around.";
}

/** The numbers behind it: [what, value]. */
export function facts(state) {
  if (state.matched) return [];
  const rows = [["in the queue", String(state.waiting)], ["within your range", `${state.candidates} of ${state.needed}`]];
  if (typeof state.window === "number") rows.push(["skill range now", `± ${Math.round(state.window)}`]);
  if (typeof state.latency === "number") rows.push(["latency limit now", `${Math.round(state.latency)} ms`]);
  if (typeof state.estimateMs === "number") rows.push(["others waited", `${Math.round(state.estimateMs / 1000)} s more`]);
  return rows;
}
