// Both parsers against the official ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import official from "socket.io-msgpack-parser";
import * as officialJSON from "socket.io-parser";
import * as json from "../socket/json.js";
import * as msgpack from "../socket/msgpack.js";

const packets = [
  { type: 0, nsp: "/" },
  { type: 0, nsp: "/admin", data: { token: "x" } },
  { type: 1, nsp: "/" },
  { type: 1, nsp: "/admin" },
  { type: 2, nsp: "/", data: ["hello"] },
  { type: 2, nsp: "/a,b".slice(0, 2), id: 12, data: ["x", 1, "é\u2028", null, { y: [true] }] },
  { type: 2, nsp: "/", data: [7, "numeric name"] },
  { type: 2, nsp: "/", id: 0, data: ["__proto__"] },
  { type: 3, nsp: "/", id: 3, data: [] },
  { type: 3, nsp: "/admin", id: 3, data: ["x"] },
  { type: 4, nsp: "/x", data: { message: "no", data: { code: 1 } } },
];
const binary = { type: 2, nsp: "/up", id: 5, data: ["f", Buffer.from([1, 2, 3]), { deep: [Buffer.from([4])] }, "end"] };

/** Everything that a decoder makes of these messages. */
function decodeAll(decoder, messages) {
  const out = [];
  decoder.on("decoded", (p) => out.push(p));
  // The official decoders take what their transports give: strings and Buffers.
  for (const m of messages) decoder.add(m instanceof Uint8Array ? Buffer.from(m) : m);
  return out;
}

/** Equal as far as the wire goes: absent is undefined, bytes are bytes. */
function plain(v) {
  if (v instanceof Uint8Array || v instanceof ArrayBuffer) return { bytes: [...new Uint8Array(v)] };
  if (Array.isArray(v)) return v.map(plain);
  if (v && typeof v === "object") {
    return Object.fromEntries(Object.entries(v).filter(([k, x]) => x !== undefined && k !== "attachments" && k !== "options").map(([k, x]) => [k, plain(x)]));
  }
  return v;
}
const same = (a, b) => assert.deepEqual(plain(a), plain(b));

const pairs = [
  ["json", json, officialJSON],
  ["msgpack", msgpack, official],
];
for (const [name, ours, theirs] of pairs) {
  for (const packet of packets) {
    test(`${name}: ${JSON.stringify(packet)}`, () => {
      same(decodeAll(new theirs.Decoder(), new ours.Encoder().encode(packet)), [packet]);
      same(decodeAll(new ours.Decoder(), new theirs.Encoder().encode({ ...packet })), [packet]);
    });
  }

  test(`${name}: binary values`, () => {
    const [there] = decodeAll(new theirs.Decoder(), new ours.Encoder().encode(binary));
    same(there.data, binary.data);
    const [back] = decodeAll(new ours.Decoder(), new theirs.Encoder().encode({ ...binary, data: [...binary.data] }));
    same(back.data, binary.data);
    assert.equal(back.type, 2);
    assert.ok(back.data[1] instanceof Uint8Array);
  });

  test(`${name}: binary values as ArrayBuffer`, () => {
    const wrap = (b) => b.slice().buffer;
    const [back] = decodeAll(new ours.Decoder(wrap), new ours.Encoder().encode(binary));
    assert.ok(back.data[1] instanceof ArrayBuffer);
    assert.ok(back.data[2].deep[0] instanceof ArrayBuffer);
  });
}

test("json: what is sent is not changed", () => {
  const data = ["x", { b: new Uint8Array(2) }];
  new json.Encoder().encode({ type: 2, nsp: "/", data });
  assert.deepEqual(data, ["x", { b: new Uint8Array(2) }]);
});

test("json: Date, toJSON and undefined as JSON has them", () => {
  const data = ["x", new Date(5), undefined, { u: undefined, n: NaN, t: { toJSON: () => 7 } }, new Uint8Array(1)];
  const [text] = new json.Encoder().encode({ type: 2, nsp: "/", data });
  assert.equal(text, '51-["x","1970-01-01T00:00:00.005Z",null,{"n":null,"t":7},{"_placeholder":true,"num":0}]');
});

test("json: the encoder refuses what the peer would refuse", () => {
  const encoder = new json.Encoder();
  const eleven = ["x", ...Array(11).fill(new Uint8Array(1))];
  assert.throws(() => encoder.encode({ type: 2, nsp: "/", data: eleven }), /attachments/);
  const circle = {};
  circle.me = circle;
  assert.throws(() => encoder.encode({ type: 2, nsp: "/", data: ["x", circle] }));
});

const bad = [
  "", "9", "x", "2", '2{"a":1}', "2[]", '2[null]', "2[{}]", '2["connect"]', '2["disconnect"]', '2["connect_error"]', '2["newListener"]',
  "3", '3{}', '0"x"', "0[]", "0,", '1["x"]', '4', "4[]", '2["x"', '2["x"]]', '5["x"]', '50-["x"]', '511-["x"]', '5-["x"]', '51["x"]', '21-["x"]',
  '61-{}', '299999999999999999999["x"]', '2-1["x"]',
];
for (const text of bad) {
  test(`json: refuses ${text}`, () => assert.throws(() => decodeAll(new json.Decoder(), [text])));
}

test("json: attachments must be announced, complete and referred to by index", () => {
  const b = new Uint8Array(1);
  for (const num of ['"length"', '"0"', "1", "-1", "0.5", "null", '"__proto__"', "[0]"]) {
    assert.throws(() => decodeAll(new json.Decoder(), [`51-["x",{"_placeholder":true,"num":${num}}]`, b]), num);
  }
  assert.throws(() => decodeAll(new json.Decoder(), [b]));
  assert.throws(() => decodeAll(new json.Decoder(), ['51-["x",{"_placeholder":true,"num":0}]', '2["y"]']));
  assert.throws(() => decodeAll(new json.Decoder(), ['51-[{"_placeholder":true,"num":0}]', b]), "bytes as an event name");
});

test("json: a packet that was not completed is forgotten", () => {
  const decoder = new json.Decoder();
  decoder.add('51-["x",{"_placeholder":true,"num":0}]');
  decoder.destroy();
  assert.equal(decodeAll(decoder, ['2["y"]']).length, 1);
});

test("msgpack: refuses what is no packet", () => {
  const values = [
    null, 1, [], {}, { type: 2, nsp: "/" }, { type: 2, nsp: 1, data: ["x"] }, { type: 5, nsp: "/", data: ["x"] }, { type: 6, nsp: "/", data: [] },
    { type: 2, nsp: "/", data: ["disconnect"] }, { type: 2, nsp: "/", data: [new Uint8Array(1)] }, { type: 2, nsp: "/", id: "1", data: ["x"] },
    { type: 3, nsp: "/", id: -1, data: [] }, { type: "2", nsp: "/", data: ["x"] }, { type: 7, nsp: "/" },
  ];
  for (const v of values) {
    const [message] = new official.Encoder().encode(v);
    assert.throws(() => decodeAll(new msgpack.Decoder(), [new Uint8Array(message)]), JSON.stringify(v));
  }
  assert.throws(() => decodeAll(new msgpack.Decoder(), ["text"]));
});
