#!/usr/bin/env bash
# transcripts.sh PROGRAM FILE...: runs every `./bellwether ...` line of the plain code blocks, in order, each page in a
# folder of its own; every other line of such a block must have been printed, but for blanks, by the command last run.
# A command may end with exit code 1 (not yet passed), not with more. A block opened by "```csv NAME" is that file.
set -euo pipefail
program=$1
shift
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
export BELLWETHER_COMMAND=./bellwether
squeezed() { sed -E 's/ +/ /g'; }
fail() { printf '%s\n' "$*"; exit 1; }
mapfile -t documents < <(readlink -f "$@")
for document in "${documents[@]}"; do
  folder=$root/$(basename "$document")
  mkdir "$folder"
  cd "$folder"
  [[ -r $document ]] || fail "$document cannot be read"
  awk '/^```/ { if (name != "") { close(name); name = "" } else if (NF == 2 && $1 == "```csv") name = $2; next }
    name != "" { print >name }' "$document"
  while IFS= read -r line; do
    case $line in
      './bellwether '*)
        code=0
        # shellcheck disable=SC2086
        "$program" ${line#./bellwether } >"$root/printed.txt" 2>&1 || code=$?
        ((code <= 1)) || { cat "$root/printed.txt"; fail "$document: fails with $code: $line"; }
        ;;
      '') ;;
      *) squeezed <"$root/printed.txt" | grep -xF -- "$(squeezed <<<"$line")" >"$root/found.txt" || { cat "$root/printed.txt"; fail "$document: the command does not print: $line"; } ;;
    esac
  done < <(awk '/^```/ { if (inside) inside = 0; else inside = ($0 == "```") ? 1 : 2; next } inside == 1 { print } ' "$document")
done
