// Recordings of matches: read, played, sought in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc, Playback, Recording } from "../index.js";
import { encode } from "../msgpack/encode.js";
import { keyframe, players, schema, steady } from "./support/arena.js";

const hz = 20;
const keyEvery = 16;

/** A player who moves by one grid step per tick, and is shot at in tick 30. */
function stream(ticks, { bad = 0 } = {}) {
  const parts = [encode({ v: 1, game: "arena", match: "m1", hz, started: 1000, schema, players: [{ seat: 0, name: "ann" }] })];
  for (let tick = 1; tick <= ticks; tick++) {
    const key = (tick - 1) % keyEvery === 0 ? keyframe(tick, players([], [[4, 100 + tick, 0, 0, 90, "ann"]])) : null;
    const frame = tick === 1 ? null : tick === bad ? new Uint8Array([0x91, 0]) : steady(tick, players([], [], [4, 1, 100 + tick]));
    parts.push(encode([tick, frame, key, null, tick === 30 ? [[-1, "shot", { by: 3 }]] : []]));
  }
  parts.push(encode({ reason: "finished", result: "ann" }));
  return Uint8Array.from(parts.flatMap((p) => [...p]));
}

const x = (view) => view.entities("Player").get(4).x / 0.125 - 100;

test("a recording tells what it is of, and what is cut off is good until there", () => {
  const whole = stream(60);
  const recording = new Recording(whole);
  assert.deepEqual([recording.game, recording.hz, recording.first, recording.last, recording.reason, recording.result], ["arena", hz, 1, 60, "finished", "ann"]);
  assert.deepEqual(recording.players, [{ seat: 0, name: "ann" }]);
  const half = new Recording(whole.subarray(0, whole.length / 2));
  assert.ok(half.last > 10 && half.last < 50, `last tick ${half.last}`);
  assert.equal(half.reason, "cut");
  for (const bytes of [new Uint8Array(0), encode(7), encode({ v: 2 }), encode({ v: 1, hz, schema })]) {
    assert.throws(() => new Recording(bytes), RangeError);
  }
});

test("it plays at its own speed, stops at the end, and begins anew", () => {
  const playback = new Playback(new Recording(stream(60)));
  const heard = [];
  playback.on("event", (name, payload) => heard.push([name, payload.by]));
  assert.ok(Math.abs(x(playback.view(5000)) - 1) < 0.01);
  for (let now = 5000; now <= 6000; now += 10) playback.view(now);
  assert.ok(Math.abs(x(playback.view(6000)) - 21) < 0.01, "20 ticks in a second, and between two of them");
  playback.setSpeed(2);
  playback.view(6100);
  assert.ok(Math.abs(playback.tick - 25) < 0.01);
  playback.view(90_000); // the page slept
  assert.ok(Math.abs(playback.tick - 35) < 0.01);
  assert.deepEqual(heard, [["shot", 3]]);
  for (let now = 90_000; now <= 92_000; now += 100) playback.view(now);
  assert.ok(!playback.playing && playback.atEnd);
  assert.ok(Math.abs(x(playback.view(92_100)) - 60) < 0.01);
  playback.play();
  playback.view(92_200);
  assert.equal(playback.tick, 1);
});

test("seeking shows what playing would have, without what was said meanwhile", () => {
  const playback = new Playback(new Recording(stream(60)));
  playback.pause();
  let changes = 0;
  let heard = 0;
  playback.on("change", () => changes++);
  playback.on("event", () => heard++);
  for (const tick of [40.5, 12, 59.9, 16, 17, 1, 60, 33.25, -5, 1000]) {
    playback.seek(tick);
    const want = Math.min(60, Math.max(1, tick));
    assert.ok(Math.abs(x(playback.view(0)) - want) < 0.01, `tick ${tick}: ${x(playback.view(0))}`);
    assert.equal(playback.tick, want);
  }
  assert.equal(changes, 10);
  assert.equal(heard, 0);
});

test("a frame that cannot be read ends the recording before it", () => {
  const playback = new Playback(new Recording(stream(60, { bad: 40 })));
  playback.seek(45);
  playback.view(0);
  assert.equal(playback.recording.last, 39);
  assert.ok(Math.abs(x(playback.view(10)) - 39) < 0.01);
});

test("a recorded duel is the same wherever one begins: its tables change on the way", () => {
  const recording = new Recording(readFileSync(new URL("support/duel.recording", import.meta.url)));
  assert.ok(recording.ticks.some((t, i) => i > 0 && t.tables), "tables");
  const { first, last } = recording;
  const played = new Map();
  const whole = new Playback(recording);
  whole.on("frame", ({ tick }) => played.set(tick, crc(whole.world)));
  for (let now = 0; !whole.atEnd; now += 100) whole.view(now);
  assert.equal(played.size, last - first); // the first was there before anybody listened
  const jumper = new Playback(recording);
  jumper.pause();
  for (const tick of [last, first, 300, 20, 400, 255, 256, 257, 40, 300, first]) {
    jumper.seek(tick);
    jumper.view(0);
    const at = jumper.world.tick;
    assert.equal(at, Math.min(last, tick + 1));
    assert.equal(crc(jumper.world), played.get(at), `tick ${at}`);
  }
});
