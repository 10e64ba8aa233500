// What happened since the last answer, from counts that only grow.

/** The counts of one thing and those before. */
export class Window {
  update(counts, at) {
    this.before = this.now;
    this.began = this.at;
    [this.now, this.at] = [counts, at];
  }
  get seconds() {
    return (this.at - this.began) / 1000;
  }
  /** By how much a count grew; NaN at first. */
  grown(name) {
    return this.before ? Math.max(this.now[name] - this.before[name], 0) : NaN;
  }
  perSecond(name) {
    return this.grown(name) / this.seconds;
  }
  /** The mean of a time of which the sum and the number are counted. */
  mean(sum, number) {
    return this.grown(sum) / this.grown(number);
  }
  /** Below this many ms is the fraction q of a histogram's growth: bucket i ends at 2^i µs. */
  quantile(name, q) {
    const grown = this.now[name].map((n, i) => n - (this.before?.[name][i] ?? 0));
    const rank = q * grown.reduce((a, b) => a + b, 0);
    let seen = 0;
    for (const [i, n] of grown.entries()) if (n && (seen += n) >= rank) return 2 ** i / 1000;
    return NaN;
  }
}
