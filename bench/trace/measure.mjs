// The measurement of decode.mjs, for Node and for pages alike.
import { Replica } from "../../clients/js/state/replica.js";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** 10,000 rounds of xorshift: some 10 µs where this was written. */
function calibrate() {
  let x = 2463534242;
  for (let i = 0; i < 10_000; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/**
 * Replays a recording many times, each with a replica of its own.
 * @param {{ schema: string, steps: { tables?: string, frame: string }[] }} recording
 * @param {number} runs
 * @param {number} block frames that are timed together: more than one where the clock is coarse
 */
export function measure({ schema, steps }, runs, block) {
  const stream = steps.map(({ tables, frame }) => ({ tables: tables && bytes(tables), frame: bytes(frame) }));
  const fields = bytes(schema);
  const best = new Float64Array(Math.floor(stream.length / block)).fill(Infinity);
  const all = [];
  const calibrations = [];
  let entities = 0;
  let last = calibrate();
  for (let run = 0; run < runs; run++) {
    const replica = new Replica(fields);
    for (let b = 0; b < best.length; b++) {
      const start = performance.now();
      for (let i = b * block; i < (b + 1) * block; i++) {
        const { tables, frame } = stream[i];
        if (tables) replica.learn(tables);
        replica.apply(frame);
      }
      const took = ((performance.now() - start) * 1000) / block;
      if (took < best[b]) best[b] = took;
      if (run >= runs / 2) all.push(took);
    }
    const start = performance.now();
    for (let i = 0; i < block; i++) last ^= calibrate();
    calibrations.push(((performance.now() - start) * 1000) / block);
    entities = replica.types.reduce((n, type) => n + replica.entities(type).size, 0);
  }
  const steady = best.subarray(Math.floor(best.length / 3)); // tables are learned by then
  return {
    frames: stream.length,
    entities,
    us_per_frame: steady.reduce((a, b) => a + b, 0) / steady.length,
    median_us: median(all),
    calibration_us: Math.min(...calibrations) + (last === 1 ? 1e-9 : 0), // so that the loop is not left out
  };
}
