// What decoding the frames of a recorded game costs a browser's engine, the
// game's objects included:
//
//   go run ./bench/trace bench/trace/testdata/A.jsonl.gz -record /tmp/A.json
//   node bench/trace/decode.mjs /tmp/A.json
//
// It replays the stream many times, each with a replica of its own, and prints
// one JSON object. us_per_frame is the mean over the frames of the fastest decoding of
// each, since what else the machine does only adds; median_us that of all decodings.
// calibration_us is a fixed loop of integer work beside it, which tells how
// fast the machine was: compare us_per_frame ÷ calibration_us.
import { readFileSync } from "node:fs";
import { Replica } from "../../clients/js/state/replica.js";

const RUNS = Number(process.argv[3] ?? 60);
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const { schema, steps } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const stream = steps.map(({ tables, frame }) => ({ tables: tables && bytes(tables), frame: bytes(frame) }));
const fields = bytes(schema);

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

const best = new Float64Array(stream.length).fill(Infinity);
const all = [];
const calibrations = [];
let entities = 0;
let last = calibrate();
for (let run = 0; run < RUNS; run++) {
  const replica = new Replica(fields);
  for (let i = 0; i < stream.length; i++) {
    const { tables, frame } = stream[i];
    if (tables) replica.learn(tables);
    const start = process.hrtime.bigint();
    replica.apply(frame);
    const took = Number(process.hrtime.bigint() - start) / 1000;
    if (took < best[i]) best[i] = took;
    if (run >= RUNS / 2) all.push(took);
  }
  const start = process.hrtime.bigint();
  last ^= calibrate();
  calibrations.push(Number(process.hrtime.bigint() - start) / 1000);
  entities = replica.types.reduce((n, type) => n + replica.entities(type).size, 0);
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const steady = best.subarray(Math.floor(stream.length / 3)); // tables are learned by then
console.log(
  JSON.stringify({
    frames: stream.length,
    entities,
    us_per_frame: steady.reduce((a, b) => a + b, 0) / steady.length,
    median_us: median(all),
    calibration_us: Math.min(...calibrations) + (last === 1 ? 1e-9 : 0), // so that the loop is not left out
  }),
);
