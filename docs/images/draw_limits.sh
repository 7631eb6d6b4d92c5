#!/usr/bin/env bash
# Draws regret and violation of learners under one limit, side by side: docs/images/limits.png. ImageMagick joins them.
set -euo pipefail
cd "$(dirname "$0")/../.."
bellwether=${BELLWETHER:-./bellwether}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$bellwether" run courier:rows=3:columns=3:mud=1:mud_rows=1 --horizon 4 --budget damage=40% --constant practical \
  --algorithm opt-lp,opt-dual,opt-pess-lp,bpi-ucb --episodes 20000 --seeds 10 --out "$folder/limits" >/dev/null
convert "$folder"/limits/*-with-limits.png "$folder"/limits/*-over-the-limit.png +append -resize 1400x \
  -colors 64 -strip PNG8:docs/images/limits.png
