import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../msgpack/encode.js";
import { Replica } from "../state/replica.js";
import { coalesced, keyframe, players, schema, steady } from "./support/arena.js";

const ann = [0, 6400, 12800, 256, 100, "ann"];
const bob = [1, 64000 / 2, 320, 0, 100, "bob"];

test("a keyframe, changes, removal, coalesced", () => {
  const r = new Replica(schema);
  assert.deepEqual([r.types, r.hz, r.hash, r.tick], [["Player", "Shot"], 20, "0123456789abcdef", -1]);
  r.apply(keyframe(1, players([], [ann, bob]), [1, [], [[5, 8, 0], [6, 16, 2]], []]));
  assert.deepEqual(r.entities("Player").get(0), { x: 800, y: 1600, angle: Math.PI / 2, hp: 100, name: "ann" });
  assert.deepEqual([...r.entities("Shot").values()], [{ x: 1, of: null }, { x: 2, of: 1 }]);
  r.apply(steady(2, players([], [], [0, 1, 6496, 1, 8, 93])));
  assert.equal(r.entities("Player").get(0).x, 812);
  assert.equal(r.entities("Player").get(1).hp, 93);
  r.apply(coalesced(6, 2, players([1], [], [0, 1, 6800])));
  assert.equal(r.tick, 6);
  assert.deepEqual([...r.entities("Player").keys()], [0]);
  r.apply(steady(7, players([1], [[0, 0, 0, 0, 1, "new"]])));
  assert.equal(r.entities("Player").get(0).name, "new", "an add replaces what the slot held");
  assert.equal(r.entities("Nobody").size, 0);
});

test("a frame that does not continue the state is refused; a keyframe mends it", () => {
  const r = new Replica(schema);
  assert.throws(() => r.apply(steady(2)), /continue/);
  r.apply(keyframe(5, players([], [ann])));
  assert.throws(() => r.apply(steady(7)), /continue/);
  assert.equal(r.tick, -1);
  assert.throws(() => r.apply(steady(6)), /continue/, "nothing but a keyframe helps");
  r.apply(keyframe(9));
  assert.equal(r.entities("Player").size, 0);
  r.apply(steady(10));
});

const wrong = {
  "no list": encode({}),
  "class 4": encode([4, 2, 1, []]),
  "fractional tick": encode([1, 1.5, 1, []]),
  "unknown type": steady(2, [7, [], [], []]),
  "slot without entity": steady(2, players([], [], [3, 1, 0])),
  "empty mask": steady(2, players([], [], [0, 0])),
  "mask too wide": steady(2, players([], [], [0, 32, 0])),
  "value too large": steady(2, players([], [], [0, 1, 32768])),
  "negative value": steady(2, players([], [], [0, 1, -1])),
  "value is missing": steady(2, players([], [], [0, 3, 1])),
  "text too long": steady(2, players([], [], [0, 16, "x".repeat(17)])),
  "text that is a number": steady(2, players([], [], [0, 16, 5])),
  "add with too few values": steady(2, players([], [[2, 1]])),
  "add beyond the last slot": steady(2, players([], [[65534, ...ann.slice(1)]])),
  "add at a fraction": steady(2, players([], [[0.5, ...ann.slice(1)]])),
  "cut short": steady(2, players([], [], [0, 1, 5])).slice(0, -1),
};
for (const [name, frame] of Object.entries(wrong)) {
  test(`refused: ${name}`, () => {
    const r = new Replica(schema);
    r.apply(keyframe(1, players([], [ann])));
    assert.throws(() => r.apply(frame));
    assert.equal(r.tick, -1);
  });
}

test("objects have plain properties, however many names there are", () => {
  const types = ["A", "B"].map((t) => [t, Array.from({ length: 30 }, (_, i) => [`${t}${i}`, "uint", 8, 0, 0, 0, 0])]);
  const r = new Replica(encode({ v: 0, hash: "0", hz: 20, types }));
  const numbers = Array.from({ length: 30 }, (_, i) => i);
  r.apply(keyframe(1, [0, [], [[0, ...numbers]], []], [1, [], [[0, ...numbers]], []]));
  r.apply(steady(2, [1, [], [], [0, 2 ** 29, 99]]));
  for (const [name, fields] of types) {
    const want = Object.fromEntries(fields.map(([field], i) => [field, field === "B29" ? 99 : i]));
    assert.deepEqual({ ...r.entities(name).get(0) }, want);
    assert.equal(JSON.stringify(r.entities(name).get(0)), JSON.stringify(want));
  }
});

test("schemas that are refused", () => {
  const field = ["x", "q", 15, 0, 1, 0, 0];
  const bad = [
    {}, { v: 1, hz: 20, types: [] }, { v: 0, hz: 0, types: [] }, { v: 0, hz: 20, types: {} }, { v: 0, hz: 20, types: [["T", []]] },
    { v: 0, hz: 20, types: [["T", Array(31).fill(field)]] }, { v: 0, hz: 20, types: Array(65).fill(["T", [field]]) },
    { v: 0, hz: 20, types: [["T", [["x", "q", 25, 0, 1, 0, 0]]]] }, { v: 0, hz: 20, types: [["T", [["x", "soup", 5, 0, 1, 0, 0]]]] },
    { v: 0, hz: 20, types: [["T", ["x"]]] }, { v: 0, hz: 20, types: ["T"] },
  ];
  for (const s of bad) assert.throws(() => new Replica(encode(s)), JSON.stringify(s).slice(0, 60));
  assert.throws(() => new Replica(new Uint8Array(70_000)), /large/);
});
