#!/usr/bin/env bash
# Draws the figures of docs/papers/tabular-regret-figures.md from `reproduce tabular-regret`; what is kept in
# runs/tabular-regret is not played again. ImageMagick makes them small.
set -euo pipefail
cd "$(dirname "$0")/../.."
"${BELLWETHER:-./bellwether}" reproduce tabular-regret
keep() { convert "runs/tabular-regret/$1" -resize 900x -colors 64 -strip "PNG8:docs/images/$2.png"; }
keep riverswim/riverswim@1-horizon-20.png riverswim
keep deep-sea/deep-sea@1.png deep-sea
keep constants/against-factor.png constant-sweep
keep stopping-time/against-epsilon.png stopping-time
keep generative/samples-against-discount.png sample-size
keep diameter/against-diameter.png diameter
