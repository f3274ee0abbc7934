#!/usr/bin/env bash
# Prints the tables of docs/performance.md. Build first: cmake --preset release && cmake --build --preset release
#
# usage: tests/bench/run.sh            some minutes
#        tests/bench/run.sh --smoke    some seconds, small counts: only to see that it works
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/release
micro_seconds=0.5
if [[ ${1-} == --smoke ]]; then
  micro_seconds=0.01
fi

echo "$(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | xargs), Linux $(uname -r), $(date -u +%F)"
echo
"$bin/bench_throughput" "$@"
echo
"$bin/bench_calls" "$@"
if [[ -x $bin/bench_micro ]]; then
  echo
  "$bin/bench_micro" --benchmark_min_time="$micro_seconds" --benchmark_counters_tabular=true
fi
