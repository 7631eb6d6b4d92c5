#!/usr/bin/env bash
# pages.sh PROGRAM PAGE...: what a page of a paper shows as "mean ± error" must be printed by `reproduce` of its paper.
# A page that shows none is refused: nothing would be tested.
set -euo pipefail
export LC_ALL=C
program=$1
shift
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cells() { grep -oE -- '-?[0-9][0-9.]* ± [0-9]+(\.[0-9]+)?' "$1" | sort -u; }
failures=0
for page in "$@"; do
  paper=$(basename "$page" .md)
  cells "$page" >"$root/shown.txt" || { printf '%s: shows no mean ± error\n' "$page"; exit 1; }
  "$program" reproduce "$paper" --no-figures --out "$root/$paper" >"$root/printed.txt" 2>"$root/errors.txt" || { cat "$root/printed.txt" "$root/errors.txt"; exit 1; }
  cells "$root/printed.txt" >"$root/cells.txt"
  while IFS= read -r cell; do
    printf '%s: `reproduce %s` does not print: %s\n' "$page" "$paper" "$cell"
    failures=$((failures + 1))
  done < <(comm -23 "$root/shown.txt" "$root/cells.txt")
done
((failures == 0))
