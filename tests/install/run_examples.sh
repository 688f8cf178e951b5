#!/bin/sh
# The library as a stranger uses it: installed into a folder, found through pkg-config and through
# CMake, the examples compiled and run.  run_examples.sh BUILD SOURCE
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
prefix=$work/prefix

cmake --install "$build" --prefix "$prefix" >"$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
libdir=$(dirname "$(find "$prefix" -name 'libchainrule.so')")
export PKG_CONFIG_PATH="$libdir/pkgconfig"
flags=$(pkg-config --cflags --libs chainrule)

check_output() {
  "$1/xor" >"$work/xor.out"
  awk '{ want = ($1 != $3); if (($5 > 0.5) != want) { print "wrong: " $0; exit 1 } } END { exit NR != 4 }' "$work/xor.out"
  "$1/csv" "$source/assets/iris.csv" "$work/iris.safetensors" >"$work/csv.out"
  grep -q '^accuracy on 30 unseen rows: [0-9.]* %$' "$work/csv.out"
  [ "$(grep -c '^row [1-5]: setosa' "$work/csv.out")" = 5 ]
  "$1/csv" "$work/numbers.csv" "$work/numbers.safetensors" >"$work/csv.out"
  grep -q '^R2 on 20 unseen rows: \(0\.9\|1\.0\)[0-9]*$' "$work/csv.out"
  grep -q '^row 5: \(9\.[5-9]\|10\.\)[0-9]*$' "$work/csv.out" # 2 * 5
  "$1/csv" /nowhere.csv x 2>"$work/err" && exit 1
  grep -q '^error: ' "$work/err"
}

awk 'BEGIN { print "x,y"; for (i = 1; i <= 100; i++) print i "," 2 * i }' >"$work/numbers.csv"
mkdir "$work/pkg"
for example in xor csv; do
  # shellcheck disable=SC2086 # a list of flags
  ${CC:-cc} -std=c17 -Wall -Wextra -Wpedantic -Werror "$source/examples/$example.c" $flags -Wl,-rpath,"$libdir" -o "$work/pkg/$example"
done
check_output "$work/pkg"
# shellcheck disable=SC2046 # a list of flags
${CC:-cc} -std=c17 "$source/examples/xor.c" -I"$prefix/include" "$libdir/libchainrule.a" \
  $(pkg-config --static --libs-only-l chainrule | sed 's/-lchainrule//') -o "$work/pkg/xor"
check_output "$work/pkg"
echo "pkg-config: both examples built and right, also with the static library"

cmake -S "$source/examples" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" >"$work/cmake.log" 2>&1 &&
  cmake --build "$work/cmake" >>"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
check_output "$work/cmake"
echo "find_package: both examples built and right"

"$prefix/bin/chainrule" --version | grep -q '^chainrule [0-9]'
echo "the installed program finds its library"
