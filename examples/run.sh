#!/usr/bin/env bash
# run.sh PROGRAM SOURCE PAGE: the page shows the source word for word, the program runs and writes its figure.
set -euo pipefail
program=$1 source=$2 page=$3
fail() { printf '%s\n' "$*"; exit 1; }
shown=$(awk '/^```cpp$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$page")
[[ $shown == "$(cat "$source")" ]] || { diff <(printf '%s\n' "$shown") "$source" || true; fail "$page does not show $source"; }
(($(wc -l <"$source") <= 40)) || fail "$source has more than 40 lines"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$program" || fail "the program failed"
[[ -s regret.svg ]] || fail "no figure was written"
for text in mine ucb-q-hoeffding fitted; do
  grep -q "$text" regret.svg || fail "the figure does not show $text"
done
