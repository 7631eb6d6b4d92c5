#!/usr/bin/env bash
# Draws regret with features and without, of a linear MDP and of a linear mixture: docs/images/features-*.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
bellwether=${BELLWETHER:-./bellwether}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$bellwether" run linear-mdp --horizon 6 --algorithm lsvi-ucb,lsvi-epsilon-greedy,ucbvi-bf --constant 0.01 \
  --episodes 5000 --seeds 20 --out "$folder/mdp" --plot docs/images/features-mdp.png >/dev/null
"$bellwether" run linear-mixture --horizon 6 --algorithm ucrl-vtr,ucbvi-bf --constant 0.03 \
  --episodes 5000 --seeds 20 --out "$folder/mixture" --plot docs/images/features-mixture.png >/dev/null
