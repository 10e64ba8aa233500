// A small match as a server would tell it.
import { encode } from "../../msgpack/encode.js";

const q = (name) => [name, "q", 15, 0, 0.125, 1, 0];

export const schema = encode({
  v: 0,
  hash: "0123456789abcdef",
  hz: 20,
  types: [
    ["Player", [q("x"), q("y"), ["angle", "angle", 10, 0, (2 * Math.PI) / 1024, 0, 0], ["hp", "uint", 8, 0, 0, 0, 0], ["name", "string", 8, 0, 0, 0, 16]]],
    ["Shot", [q("x"), ["of", "ref", 16, 0, 0, 0, "Player"]]],
  ],
});

export const keyframe = (tick, ...sections) => encode([3, tick, 0, sections]);
export const steady = (tick, ...sections) => encode([1, tick, tick - 1, sections]);
export const coalesced = (tick, base, ...sections) => encode([2, tick, base, sections]);

/** Section of players: removed slots, [slot, x, y, angle, hp, name]…, slot, mask, values… */
export const players = (removed = [], added = [], changed = []) => [0, removed, added, changed];
