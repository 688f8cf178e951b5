#!/bin/sh
# Runs one case: run_case.sh PROGRAM CASE-FOLDER
#
# A case is a folder with the script `cmd` and what must come of it: `stdout`, `stderr` (nothing if
# there is no such file) and `exit` (0). A `*` in an expected line stands for any text, a line "..."
# for any lines. `cmd` runs in an empty folder with $CHAINRULE the program (found in PATH) and $CASE the case's
# folder; it exits with 77 where it cannot run, and says why.
CASE=$(cd "$2" && pwd) || exit 2
PATH=$(dirname "$1"):$PATH
CHAINRULE=$(basename "$1")
export PATH CHAINRULE CASE
LC_ALL=C TERM=dumb
export LC_ALL TERM
unset NO_COLOR FORCE_COLOR COLUMNS

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/here"
(cd "$work/here" && sh "$CASE/cmd") >"$work/stdout" 2>"$work/stderr" </dev/null
status=$?
if [ "$status" = 77 ]; then
  echo "skipped: $(cat "$work/stdout")"
  exit 77
fi

failed=0
expected_status=0
[ ! -f "$CASE/exit" ] || expected_status=$(cat "$CASE/exit")
if [ "$status" != "$expected_status" ]; then
  echo "exit status $status, expected $expected_status"
  failed=1
fi

# Compares lines; the last "..." is returned to whenever a later line does not fit.
compare='
function fits(line, pattern,    r) {
  r = pattern
  gsub(/[][\\.^$+?(){}|\/]/, "\\\\&", r)
  gsub(/\*/, ".*", r)
  return line ~ ("^" r "$")
}
FILENAME == ARGV[1] { expected[++n] = $0; next }
{ actual[++m] = $0 }
END {
  e = a = 1
  while (a <= m) {
    if (e <= n && expected[e] == "...") { star = e++; back = a }
    else if (e <= n && fits(actual[a], expected[e])) { e++; a++ }
    else if (star) { e = star + 1; a = ++back }
    else { printf "line %d is not as expected:\n  %s\n", a, expected[e]; exit 1 }
  }
  while (e <= n && expected[e] == "...") e++
  if (e <= n) { printf "this line is missing:\n  %s\n", expected[e]; exit 1 }
}'
for stream in stdout stderr; do
  [ -f "$CASE/$stream" ] && cp "$CASE/$stream" "$work/expected" || : >"$work/expected"
  if ! awk "$compare" "$work/expected" "$work/$stream"; then
    echo "$stream was:"
    sed 's/^/  | /' "$work/$stream"
    failed=1
  fi
done
exit $failed
