#!/usr/bin/env bash
# Draws the optimal values and policy of the 8 x 8 frozen lake: docs/images/lake.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
./bellwether make frozenlake --size 8 -o "$folder/lake.csv" >/dev/null
./bellwether solve "$folder/lake.csv" --discount 0.99 -o "$folder/policy.csv" >"$folder/answer.txt"

# Columns x, y, value, arrow; y counts downwards as the map does.
awk -F, 'NR > 1 {
  arrow["left"] = "←"; arrow["down"] = "↓"; arrow["right"] = "→"; arrow["up"] = "↑"
  printf "%d %d %s %s\n", $1 % 8, int($1 / 8), $3, ($3 + 0 == 0 ? ($1 == 63 ? "goal" : "hole") : arrow[$2])
}' "$folder/policy.csv" >"$folder/cells.txt"

gnuplot <<GNUPLOT
set terminal pngcairo size 760,640 font "DejaVu Sans,13"
set output "docs/images/lake.png"
set title "Frozen lake 8 x 8, discount 0.99: optimal values and policy"
set xrange [-0.5:7.5]
set yrange [7.5:-0.5]
set size ratio -1
set xtics 1 scale 0
set ytics 1 scale 0
set xlabel "column"
set ylabel "row"
set cblabel "expected discounted reward"
set palette defined (0 "#f7fbff", 0.5 "#9ecae1", 1 "#3182bd")
set cbrange [0:1]
plot "$folder/cells.txt" using 1:2:3 with image notitle, \
     "$folder/cells.txt" using 1:2:4 with labels font "DejaVu Sans,14" notitle
GNUPLOT
