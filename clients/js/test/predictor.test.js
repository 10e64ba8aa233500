import assert from "node:assert/strict";
import { test } from "node:test";
import { Predictor } from "../netcode/predictor.js";
import { Link, randomSource } from "./support/link.js";

const GRID = 0.125;
const quantised = (v) => Math.round(v / GRID) * GRID;
const step = (s, { dx }) => ({ ...s, vx: s.vx * 0.8 + dx, x: s.x + s.vx * 0.8 + dx });
const options = { step, grid: { x: GRID } };

/** Client and server over a link, a step per tick; push is what the server does besides. */
function run({ link, ticks, push = () => 0, look = () => {} }) {
  const random = randomSource(3);
  const up = new Link({ ...link, random });
  const down = new Link({ ...link, random });
  const predictor = new Predictor(options);
  const toServer = [];
  const toClient = [];
  let truth = { x: 100, vx: 0 };
  predictor.place(truth);
  let applied = 0;
  for (let tick = 1; tick <= ticks; tick++) {
    const now = tick * 50;
    while (toServer[0]?.at <= now) {
      const { seq, input } = toServer.shift();
      truth = step(truth, input);
      applied = seq;
    }
    truth = { ...truth, x: truth.x + push(tick) };
    toClient.push({ at: down.arrival(now), ack: applied, state: { x: quantised(truth.x), vx: truth.vx } });
    while (toClient[0]?.at <= now) {
      const { ack, state } = toClient.shift();
      if (ack > 0) predictor.settle(ack, state);
    }
    const input = { dx: Math.sin(tick / 7) * 3 };
    predictor.input(tick, input);
    toServer.push({ at: up.arrival(now), seq: tick, input });
    look(tick, predictor);
  }
  return { predictor, truth };
}

test("without disturbance the prediction is never corrected", () => {
  const { predictor } = run({ link: { delay: 80, jitter: 20, loss: 0.01 }, ticks: 2000 });
  assert.equal(predictor.corrections, 0);
});

test("after a push the client is where the server is, a round trip later, and stays there", () => {
  const seen = [];
  const push = (tick) => (tick === 100 ? 40 : 0);
  const { predictor } = run({ link: { delay: 60, jitter: 0, loss: 0 }, ticks: 300, push, look: (tick, p) => seen.push(p.corrections) });
  assert.equal(seen[99], 0);
  assert.ok(seen[106] >= 1, "noticed");
  assert.equal(seen[299], seen[112], "and not corrected again");
  assert.ok(predictor.corrections <= 4);
});

test("a correction is not shown as a jump but fades", () => {
  const p = new Predictor(options);
  p.place({ x: 0, vx: 0 });
  p.input(1, { dx: 0 });
  assert.equal(p.view(1000).x, 0);
  p.settle(1, { x: 8, vx: 0 });
  assert.equal(p.state.x, 8);
  assert.equal(p.view(1000).x, 0);
  const frame = 1000 / 60;
  assert.ok(Math.abs(p.view(1000 + frame).x - 0.8) < 1e-6);
  assert.ok(Math.abs(p.view(1000 + 60 * frame).x - 8) < 0.05);
});

test("inputs after the settled one are played again on top", () => {
  const p = new Predictor(options);
  p.place({ x: 0, vx: 0 });
  for (let seq = 1; seq <= 3; seq++) p.input(seq, { dx: 1 });
  p.settle(1, { x: 50, vx: 1 });
  let expected = { x: 50, vx: 1 };
  expected = step(step(expected, { dx: 1 }), { dx: 1 });
  assert.deepEqual(p.state, expected);
});

test("a difference below the grid is none", () => {
  const p = new Predictor(options);
  p.place({ x: 0.06, vx: 0 });
  p.input(1, { dx: 0 });
  p.settle(1, { x: 0, vx: 0 });
  assert.equal(p.corrections, 0);
  assert.equal(p.state.x, 0.06);
});

test("angles are compared the short way round", () => {
  const p = new Predictor({ step: (s) => ({ ...s }), grid: { a: 0.01 }, turn: { a: 2 * Math.PI } });
  p.place({ a: 0.001 });
  p.input(1, {});
  p.settle(1, { a: 2 * Math.PI - 0.001 });
  assert.equal(p.corrections, 0);
});

test("a respawn is shown at once", () => {
  const p = new Predictor({ ...options, snap: 100 });
  p.place({ x: 0, vx: 0 });
  p.input(1, { dx: 0 });
  p.settle(1, { x: 500, vx: 0 });
  assert.equal(p.view(0).x, 500);
});

test("before the server has told, and after the entity is gone, there is nothing", () => {
  const p = new Predictor(options);
  p.input(1, { dx: 1 });
  assert.equal(p.view(0), null);
  p.settle(0, { x: 3, vx: 0 });
  assert.equal(p.view(0).x, 3);
  p.clear();
  assert.equal(p.view(0), null);
});

test("what is older than the settled is ignored; more inputs than are kept do no harm", () => {
  const p = new Predictor(options);
  p.place({ x: 0, vx: 0 });
  for (let seq = 1; seq <= 200; seq++) p.input(seq, { dx: 1 });
  const { x } = p.state;
  p.settle(3, { x: 999, vx: 0 });
  assert.equal(p.state.x, x, "too old to compare");
});
