/** A value for comparison: all binary kinds alike, whatever client they come from. */
export function plain(v) {
  if (v instanceof Uint8Array || v instanceof ArrayBuffer) return { bytes: [...new Uint8Array(v)] };
  if (v instanceof Date) return v;
  if (Array.isArray(v)) return v.map(plain);
  if (v && typeof v === "object") return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
  return v;
}
