#!/bin/sh
# Style, types and import floors: what is quick first, and beside one another what takes longer.
#
# Types take longest, and one core: mypy is given all of them. What each says is shown whole, and the first that objects
# decides the exit code; the others have had their say by then.
set -u

cd "$(dirname "$0")/.."
bin=$(pwd)/.venv/bin

say() { printf '%s\n' "$*"; }

# Runs a command, shows what it was, and remembers that it failed.
code=0
check() {
    say "$*"
    "$@" || code=$?
}

# On a machine with much else to do a worker of mypy may be given up before it began, which ends with 2, as bad syntax
# does: then one process decides.
types() {
    "$bin/mypy" --num-workers auto
    told=$?
    [ "$told" = 2 ] || return "$told"
    say "mypy's workers ended early; once more without them"
    "$bin/mypy"
}

floors=$(mktemp)
trap 'rm -f "$floors"' EXIT
"$bin/lint-imports" >"$floors" 2>&1 &
waiting=$!

check "$bin/ruff" format --check .
check "$bin/ruff" check .
check types
say "clients/python: $bin/mypy --strict weiheng_client"
(cd clients/python && "$bin/mypy" --strict weiheng_client) || code=$?

say "$bin/lint-imports"
wait "$waiting" || code=$?
cat "$floors"
exit "$code"
