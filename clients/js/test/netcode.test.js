// Clock and play head over simulated links, in virtual time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockSync, pingDelay } from "../netcode/clock.js";
import { PlayHead } from "../netcode/playhead.js";
import { Link, LINKS, randomSource } from "./support/link.js";

const MINUTES = 10 * 60_000;
const SEEDS = [1, 2, 3, 4, 5];
const TICK = 50;
const DRAW = 1000 / 60;

/** Draws at 60 Hz what arrives over the link; calls look after each drawing. */
function play(link, duration, look) {
  const head = new PlayHead(TICK);
  let tick = 1;
  let arrival = link.arrival(tick * TICK);
  for (let now = 0; now < duration; now += DRAW) {
    while (arrival <= now) {
      head.frame(tick, arrival);
      arrival = link.arrival(++tick * TICK);
    }
    if (head.latest >= 0) look(now, head.at(now), head);
  }
  return head;
}

for (const o of LINKS) {
  test(`play head over ${o.name}: underruns at most ${(o.underruns * 100).toFixed(2)} %`, (t) => {
    let drawn = 0;
    let underruns = 0;
    let delay = 0;
    for (const seed of SEEDS) {
      let counted = 0;
      let before = -Infinity;
      play(new Link({ ...o, random: randomSource(seed) }), MINUTES, (now, tick, head) => {
        assert.ok(tick >= before - 250 / TICK, "never goes back but for a snap");
        before = tick;
        if (now > 5000) {
          drawn++;
          delay += now - tick * TICK;
          underruns += head.underruns - counted;
        }
        counted = head.underruns;
      });
    }
    t.diagnostic(`underruns ${((100 * underruns) / drawn).toFixed(2)} %, picture ${(delay / drawn).toFixed(0)} ms behind the server`);
    assert.ok(underruns / drawn <= o.underruns);
  });

  test(`clock over ${o.name}`, (t) => {
    const errors = [];
    for (const seed of SEEDS) errors.push(...clockErrors({ ...o, random: randomSource(seed * 77) }));
    errors.sort((a, b) => a - b);
    const p95 = errors[Math.floor(errors.length * 0.95)];
    t.diagnostic(`error p95 ${p95.toFixed(2)} ms`);
    assert.ok(p95 <= o.clockError * 1.1, `${p95}`);
  });
}

function clockErrors(link) {
  const offset = 12_345;
  const up = new Link(link);
  const down = new Link(link);
  const clock = new ClockSync();
  const exchanges = [];
  for (let t0 = 0, n = 0; t0 < MINUTES; t0 += pingDelay(++n)) {
    const t1 = up.arrival(t0);
    exchanges.push([t0, t1 + offset, t1 + offset + 0.5, down.arrival(t1 + 0.5)]);
  }
  const errors = [];
  for (let now = 0, i = 0; now < MINUTES; now += TICK) {
    for (; i < exchanges.length && exchanges[i][3] <= now; i++) clock.add(...exchanges[i]);
    if (now > 2000) errors.push(Math.abs(clock.serverTime(now) - now - offset));
  }
  return errors;
}

test("clock: five quick requests, then one a second", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(pingDelay), [100, 100, 100, 100, 1000, 1000]);
});

test("clock: shown time follows a changed offset without jumps, far ones at once", () => {
  const clock = new ClockSync();
  assert.equal(clock.ready, false);
  clock.add(0, 1010, 1010, 20);
  assert.ok(clock.ready);
  assert.equal(clock.rtt, 20);
  assert.equal(clock.serverTime(20), 1020);
  clock.offset += 100;
  const soon = clock.serverTime(30) - 1030;
  assert.ok(soon > 0 && soon < 10, `${soon}`);
  assert.ok(Math.abs(clock.serverTime(3000) - 4100) < 1);
  clock.offset += 400;
  assert.equal(clock.serverTime(3010), 3010 + clock.offset);
});

test("clock: a first answer that was slow is forgotten", () => {
  const clock = new ClockSync();
  clock.add(0, 900, 900, 900); // all of the delay on the way there
  clock.add(1000, 1010, 1010, 1020);
  assert.equal(clock.offset, 0);
});

test("play head: an even link is drawn one and a half frames late", () => {
  const even = new Link({ delay: 20, jitter: 0, loss: 0, random: randomSource(1) });
  let last = 0;
  const head = play(even, 20_000, (now, tick) => (last = now - 20 - tick * TICK));
  assert.equal(head.underruns, 0);
  assert.ok(Math.abs(head.bufferMs - 75) < 0.5, `${head.bufferMs}`);
  assert.ok(Math.abs(last - 75) < 1, `${last}`);
});

test("play head: frames that are sent every second tick", () => {
  const head = new PlayHead(25, 2);
  for (let now = 0, tick = 0; now < 10_000; now += 50, tick += 2) {
    head.frame(tick, now);
    for (const later of [10, 30]) head.at(now + later);
  }
  assert.equal(head.underruns, 0);
  assert.ok(Math.abs(head.bufferMs - 75) < 0.5);
});

test("play head: a server that paused is followed again", () => {
  const head = new PlayHead(TICK);
  let now = 0;
  for (let tick = 0; tick < 200; tick++, now += TICK) {
    head.frame(tick, now);
    head.at(now);
  }
  now += 60_000; // its ticks went on from where they were
  for (let tick = 200; tick < 400; tick++, now += TICK) {
    head.frame(tick, now);
    head.at(now);
  }
  const behind = (399 - head.at(now)) * TICK;
  assert.ok(behind > 0 && behind < 120, `${behind}`);
});
