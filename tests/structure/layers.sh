#!/usr/bin/env bash
# Greps every include of ours for an edge that points up, and for a library used outside its one door.
set -euo pipefail
cd "$1"
failures=0
fail() { printf '%s\n' "$*"; failures=$((failures + 1)); }

# allowed FOLDER: what the folder may include, besides itself.
allowed() {
  case $1 in
    core) ;;
    mdp | bandits) printf 'core' ;;
    solvers) printf 'core mdp' ;;
    proofs_checks) printf 'core mdp solvers bandits' ;;
    experiments) printf 'core mdp solvers bandits proofs_checks' ;;
    labs) printf 'core mdp solvers' ;;
    apps) printf 'core mdp solvers bandits proofs_checks experiments labs' ;;
  esac
}

sources() { find "$@" \( -name '*.h' -o -name '*.cpp' \) 2>/dev/null || true; }

for folder in core mdp bandits solvers proofs_checks experiments labs apps; do
  [[ -d $folder ]] || continue
  reachable=" $folder $(allowed "$folder") "
  while read -r file target; do
    [[ $reachable == *" $target "* ]] || fail "$file includes upwards: $target"
  done < <(sources "$folder" | xargs -r grep -HE '^#include "[a-z_]+/' | sed -E 's/^([^:]*):#include "([a-z_]+)\/.*/\1 \2/' || true)
done

# only_in PATTERN WHERE WHAT: matches of PATTERN outside WHERE (a regex on paths) are failures.
only_in() {
  local hit
  while read -r hit; do [[ -n $hit ]] && fail "$3 outside its door: $hit"; done \
    < <(sources core mdp bandits solvers proofs_checks experiments labs apps | grep -vE "$2" | xargs -r grep -nE "$1" || true)
}
only_in '#pragma omp|<omp\.h>' '^core/parallel\.' 'OpenMP'
only_in '<coin/|<Clp' '^solvers/lp/' 'the LP library'
only_in 'boost/program_options' '^apps/' 'argument parsing'
only_in 'gnuplot-iostream' '^experiments/plot/' 'gnuplot'
only_in 'Random123/' '^core/stream' 'Random123'
only_in '\b(printf|puts|fprintf)\(|std::(cout|cerr|clog)|fmt::print\(' '^apps/' 'printing'
only_in 'getenv|system_clock|random_device|\brand\(\)|srand' '^apps/' 'the environment'
only_in '\busing namespace\b' '\.cpp$' 'using namespace in a header'

while read -r hit; do [[ -n $hit ]] && fail "unfinished: $hit"; done \
  < <(sources core mdp bandits solvers proofs_checks experiments labs apps tests | xargs -r grep -nE '\b(TODO|FIXME|XXX)\b' || true)

while read -r header; do fail "$header has no #pragma once"; done \
  < <(sources core mdp bandits solvers proofs_checks experiments labs apps tests | grep '\.h$' |
    xargs -r grep -L '^#pragma once' || true)

# Every source is listed in the CMakeLists.txt of its folder or the one above (no globs, so a forgotten file would never
# be compiled).
declare -A listed
while read -r source; do
  folder=${source%/*} stem=${source##*/} stem=${stem%.cpp}
  if [[ ! -v listed[$folder] ]]; then
    words=$(find "$folder" "$folder/.." -maxdepth 1 -name CMakeLists.txt -exec cat {} + | tr -cs 'a-z0-9_' ' ')
    listed[$folder]=" $words "
  fi
  [[ ${listed[$folder]} == *" $stem "* ]] || fail "$source is in no CMakeLists.txt"
done < <(sources core mdp bandits solvers proofs_checks experiments labs apps | grep '\.cpp$')

((failures == 0)) || exit 1
printf 'layers: every include points down, every library stays behind its door\n'
