#!/usr/bin/env bash
# commands.sh PROGRAM PAGE: the page's table has a row for every command that `help` names.
set -euo pipefail
program=$1 page=$2 failures=0
mapfile -t commands < <("$program" help | awk '/^commands:/ { inside = 1; next } /^$/ { inside = 0 } inside && /^  [a-z]/ { print $1 }')
((${#commands[@]} > 5)) || { printf 'help names no commands\n'; exit 1; }
for command in "${commands[@]}"; do
  grep -qE "^\\| \`$command[ \`]" "$page" || { printf '%s: the table lacks `%s`\n' "$page" "$command"; failures=$((failures + 1)); }
done
exit $((failures > 0))
