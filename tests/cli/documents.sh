#!/usr/bin/env bash
# documents.sh PROGRAM FILE...: runs every `./bellwether ...` line of the code blocks, in order, in one empty folder. CSV
# blocks are saved as machine.csv, the model of the tutorial; a block that is refused must be refused. What a document
# shows of an answer (its value, its proof, its table) must have been printed by one of its commands. What takes minutes
# is left to the tests of its own: each claim is one.
set -euo pipefail
program=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for document in "$@"; do
  document=$(readlink -f "$document")
  cd "$folder"
  awk '/^```/ { inside = !inside; next } inside && /^state,action/ { first++ } inside && first == 1 && /,/ && !/bellwether/ { print }' \
    "$document" >machine.csv
  [[ -s machine.csv ]] || rm machine.csv
  : >printed.txt
  while read -r line; do
    line=${line%%#*}
    [[ $line =~ bellwether\ check\ *$ ]] && continue
    case $line in
      *'bellwether test'* | *'bellwether reproduce'* | *'bellwether bench'* | *'bellwether build'*) continue ;;
    esac
    # shellcheck disable=SC2086
    "$program" ${line#./bellwether} >output.txt 2>&1 || { printf '%s: fails: %s\n' "$document" "$line"; cat output.txt; exit 1; }
    cat output.txt >>printed.txt
  done < <(awk '/^```/ { inside = !inside; next } inside && /^\.\/bellwether / { print }' "$document")
  while IFS= read -r line; do
    grep -qxF -- "$line" printed.txt || { printf '%s: no command prints: %s\n' "$document" "$line"; exit 1; }
  done < <(awk '/^```/ { inside = !inside; next } inside && /^  (value|proven|exact|state|   *[0-9]+) / { print }' "$document")
done
