#!/usr/bin/env bash
# run.sh find_package|add_subdirectory SOURCE BUILD: builds and runs the consumer against bellwether.
set -euo pipefail
how=$1 source=$2 build=$3
folder=$build/package-test/$how
rm -rf "$folder"
mkdir -p "$folder"
options=(-S "$source/tests/package/consumer" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release)
if [[ $how == find_package ]]; then
  cmake --install "$build" --prefix "$folder/installed" >"$folder/install.log"
  options+=("-DCMAKE_PREFIX_PATH=$folder/installed")
else
  options+=("-DBELLWETHER_SOURCE=$source")
fi
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DBELLWETHER_PCH=OFF); fi
cmake "${options[@]}" >"$folder/configure.log" 2>&1 || { tail -n 20 "$folder/configure.log"; exit 1; }
cmake --build "$folder/build" --target consumer >"$folder/build.log" 2>&1 || { tail -n 30 "$folder/build.log"; exit 1; }
"$folder/build/consumer"
