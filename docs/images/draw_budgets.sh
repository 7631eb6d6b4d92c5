#!/usr/bin/env bash
# Draws the value of the courier's deliveries against the damage that is allowed: docs/images/budgets.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
bellwether=${BELLWETHER:-./bellwether}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$bellwether" make courier -o "$folder/courier.csv" >/dev/null
for limit in 0 0.004 0.0076 0.02 0.0396 0.08 0.1222 0.1679 0.2 0.25 0.3007 0.6 0.9 1.2 1.5 1.8 1.9929 2.2 2.5 2.8 3; do
  "$bellwether" solve "$folder/courier.csv" --budget damage=$limit --json >"$folder/answer.json"
  sed -E "s/.*\"value\":([-0-9.e]+),\"values\".*/$limit \1/" "$folder/answer.json"
done >"$folder/curve.txt"
best=$("$bellwether" solve "$folder/courier.csv" --json | sed -E 's/.*"value":([-0-9.e]+),"values".*/\1/')

gnuplot <<GNUPLOT
set terminal pngcairo size 760,420 font "DejaVu Sans,13"
set output "docs/images/budgets.png"
set xlabel "damage that is allowed (expected discounted number of muddy cells)"
set ylabel "value of a delivery"
set xrange [0:3]
set yrange [0:7]
set key bottom right
set grid lc rgb "#dddddd"
plot $best with lines dt 2 lc rgb "#888888" title "no limit", \
     "$folder/curve.txt" using 1:2 with linespoints pt 7 ps 0.6 lw 2 lc rgb "#3182bd" title "best under the limit"
GNUPLOT
