#!/usr/bin/env bash
# Draws the regret of six learners in three worlds: docs/images/bandits.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
./bellwether run bernoulli-arms:means=0.6/0.5/0.5/0.5/0.5 constrained-adversary piecewise-arms \
  --algorithm ucb1,kl-ucb,thompson,exp3,tsallis-inf,sw-ucb --rounds 4e4 --seeds 50 --out "$folder/out" --no-figures >/dev/null
# name, then mean and standard error in each world
awk -F, '$4 == 40000 && $5 == "pseudo-regret" { mean[$2, $1] = $7; error[$2, $1] = $8; if (!seen[$2]++) order[++n] = $2 }
  END { for (i = 1; i <= n; ++i) { printf "\"%s\"", order[i]
    for (w = 1; w <= 3; ++w) { world = w == 1 ? "bernoulli-arms@1" : w == 2 ? "constrained-adversary@1" : "piecewise-arms@1"
      printf " %s %s", mean[order[i], world], error[order[i], world] }
    print "" } }' "$folder/out/summary.csv" >"$folder/bars.txt"

gnuplot <<GNUPLOT
set terminal pngcairo size 1180,430 font "DejaVu Sans,13"
set output "docs/images/bandits.png"
set style data histogram
set style histogram errorbars gap 1.5 lw 1.5
set style fill solid 0.85 noborder
set logscale y
set yrange [50:6000]
set ylabel "regret after 40,000 rounds"
set title "means of 50 seeds with standard errors" font ",11"
set grid ytics lc rgb "#dddddd"
set key top center horizontal outside
set xtics scale 0
set ytics (50, 100, 200, 500, 1000, 2000, 5000)
set errorbars 0.6 lc rgb "black" lw 1.5
plot "$folder/bars.txt" using 2:3:xtic(1) lc rgb "#0072B2" title "independent draws", \
     "" using 4:5 lc rgb "#D55E00" title "an adversary moves the level", \
     "" using 6:7 lc rgb "#009E73" title "means jump"
GNUPLOT
