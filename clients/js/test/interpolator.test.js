import assert from "node:assert/strict";
import { test } from "node:test";
import { Interpolator } from "../netcode/interpolator.js";
import { Replica } from "../state/replica.js";
import { coalesced, keyframe, players, schema, steady } from "./support/arena.js";

/** A replica whose frames are remembered. */
function scene(...frames) {
  const replica = new Replica(schema);
  const interpolator = new Interpolator(replica);
  const apply = (frame) => {
    replica.apply(frame);
    interpolator.record();
  };
  frames.forEach(apply);
  return { apply, replica, player: (tick, slot = 0) => interpolator.view(tick).entities("Player").get(slot) };
}
const ann = (x, angle = 0) => [0, x * 8, 0, angle, 100, "ann"];

test("between two ticks: positions and angles are mixed, the rest is the earlier tick's", () => {
  const { player } = scene(keyframe(1, players([], [ann(100)])), steady(2, players([], [], [0, 1 + 8, 108 * 8, 90])));
  assert.deepEqual({ ...player(1.25) }, { x: 102, y: 0, angle: 0, hp: 100, name: "ann" });
  assert.equal(player(2).hp, 90);
  assert.equal(player(2).x, 108);
  assert.equal(player(5).x, 108, "nothing newer: hold");
});

test("who rests and then moves does not crawl", () => {
  const { apply, player } = scene(keyframe(1, players([], [ann(100)])));
  for (let tick = 2; tick <= 10; tick++) apply(steady(tick));
  apply(steady(11, players([], [], [0, 1, 110 * 8])));
  assert.equal(player(9.5).x, 100);
  assert.equal(player(10).x, 100);
  assert.equal(player(10.5).x, 105);
});

test("angles take the shortest arc", () => {
  const { player } = scene(keyframe(1, players([], [ann(0, 1000)])), steady(2, players([], [], [0, 4, 24])));
  const turn = Math.PI * 2;
  const angle = (player(1.5).angle + turn) % turn;
  assert.ok(angle < 1e-9 || turn - angle < 1e-9, `${angle}`);
});

test("a teleport is not drawn as a journey", () => {
  const { player } = scene(keyframe(1, players([], [ann(0)])), steady(2, players([], [], [0, 1, 3000 * 8])));
  assert.equal(player(1.9).x, 0);
  assert.equal(player(2).x, 3000);
});

test("a coalesced frame spreads the way over the ticks that it stands for", () => {
  const { player } = scene(keyframe(1, players([], [ann(0)])), coalesced(5, 1, players([], [], [0, 1, 80 * 8])));
  assert.equal(player(3).x, 40);
});

test("entities come and go at their ticks", () => {
  const { apply, player } = scene(keyframe(1, players([], [ann(0)])));
  apply(steady(2, players([], [[1, 8, 8, 0, 1, "bob"]])));
  apply(steady(3, players([0])));
  assert.equal(player(1.5, 1), undefined);
  assert.equal(player(2, 1).name, "bob");
  assert.equal(player(2.9, 0).name, "ann");
  assert.equal(player(3, 0), undefined);
});

test("a slot that is used again is another entity", () => {
  const { apply, player } = scene(keyframe(1, players([], [ann(0)])));
  const before = player(1);
  apply(steady(2, players([], [[0, 80, 0, 0, 1, "new"]])));
  assert.equal(player(1.5).name, "ann");
  assert.equal(player(1.5).x, 0, "not on the way to the other one");
  assert.equal(player(2).name, "new");
  assert.notEqual(player(2), before);
});

test("entities are the same objects from call to call", () => {
  const { player } = scene(keyframe(1, players([], [ann(0)])), steady(2, players([], [], [0, 1, 8])));
  assert.equal(player(1.1), player(1.7));
});

test("nobody looks: what is remembered stays bounded; a match that starts over is followed", () => {
  const { apply, player } = scene(keyframe(1, players([], [ann(0)])));
  for (let tick = 2; tick <= 500; tick++) apply(steady(tick, players([], [], [0, 1, tick * 8])));
  assert.equal(player(0).x, 437, "the oldest of 64");
  apply(keyframe(3, players([], [ann(7)])));
  assert.equal(player(3).x, 7);
});
