#!/usr/bin/env bash
# Draws what it is worth to know: the house of docs/guide/latent.md by its weights, and a corridor by the sharpness of
# the eyes: docs/images/latent.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
bellwether=${BELLWETHER:-./bellwether}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```csv house.csv/ { inside = 1; next } /^```/ { inside = 0 } inside' docs/guide/latent.md >"$folder/house.csv"
figure() { sed -E "s/.*\"optimum\":\{\"value\":([-0-9.e]+).*\"known\":([-0-9.e]+).*/$1 \1 \2/" "$folder/answer.json"; }
for percent in 0 5 10 15 20 25 30 35 40 45 50 55 60 65 70 75 80 85 90 95 100; do
  weight=$(awk -v p=$percent 'BEGIN { print p / 100 "," 1 - p / 100 }')
  "$bellwether" solve "$folder/house.csv" --horizon 4 --weights "$weight" --json >"$folder/answer.json"
  figure "$(awk -v p=$percent 'BEGIN { print p / 100 }')"
done >"$folder/house.txt"
for accuracy in 0.34 0.4 0.45 0.5 0.55 0.6 0.65 0.7 0.75 0.8 0.85 0.9 0.95 1; do
  "$bellwether" make noisy-chain --states 6 --accuracy $accuracy -o "$folder/chain.POMDP" >/dev/null
  "$bellwether" solve "$folder/chain.POMDP" --tolerance 0.03 --json >"$folder/answer.json"
  figure $accuracy
done >"$folder/chain.txt"

gnuplot <<GNUPLOT
set terminal pngcairo size 1180,420 font "DejaVu Sans,13"
set output "docs/images/latent.png"
set multiplot layout 1,2
set grid lc rgb "#dddddd"
set title "the house: what it is worth to know the context"
set xlabel "weight of context 0"
set ylabel "value of 4 steps"
set xrange [0:1]
set yrange [1.8:2.5]
set key bottom right
plot "$folder/house.txt" using 1:3 with lines dt 2 lw 2 lc rgb "#3182bd" title "context seen", \
     "$folder/house.txt" using 1:2 with linespoints pt 7 ps 0.7 lw 2 lc rgb "#e6550d" title "not seen"
set title "a corridor through noise: what eyes are worth"
set xlabel "probability to see one's place"
set ylabel "value, discounted by 0.95 a step"
set xrange [0.33:1]
set yrange [*:*]
plot "$folder/chain.txt" using 1:3 with lines dt 2 lw 2 lc rgb "#3182bd" title "place seen", \
     "$folder/chain.txt" using 1:2 with linespoints pt 7 ps 0.7 lw 2 lc rgb "#e6550d" title "not seen"
GNUPLOT
