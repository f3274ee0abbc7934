#!/usr/bin/env bash
# Prints the tables of docs/performance.md that this machine can measure. Build first: cmake --preset release &&
# cmake --build --preset release. The machine should be otherwise idle.
#
# usage: tests/bench/run.sh            some minutes
#        tests/bench/run.sh --write    the same, and writes the tables into docs/performance.md, except `peers`, which
#                                      tests/bench/grpc_peers/run prints
#        tests/bench/run.sh --smoke    some seconds, small counts: to check that it works, and that the document's
#                                      tables have the form of the output
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=build/release
document=docs/performance.md
sizes=() micro=(--benchmark_repetitions=3 --benchmark_enable_random_interleaving=true --benchmark_filter=-Cliff)
case ${1-} in
  --smoke)
    sizes=(--smoke)
    # Large histories take long even with a small benchmark_min_time.
    micro=(--benchmark_min_time=0.01 --benchmark_filter=-'Cliff|1000$|0000|Gaussian')
    ;;
  --write | "") ;;
  *)
    echo "usage: tests/bench/run.sh [--write | --smoke]" >&2
    exit 2
    ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

print_tables() {
  echo "$(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | xargs), Linux $(uname -r), $(date -u +%F)"
  python3 -B tests/bench/trial_cost/count.py --table
  "$bin/bench_throughput" "${sizes[@]}"
  "$bin/bench_calls" "${sizes[@]}"
  if [[ -x $bin/bench_micro ]]; then
    "$bin/bench_micro" "${micro[@]}" --benchmark_out="$folder/micro.json" >"$folder/micro.txt"
    python3 -B tests/bench/micro_tables.py "$folder/micro.json"
  else
    # google-benchmark is not installed: the tables say that nothing was measured.
    python3 -B tests/bench/micro_tables.py
  fi
}

print_tables | tee "$folder/tables"
case ${1-} in
  --smoke) python3 -B tests/bench/put_tables.py --form "$document" <"$folder/tables" ;;
  --write) python3 -B tests/bench/put_tables.py "$document" peers <"$folder/tables" ;;
esac
