// The streams that every client language decodes.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { crc } from "../state/crc.js";
import { Replica } from "../state/replica.js";

const dir = new URL("../../../codec/state/testdata/", import.meta.url);
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const names = readdirSync(dir).filter((n) => /\.json$/.test(n));

for (const name of names) {
  const { schema, steps } = JSON.parse(readFileSync(new URL(name, dir), "utf8"));

  test(`${name}: ${steps.length} frames`, () => {
    const replica = new Replica(bytes(schema));
    for (const step of steps) {
      if (step.tables) replica.learn(bytes(step.tables));
      replica.apply(bytes(step.frame));
      assert.equal(replica.tick, step.tick);
      assert.equal(crc(replica), step.crc, `state at tick ${step.tick}`);
    }
    assert.ok(replica.types.some((type) => replica.entities(type).size > 0));
  });

  test(`${name}: damaged frames never do more than throw`, () => {
    let seed = 7;
    const random = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    for (const step of steps) {
      const replica = new Replica(bytes(schema));
      for (let i = 0; i < 20; i++) {
        let frame = bytes(step.frame);
        if (i % 2) frame = frame.subarray(0, random(frame.length));
        else frame[random(frame.length)] ^= 1 << random(8);
        try {
          replica.apply(frame);
        } catch {
          assert.equal(replica.tick, -1);
        }
      }
      assert.doesNotThrow(() => replica.apply(bytes(steps[0].frame)), "a keyframe mends it");
      assert.equal(crc(replica), steps[0].crc);
    }
  });
}

test("there are vectors", () => assert.ok(names.length === 4));
