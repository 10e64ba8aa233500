import assert from "node:assert/strict";
import { test } from "node:test";
import notepack from "notepack.io";
import { decode } from "../msgpack/decode.js";
import { encode } from "../msgpack/encode.js";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

const table = [
  [null, "c0"], [true, "c3"], [false, "c2"], [undefined, "d4 00 00"],
  [0, "00"], [127, "7f"], [128, "cc 80"], [255, "cc ff"], [256, "cd 0100"], [65535, "cd ffff"], [65536, "ce 00010000"],
  [4294967295, "ce ffffffff"], [4294967296, "cf 0000000100000000"], [Number.MAX_SAFE_INTEGER, "cf 001fffffffffffff"],
  [-1, "ff"], [-32, "e0"], [-33, "d0 df"], [-128, "d0 80"], [-129, "d1 ff7f"], [-32768, "d1 8000"], [-32769, "d2 ffff7fff"],
  [-2147483648, "d2 80000000"], [-2147483649, "d3 ffffffff7fffffff"], [Number.MIN_SAFE_INTEGER, "d3 ffe0000000000001"],
  [1.5, "cb 3ff8000000000000"], [2 ** 60, "cb 43b0000000000000"], [Infinity, "cb 7ff0000000000000"],
  ["", "a0"], ["é", "a2 c3a9"], ["x".repeat(31), `bf ${"78".repeat(31)}`], ["x".repeat(32), `d9 20 ${"78".repeat(32)}`],
  ["x".repeat(256), `da 0100 ${"78".repeat(256)}`],
  [[], "90"], [[1, [2]], "92 01 91 02"], [Array(16).fill(0), `dc 0010 ${"00".repeat(16)}`],
  [{}, "80"], [{ a: 1 }, "81 a1 61 01"],
  [new Date(5), "d7 00 0000000000000005"], [new Date(-1), "d7 00 ffffffffffffffff"],
  [new Uint8Array([1, 2]), "c4 02 0102"], [new Uint8Array(0), "c4 00"],
];

for (const [value, wire] of table) {
  test(`${wire.slice(0, 24)} both ways`, () => {
    assert.equal(hex(encode(value)), wire.replaceAll(" ", ""));
    assert.deepEqual(decode(bytes(wire)), value);
  });
}

test("what the official parser writes is read, and the other way round", () => {
  const value = {
    type: 2, nsp: "/", data: ["name", -1, 1e9, 3.25, "täxt 😀".repeat(20), null, { a: [true, { b: "x".repeat(70000) }] }, Array(70000).fill(7)],
  };
  assert.deepEqual(decode(notepack.encode(value)), value);
  assert.deepEqual(notepack.decode(Buffer.from(encode(value))), value);
  const when = new Date(1234567890123);
  assert.deepEqual(decode(notepack.encode([when, undefined])), [when, undefined]);
  assert.deepEqual(notepack.decode(Buffer.from(encode([when, undefined]))), [when, undefined]);
  assert.deepEqual([...notepack.decode(Buffer.from(encode(new Uint8Array([1, 2, 3]))))], [1, 2, 3]);
});

test("an ArrayBuffer of any length is not mistaken for a Date or undefined", () => {
  for (const n of [0, 1, 2, 7, 8, 9, 255, 256, 70000]) {
    const sent = Uint8Array.from({ length: n }, (_, i) => i % 251);
    assert.deepEqual(decode(new Uint8Array(notepack.encode([sent.buffer])))[0], sent, `${n} bytes`);
    assert.deepEqual(decode(encode([sent.buffer]))[0], sent);
    assert.deepEqual(decode(encode([new DataView(sent.buffer)]))[0], sent);
  }
});

test("as in JSON, keys without a value are left out and toJSON is called", () => {
  assert.deepEqual(decode(encode({ a: undefined, b: () => {}, c: 1 })), { c: 1 });
  assert.equal(decode(encode({ toJSON: () => "me" })), "me");
  assert.equal(decode(encode(new Date(NaN))), null);
});

test("toJSON may encode something itself", () => {
  const inner = { toJSON: () => encode({ deep: true }) };
  assert.deepEqual(decode(decode(encode([1, inner, 2]))[1]), { deep: true });
});

test("an encoder that threw encodes the next value right", () => {
  assert.throws(() => encode([1, 10n]), TypeError);
  const circle = [];
  circle.push(circle);
  assert.throws(() => encode(circle), /deep/);
  assert.equal(hex(encode([1])), "9101");
});

test("__proto__ is a key like any other", () => {
  const v = decode(encode(JSON.parse('{"__proto__": {"x": 1}}')));
  assert.equal(Object.getPrototypeOf(v), Object.prototype);
  assert.deepEqual(Object.keys(v), ["__proto__"]);
});

test("hostile bytes end at once, with an error", () => {
  const killers = [
    "", "dd ffffffff", "dc ffff", "df ffffffff", "de ffff", "c6 ffffffff", "db ffffffff", "c9 ffffffff 00", "c7 04 01 00000000", "d4 01 00",
    "d4 00 01", "d7 01 0000000000000000", "d5 00 0000", "d6 ff 00000000", "c1", "01 02", "81 90 01", "81 c0 01", "91".repeat(5000), "81 a1 61".repeat(3000),
    "cb 00", "ce 0000", "a5 61", `dd 00ffffff ${"90".repeat(100)}`,
  ];
  for (const k of killers) {
    const start = performance.now();
    assert.throws(() => decode(bytes(k)), k.slice(0, 30));
    assert.ok(performance.now() - start < 200, k.slice(0, 30));
  }
});

test("random bytes and cut values never do more than throw", () => {
  let seed = 1;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  const good = encode({ a: [1, -5, "text", 1.5, null, new Date(3), new Uint8Array(5)], b: { c: undefined } });
  for (let i = 0; i < 3000; i++) {
    const b = i % 2 ? good.slice(0, Math.floor(random() * good.length)) : Uint8Array.from({ length: 30 }, () => random() * 256);
    if (i % 3 === 0) b[Math.floor(random() * b.length)] ^= 1 << Math.floor(random() * 8);
    try {
      encode(decode(b));
    } catch (err) {
      assert.ok(err instanceof RangeError || err instanceof TypeError, String(err));
    }
  }
});
