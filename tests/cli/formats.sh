#!/usr/bin/env bash
# formats.sh PROGRAM FORMATS.MD: everything the page shows is tried. A code block under a line like "`name`:" is that
# file; each model is read, taken to .bwm and back, which must give the same bytes wherever the format keeps everything.
# Python blocks run where Python has their modules; `$ ./bellwether` lines must print what stands below them; every
# message quoted must come from the program.
set -euo pipefail
program=$(readlink -f "$1")
page=$(readlink -f "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() { printf '%s: %s\n' "$page" "$*"; exit 1; }

# --- the files and programs of the page --------------------------------------------------------------------------------
awk '
  /^```/ && inside { inside = 0; close(target); target = ""; next }
  /^```/ { inside = 1
           if ($0 ~ /^```python/) target = sprintf("block-%02d.py", ++blocks)
           next }
  inside && target != "" { print > target }
  !inside && /^`[^`]+`:$/ { target = substr($0, 2, length($0) - 3) }
' "$page"

"$program" convert machine.csv machine.bwm >/dev/null
for block in block-*.py; do
  modules=$(sed -n 's/^import \(.*\)/\1/p' "$block" | sed 's/ as [a-z]*//')
  if ! python3 -c "import ${modules//$'\n'/, }" 2>/dev/null; then
    printf 'not run, Python lacks its modules: %s\n' "${modules//$'\n'/, }"
    continue
  fi
  python3 "$block" >output.txt 2>&1 || { cat output.txt; fail "a Python block fails"; }
  if grep -q 'checksum(data)' "$block" && ! grep -qx 'probabilities: 0.9 0.1 1.0 1.0' output.txt; then
    fail "the reader of bwm files printed $(cat output.txt)"
  fi
done

# --- the models ----------------------------------------------------------------------------------------------------------
models=0
for model in *; do
  case $model in
    *.csv | *.tra | *.drn | *.MDP | *.POMDP | *.json | *.umb | *_P.bin) ;;
    *) continue ;;
  esac
  models=$((models + 1))
  "$program" convert "$model" first.bwm >output.txt 2>&1 || fail "$model: $(cat output.txt)"
  mkdir -p again
  back=again/$model
  if "$program" convert --strict first.bwm "$back" >/dev/null 2>&1; then
    "$program" convert "$back" second.bwm >/dev/null
    cmp -s first.bwm second.bwm || fail "$model is another model after .bwm and back"
  else
    "$program" convert first.bwm "$back" >/dev/null 2>&1 || fail "$model cannot be written again"
    "$program" convert "$back" second.bwm >/dev/null
  fi
  # The machine has the same value in every format: 9280/109 (costs in PETSc).
  if [[ $model == machine* ]]; then
    "$program" solve "$model" --discount 0.9 --json >output.txt 2>&1 || fail "$model: $(cat output.txt)"
    grep -q '"value": *-\{0,1\}85\.13761' output.txt || fail "$model: the value is not 85.13761: $(cat output.txt)"
  fi
done
((models >= 13)) || fail "only $models models were found"

# --- what commands print -----------------------------------------------------------------------------------------------
awk '/^```/ { if (command != "") close("expected.txt"); command = "" ; inside = !inside; next }
     inside && /^\$ \.\/bellwether / { command = $0; print substr($0, 16) > "commands.txt"; next }
     inside && command != "" { print > "expected.txt" }' "$page"
[[ $(wc -l <commands.txt) == 1 ]] || fail "expects one command with its output"
read -r -a words <commands.txt
"$program" "${words[@]}" >output.txt 2>output.err
cat output.err output.txt | diff - expected.txt || fail "prints something else: ${words[*]}"

# --- the messages --------------------------------------------------------------------------------------------------------
# shellcheck disable=SC2016
# List items that begin with a quoted message, put on one line each; a message has a colon followed by a blank.
quoted=$(awk '
  /^```/ { inside = !inside }
  inside || /^$/ || /^- / { if (item != "") print item; item = "" }
  !inside && (/^- `/ || item != "") { sub(/^ +/, ""); item = item (item == "" ? "" : " ") $0 }
  END { if (item != "") print item }' "$page" | sed -n 's/^- `\([^`]*: [^`]*\)`.*/\1/p')
: >tried.txt
# says ARGUMENT...: the program refuses, and the page quotes what it says.
says() {
  local message
  if message=$("$program" "$@" 2>&1 >/dev/null); then fail "accepted: $*"; fi
  message=${message#bellwether: }
  grep -qxF -- "$message" <<<"$quoted" || fail "does not quote: $message"
  printf '%s\n' "$message" >>tried.txt
}
# refuses FILE: the same for a file given on standard input.
refuses() {
  cat >"$1"
  says convert "$1" out.bwm
}
header=state,action,next,probability,reward
printf '%s\n' $header 0,0,0,0.9,10 | refuses model.csv
printf '%s\n' $header 0,0,1,1,0 | refuses model.csv
printf '%s\n' 0,0,0,1,1 | refuses model.csv
printf '%s\n' state,action,next,prob,reward 0,0,0,1,1 | refuses model.csv
printf '%s\n' "${header//,/;}" '0;0;0;0,5;1' | refuses model.csv
printf '%s\n' $header 0,0,0,1 | refuses model.csv
printf '%s\n' $header 1,0,1,1,0 | refuses model.csv
printf '%s\n' stage,$header 0,0,0,0,1,1 2,0,0,0,1,1 | refuses model.csv
printf '%s\n' $header 0,0,0,1,5 0,1,2147483646,1,5 | refuses model.csv
printf '%s\n' '#! features 0 0 1' $header 0,0,0,1,5 0,1,0,1,5 | refuses model.csv
printf '%s\n' $header $'# note\r0,1,0,1,50' 0,0,0,1,5 | refuses model.csv
printf '%s\n' $header $'caf\xe9,go,caf\xe9,1,5' | refuses model.csv
"$program" convert machine.tra whole.bwm >/dev/null
head -c 500 whole.bwm | refuses model.bwm
refuses model.bwm <machine.tra
{ head -c -1 whole.bwm; printf x; } | refuses model.bwm
printf hello | refuses model.umb
"$program" convert machine.tra whole.umb >/dev/null
head -c 200 whole.umb | refuses model.umb
# Blanks before the key make room for the longer word, so that the archive keeps its sizes.
gzip -dc whole.umb | sed 's/    "time": "discrete"/  "time": "stochastic"/' | refuses model.umb
printf '%s\n' '2 1 2' '0 0 0 0.5' '0 0 1 0.5' | refuses model.tra
printf '%s\n' '2 2 3' '0 0 0 0.5' '0 0 1 0.4' '1 0 1 1' | refuses model.tra
printf '%s\n' '# Transitions (CTMC)' '2 2 3' | refuses model.tra
printf '%s\n' '2 2 5' '0 0 0 0.5' '0 0 1 0.5' '1 0 1 1' | refuses model.tra
printf '%s\n' '@type: MDP' @nr_states 2 @model 'state 0 init' ' action 0' '  1 : 1' 'state 1' | refuses model.drn
printf '%s\n' '@type: MDP' @nr_states 1 @model 'state 0 init' ' action 0' '  0 : 0.9' | refuses model.drn
printf '%s\n' '@type: MDP' '@value_type: parametric' | refuses model.drn
printf '%s\n' '@type: CTMC' | refuses model.drn
says convert machine.csv out.MDP
printf '%s\n' 'states: 2' 'actions: 1' 'T: 0' identity 'T: 0 : 1 : 0 0.5' | refuses model.MDP
printf '%s\n' 'states: 2' 'actions: go stay' 'T: go' identity | refuses model.MDP
printf '%s\n' 'states: 2' 'actions: go stay' 'T: goo' identity | refuses model.MDP
printf '%s\n' 'states: 2' 'T: 0' identity | refuses model.MDP
printf '{"0": {"0": [[1, 1, 1.0, false]]}}' | refuses model.json
printf '{"0": {"0": [(1, 1, 1.0, False)]}}' | refuses model.json
printf '{"0": {"0": [[1, 0, 1.0]]}}' | refuses model.json
printf '{"0": {"0": [[0.5, 0, 1.0, false]]}}' | refuses model.json
printf '{"a": {"0": [[1, 0, 1.0, false]]}}' | refuses model.json
printf 0123456789 | refuses model.bin
: >maze_g.bin
says convert maze_P.bin out.bwm
printf '\0\022\173\120\0\0\0\004\0\0\0\002\377\377\377\377%064d' 0 | tr 0 '\0' >wide_P.bin
printf '\0\022\173\120\0\0\0\003\0\0\0\001\377\377\377\377%024d' 0 | tr 0 '\0' >wide_g.bin
says convert wide_P.bin out.bwm
untried=$(grep -vxF -f tried.txt <<<"$quoted" || true)
[[ -z $untried ]] || fail "quotes messages that nothing here provokes: $untried"
printf '%s models, %s messages\n' "$models" "$(wc -l <tried.txt)"
