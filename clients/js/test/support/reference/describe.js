import { createHash } from "node:crypto";

const sha1 = (data) => createHash("sha1").update(data).digest("hex");

/** What a value is, in words that JSON can carry. */
export function describe(v) {
  if (v === null) return "null";
  if (v === undefined) return "undefined";
  if (typeof v === "string") return `string:${v.length}:${sha1(v)}`;
  if (typeof v === "number") return `number:${v}`;
  if (typeof v === "boolean") return `boolean:${v}`;
  if (v instanceof Date) return `date:${v.getTime()}`;
  if (v instanceof ArrayBuffer) return describe(Buffer.from(v));
  if (ArrayBuffer.isView(v)) return `binary:${v.byteLength}:${sha1(v)}`;
  if (Array.isArray(v)) return v.map(describe);
  return Object.fromEntries(Object.entries(v).map(([key, value]) => [key, describe(value)]));
}
