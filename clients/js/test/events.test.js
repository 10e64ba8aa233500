import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../events.js";

class Source extends Emitter {
  fire(...args) {
    this.dispatch(...args);
  }
}

test("on, once, off", () => {
  const s = new Source();
  const got = [];
  const every = (v) => got.push(`every ${v}`);
  const first = (v) => got.push(`once ${v}`);
  s.on("x", every).once("x", first);
  s.fire("x", 1);
  s.fire("x", 2);
  s.off("x", every);
  s.fire("x", 3);
  assert.deepEqual(got, ["every 1", "once 1", "every 2"]);
  s.once("x", first);
  assert.deepEqual(s.listeners("x"), [first]);
  s.off("x", first);
  assert.equal(s.hasListeners("x"), false);
});

test("a listener added twice is removed once at a time", () => {
  const s = new Source();
  let calls = 0;
  const fn = () => calls++;
  s.on("x", fn).on("x", fn).off("x", fn);
  s.fire("x");
  assert.equal(calls, 1);
});

test("listeners may change while they are called", () => {
  const s = new Source();
  const got = [];
  const a = () => {
    got.push("a");
    s.off("x", b);
    s.on("x", () => got.push("late"));
  };
  const b = () => got.push("b");
  s.on("x", a).on("x", b);
  s.fire("x");
  assert.deepEqual(got, ["a", "b"], "those present when it happened are called");
});

test("names of Object.prototype are ordinary names", () => {
  const s = new Source();
  for (const name of ["__proto__", "constructor", "toString"]) {
    let calls = 0;
    s.fire(name);
    s.on(name, () => calls++);
    s.fire(name);
    assert.equal(calls, 1, name);
  }
});

test("a listener that throws disturbs nobody and is reported", () => {
  const s = new Source();
  const reported = [];
  globalThis.reportError = (err) => reported.push(err.message);
  let called = false;
  s.on("x", () => {
    throw new Error("mine");
  });
  s.on("x", () => (called = true));
  s.fire("x");
  delete globalThis.reportError;
  assert.ok(called);
  assert.deepEqual(reported, ["mine"]);
});
