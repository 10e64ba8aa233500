// Numbers for people.

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export const count = (n) => number.format(n);

export function bytes(n) {
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (n < 1000) return `${short.format(n)} ${unit}`;
    n /= 1000;
  }
  return `${short.format(n)} TB`;
}

export const rate = (n) => (Number.isFinite(n) ? `${bytes(n)}/s` : "–");
export const ms = (n) => (Number.isFinite(n) ? `${short.format(n)} ms` : "–");

export function duration(seconds) {
  const s = Math.floor(seconds), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
  if (d) return `${d} d ${h % 24} h`;
  if (h) return `${h} h ${m % 60} min`;
  return m ? `${m} min ${s % 60} s` : `${s} s`;
}

export const clock = (time) => new Date(time).toLocaleTimeString("en-GB");
