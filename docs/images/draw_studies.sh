#!/usr/bin/env bash
# Draws the figures of the pages about planning, from `reproduce PAPER` of each. ImageMagick makes them small.
set -euo pipefail
cd "$(dirname "$0")/../.."
bellwether=${BELLWETHER:-./bellwether}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
draw() {
  local paper=$1
  shift
  "$bellwether" reproduce "$paper" --out "$folder/$paper" >/dev/null
  for study in "$@"; do
    convert "$folder/$paper/$study/$study.png" -resize 900x -colors 64 -strip "PNG8:docs/images/study-$paper-$study.png"
  done
}
draw policy-mirror-descent optimisers
draw policy-gradient plateau
draw mdpo inner-steps sampled soft
draw dynamic-policy-gradient stages
draw reload portrait distance
draw constrained-mdps budget averages
draw c-morl treasure front hypervolume fruit-tree
draw robust-mdps convergence price
draw drpg gaps
draw iwocs walk gaps
draw rfzi samples perturbed
draw risk-measures frontier levels
draw distdp-stock gamble set-point laws grid
draw linear-function-approximation samples star traces batches
draw lmdp-horizon-free constants horizon lower-bound
draw ravi-ucb riverswim mixture
draw vwls-mdvi samples tables weights
