#!/usr/bin/env bash
# The launcher's promises that can be tested without installing anything.
set -euo pipefail
cd "$1"
fail() { printf '%s\n' "$*"; exit 1; }

bash -n bellwether || fail "the launcher does not parse"
./bellwether test --help | grep -q -- '--full' || fail "test --help does not explain the tiers"
./bellwether test --preset 2>/dev/null && fail "test --preset without a name must fail"

# Without root, sudo and a package, it prints the line to type and stops.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/house"
cp bellwether "$folder/house/"
for tool in bash env dirname readlink mkdir touch find grep cat tail flock mv; do
  ln -s "$(command -v $tool)" "$folder/bin/$tool"
done
printf '#!/bin/bash\nexit 1\n' >"$folder/bin/dpkg-query" # nothing is installed
printf '#!/bin/bash\necho 1000\n' >"$folder/bin/id"       # and this is not root
chmod +x "$folder/bin/dpkg-query" "$folder/bin/id"
output=$(PATH="$folder/bin" "$folder/house/bellwether" solve x.csv 2>&1 </dev/null) && fail "must stop when packages are missing"
[[ $output == *'sudo apt-get install -y g++ cmake'* ]] || fail "must print the line to type, printed: $output"
