#!/usr/bin/env bash
# bench.sh BENCH: what the benchmark program shows at the terminal, and what it hands to programs.
set -euo pipefail
bench=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fail() { printf 'bench: %s\n' "$*"; cat table.txt; exit 1; }

pick=(--benchmark_filter='^(sweep|read|learn)/.*/tiny|^solve/(plain|auto)/tiny' --benchmark_min_time=0.001)
BELLWETHER_COMMAND=./bellwether "$bench" "${pick[@]}" --benchmark_out=out.json --benchmark_out_format=json >table.txt 2>err.txt
[[ ! -s err.txt ]] || fail "writes to standard error: $(cat err.txt)"
for text in 'One sweep of the optimality operator' 'Whole solves to a proven error' 'Reading a model file' 'Learners at work' 'x plain:' 'gap:'; do
  grep -qF "$text" table.txt || fail "lacks: $text"
done
# One line a benchmark: what, workload, threads, time with its unit, then as many figures as the heading has.
awk '
  /^  (sweep|planner|format|learner) +workload +threads +time/ { columns = NF; width = length($0); next }
  /^  [a-z]/ {
    ++rows
    line = $0
    if (length(line) != width) { print "is not aligned: " line; exit 1 }
    if (line !~ /^  [a-z-]+ +tiny +[12 ] +[0-9.,]+ (ns|us|ms|s )( |$)/) { print "is no row: " line; exit 1 }
    if (line ~ /[0-9]\.[0-9][0-9][0-9][0-9]/) { print "has too many digits: " line; exit 1 }
  }
  END { if (rows != 12) { print rows " rows"; exit 1 } }' table.txt || fail "the table"
[[ $(tail -n 1 table.txt) == 'next: ./bellwether bench . --json figures.json '* ]] || fail "does not end with the next command"
! grep -qE 'real_time|manual_time|of_bandwidth' table.txt || fail "shows raw names"

# What benchmarks/report.sh reads: names with their suffixes, and these keys.
for key in '"name": "sweep/jacobi/tiny/threads:1/real_time"' '"name": "solve/auto/tiny/threads:2/manual_time"' \
  '"real_time":' '"of_bandwidth":' '"of_gathers":' '"of_products":' '"times_plain":' '"times_plain_cpu":' '"sweeps_read":' \
  '"bytes_per_second":' '"iterations":' '"steps_per_cpu_second":' '"of_loop":'; do
  grep -qF "$key" out.json || fail "the JSON file lacks $key"
done
"$bench" "${pick[@]}" --benchmark_format=json 2>/dev/null >format.json
[[ $(head -c 1 format.json) == '{' ]] || fail "--benchmark_format=json"
"$bench" --benchmark_filter=^sweep/jacobi/tiny --benchmark_min_time=0.001 --benchmark_format=csv 2>/dev/null >format.csv
grep -q '^name,iterations,real_time' format.csv || fail "--benchmark_format=csv"
BENCHMARK_FORMAT=json "$bench" "${pick[@]}" 2>/dev/null >format.json
[[ $(head -c 1 format.json) == '{' ]] || fail "BENCHMARK_FORMAT=json"
"$bench" --benchmark_list_tests --benchmark_filter=sweep >list.txt
grep -q '^sweep/plain/tiny' list.txt || fail "--benchmark_list_tests"
code=0
"$bench" --benchmark_filter=zebra >zebra.txt 2>err.txt || code=$?
[[ $code == 2 ]] && grep -q 'no benchmark has such a name' err.txt || fail "accepts a filter that fits nothing"
