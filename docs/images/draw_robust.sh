#!/usr/bin/env bash
# Draws two ways round the mud and the price of robustness: docs/images/robust.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
bellwether=${BELLWETHER:-./bellwether}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rows=9 columns=13
"$bellwether" make courier --rows $rows --columns $columns --mud 5 --harm 2 -o "$folder/courier.csv" >/dev/null

# The cells that a policy without slips walks through, as x y.
walk() {
  awk -F, -v rows=$rows -v columns=$columns 'NR > 1 { gsub(/"/, ""); move[$1 "," $2] = $3 }
    END {
      y = int(rows / 2); x = 0
      for (i = 0; i < rows * columns && x < columns; ++i) {
        print x, y
        if (x == columns - 1 && y == int(rows / 2)) break
        m = move[y "," x]
        if (m == "up") --y; else if (m == "down") ++y; else if (m == "left") --x; else ++x
      }
    }' "$1"
}
for radius in 0 0.2; do
  "$bellwether" solve "$folder/courier.csv" --rewards net --robust l1 --radius $radius -o "$folder/policy.csv" >/dev/null
  walk "$folder/policy.csv" >"$folder/walk-$radius.txt"
done
for radius in 0 0.025 0.05 0.075 0.1 0.125 0.15 0.175 0.2 0.25 0.3 0.35 0.4 0.45 0.5; do
  "$bellwether" solve "$folder/courier.csv" --rewards net --robust l1 --radius $radius --json >"$folder/answer.json"
  sed -E "s/.*\"value\":([-0-9.e]+),\"values\".*\"nominal_value\":([-0-9.e]+).*/$radius \1 \2/" "$folder/answer.json"
done >"$folder/price.txt"

gnuplot <<GNUPLOT
set terminal pngcairo size 1180,420 font "DejaVu Sans,13"
set output "docs/images/robust.png"
set multiplot layout 1,2
set title "two ways round the mud"
set size ratio -1
set xrange [-0.5:$columns-0.5]
set yrange [$rows-0.5:-0.5]
set xtics 2 scale 0
set ytics 2 scale 0
set xlabel "column"
set ylabel "row"
set key top center horizontal outside
set object 1 rectangle from 3.5,2.5 to 8.5,5.5 fc rgb "#c9a66b" fs solid noborder behind
set label 1 "mud" at 6,3.5 center
set label 2 "start" at -0.2,3.3 left
set label 3 "goal" at 12.2,3.3 right
plot "$folder/walk-0.txt" with linespoints pt 7 lw 2 lc rgb "#3182bd" title "nominal", \
     "$folder/walk-0.2.txt" with linespoints pt 5 lw 2 lc rgb "#e6550d" title "robust, L1 radius 0.2"
unset object 1
unset label 1
unset label 2
unset label 3
set size noratio
set title "the price of robustness"
set xrange [0:0.5]
set yrange [0:4.2]
set xtics 0.1 scale 1
set ytics 1 scale 1
set xlabel "L1 radius"
set ylabel "value"
set grid lc rgb "#dddddd"
set key bottom left inside vertical
plot "$folder/price.txt" using 1:3 with linespoints pt 7 ps 0.7 lw 2 lc rgb "#3182bd" title "if the nominal model is true", \
     "$folder/price.txt" using 1:2 with linespoints pt 5 ps 0.7 lw 2 lc rgb "#e6550d" title "guaranteed"
GNUPLOT
