#!/usr/bin/env bash
# Measures the standard workloads and writes docs/benchmarks.md with its figure.
#
#   benchmarks/report.sh            all of it: a quarter of an hour on two cores
#   benchmarks/report.sh --quick    the small workloads, printed instead of written
#   benchmarks/report.sh --fresh    forgets what was measured before
#   benchmarks/report.sh --only P   measures only the pieces whose names begin with P (robust, latent, solve-a, ...),
#                                   prints instead of writing
#
# Each piece is a process of its own whose figures are kept in build/release/report: what was killed goes on where it
# stopped. Leave the machine alone while it runs.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=no
store=build/release/report
workloads=(a_garnet_1e4x10x10 b_garnet_1e5x5x8 c_grid_500x500 d_dense_1000x20 e_garnet_1e6x4x5)
only=
while (($# > 0)); do
  case $1 in
    --quick) quick=yes store=build/release/report-quick workloads=(tiny a_garnet_1e4x10x10) ;;
    --fresh) rm -rf build/release/report build/release/report-quick ;;
    --only)
      (($# > 1)) || { echo "report.sh: --only needs the beginning of a name" >&2; exit 2; }
      only=$2
      shift
      ;;
    *) echo "report.sh: unknown option $1; --quick, --fresh and --only are known" >&2; exit 2 ;;
  esac
  shift
done
./bellwether bench --list >/dev/null # builds the suite
bench=build/release/bellwether-bench
mkdir -p "$store"

pieces=("read:^read/(csv|bwm)/[be]_")
if [[ $quick == yes ]]; then pieces=("read:^read/.*/tiny"); fi
for workload in "${workloads[@]}"; do
  pieces+=("sweep-$workload:^sweep/.*/$workload" "solve-$workload:^solve/.*/$workload" "memory-$workload:^memory/.*/$workload")
done
if [[ $quick == no ]]; then
  pieces+=("learn:^learn/.*/(riverswim|linear)" "bandits:^bandits/.*/ten_coins"
    "linear-bandits:^linear-bandits/.*/d" "robust:^robust/.*/(garnet|dense)" "constrained:^constrained/.*/garnet"
    "latent:^latent/.*/(latent|tiger|corridor)")
else
  pieces+=("bandits:^bandits/.*/tiny" "linear-bandits:^linear-bandits/.*/tiny" "robust:^robust/.*/tiny" "constrained:^constrained/.*/tiny" "latent:^latent/.*/tiny")
fi
if [[ -n $only ]]; then
  chosen=()
  for piece in "${pieces[@]}"; do [[ $piece == "$only"* ]] && chosen+=("$piece"); done
  ((${#chosen[@]} > 0)) || { echo "report.sh: no piece begins with $only; there is ${pieces[*]%%:*}" >&2; exit 2; }
  pieces=("${chosen[@]}")
fi

done_pieces=0 measured=()
for piece in "${pieces[@]}"; do
  name=${piece%%:*} filter=${piece#*:}
  done_pieces=$((done_pieces + 1))
  measured+=("$store/$name.json")
  [[ -s $store/$name.json ]] && continue
  printf '%2d/%d %s\n' "$done_pieces" "${#pieces[@]}" "$name" >&2
  "$bench" --benchmark_filter="$filter" --benchmark_out="$store/$name.part" --benchmark_out_format=json >/dev/null 2>&1
  mv "$store/$name.part" "$store/$name.json"
done

# "benchmark <tab> key <tab> value", one figure a line.
figures=$store/figures.tsv
awk '
  /^ *"name":/ { name = $0; sub(/^ *"name": "/, "", name); sub(/",?$/, "", name)
                 gsub(/\/(real_time|manual_time|iterations:[0-9]+)/, "", name); next }
  name != "" && /^ *"[a-z_0-9]+":/ {
    key = $1; gsub(/[":]/, "", key)
    value = $0; sub(/^ *"[a-z_0-9]+": */, "", value); sub(/,$/, "", value); gsub(/^"|"$/, "", value)
    print name "\t" key "\t" value
  }' "${measured[@]}" >"$figures"

awk -v list="${workloads[*]}" -f benchmarks/report.awk -f benchmarks/report_families.awk "$figures" >"$store/tables.md"
if [[ -n $only ]]; then # the sections that have figures
  awk 'BEGIN { RS = "## " } /\n\|[^\n]*\| [0-9>]/ { printf "## %s", $0 }' "$store/tables.md"
  exit 0
fi
if [[ $quick == yes ]]; then
  cat "$store/tables.md"
  exit 0
fi

awk -F '\t' -v list="${workloads[*]}" '
  BEGIN { count = split(list, workload, " ") }
  $2 == "times_plain_cpu" && $1 ~ /threads:1$/ { split($1, part, "/"); ratio[part[2], part[3]] = $3; planners[part[2]] = 1 }
  END {
    printf "planner"; for (i = 1; i <= count; ++i) printf "\t(%s)", substr(workload[i], 1, 1); print ""
    order = "auto lazy-policy-iteration flow-policy-iteration modified-policy-iteration inexact-policy-iteration " \
            "policy-iteration value-iteration action-elimination anderson topological-value-iteration"
    shown = split(order, planner, " ")
    for (p = 1; p <= shown; ++p) {
      if (!(planner[p] in planners)) continue
      printf "%s", planner[p]
      for (i = 1; i <= count; ++i) printf "\t%s", ((planner[p], workload[i]) in ratio) ? ratio[planner[p], workload[i]] : "?"
      print ""
    }
  }' "$figures" >"$store/ratios.tsv"
gnuplot <<GNUPLOT
set terminal pngcairo size 1100,560 font "DejaVu Sans,12"
set output "docs/images/benchmarks.png"
set title "Work to a proven error of 1e-6, against plain value iteration (one thread)"
set datafile separator "\t"
set datafile missing "?"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.9 border -1
set boxwidth 0.9
set logscale y
set yrange [0.3:500]
set ylabel "times faster (processor time, log scale)"
set grid ytics
set xtics rotate by -25
set key outside right top title "workload"
set arrow from graph 0, first 1 to graph 1, first 1 nohead dashtype 2
plot for [i=2:$((${#workloads[@]} + 1))] "$store/ratios.tsv" using i:xtic(1) title columnheader(i)
GNUPLOT
cp "$store/tables.md" docs/benchmarks.md
echo "docs/benchmarks.md and docs/images/benchmarks.png are written" >&2
