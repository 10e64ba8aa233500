#!/usr/bin/env bash
# What the counting for the metrics costs on the broadcast path: the benchmarks
# with it and, through an overlay in which every counting function returns at
# once, without, in turns on one machine. ROUNDS pairs (default 10); benchstat
# compares. The bar is 1 %: run it on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-10} time=${BENCHTIME:-0.5s}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# without FILE EXPRESSION...: a copy of FILE in the overlay, edited by sed.
entries=()
without() {
  local file=$1 copy="$work/$(echo "$1" | tr / _)"
  shift
  sed -E "$@" "$file" >"$copy"
  if cmp -s "$file" "$copy"; then echo "$file: nothing to leave out any more" >&2; exit 1; fi
  entries+=("\"$PWD/$file\": \"$copy\"")
}
without sio/engine/traffic.go -e 's/^(func \(t \*traffic\) (send|receive)\(n int\) \{)$/\1\n\treturn/'
without lobby/histogram.go -e 's/^(func \(h \*histogram\) addN\(.*\) \{)$/\1\n\treturn/'
without lobby/matches.go -e 's/^(func \(f \*flow\) (hold|pass)\(\) \{)$/\1\n\treturn/'
without lobby/meter.go -e 's/^(func \(t \*trips\) (add|flush)\(.*\) \{)$/\1\n\treturn/'
without lobby/send.go -e 's/begin := time\.Now\(\)/begin := time.Time{}/; s/time\.Since\(begin\)/time.Duration(0*begin.Second())/; s/encoded\(time\.Now\(\)\)/encoded(time.Time{})/; s/^(func \(o \*output\) encoded\(.*\) \{).*\}$/\1 }/'
without lobby/frames.go -e 's/encoded\(time\.Now\(\)\)/encoded(time.Time{})/; s/^(func \(f \*frames\) encoded\(.*\) \{).*\}$/\1 }/'
(IFS=,; echo "{\"Replace\": {${entries[*]}}}") >"$work/overlay.json"

declare -A benchmarks=([sio]='^BenchmarkBroadcast$' [lobby]='^BenchmarkTick$')
for pkg in "${!benchmarks[@]}"; do
  go test -c -o "$work/with-$pkg" "./$pkg"
  go test -c -overlay "$work/overlay.json" -o "$work/without-$pkg" "./$pkg"
done
for ((i = 0; i < rounds; i++)); do
  for pkg in "${!benchmarks[@]}"; do
    for side in $( ((i % 2)) && echo with without || echo without with); do
      (cd "$pkg" && "$work/$side-$pkg" -test.run='^$' -test.bench="${benchmarks[$pkg]}" -test.benchtime="$time" -test.benchmem) >>"$work/$side.txt"
    done
  done
done
go run golang.org/x/perf/cmd/benchstat@latest "without=$work/without.txt" "with=$work/with.txt"
