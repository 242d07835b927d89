#!/bin/sh
# Brings .venv to what the lock files say, and does nothing, quickly, when it already is.
#
#   scripts/make-environment.sh base     what the service needs
#   scripts/make-environment.sh dev      that, and what the tests and checks need
#   scripts/make-environment.sh bench    that, and what only the measurements need
#
# A stamp in .venv keeps a checksum of the lock files' content (not their dates, which a checkout changes), of the
# project's metadata and of the Python version. uv installs when it is on the PATH, else pip; both check every hash.
# durable-rules has a stamp of its own: while it cannot be built, each run says so again and tries again.
# A .venv that is a symbolic link belongs to somebody else (an image, a test): it is taken as it stands.
#
# PYTHON is the interpreter to build from (python3).
set -eu

cd "$(dirname "$0")/.."
kind=${1:?base, dev or bench}
python=${PYTHON:-python3}
venv=.venv

version_of() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || true; }

# The sum of the given files, of what the project says of itself, and of the Python version.
sum_of() {
    { cat "$@"; sed '/^\[tool\.[^h]/,$d' pyproject.toml; echo "$version"; } | cksum | tr ' ' '-'
}

is_stamped() { [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$2" ]; }

# Uses uv where there is one: the same lock files, the same hashes, a tenth of the time.
install() {
    if command -v uv >/dev/null 2>&1; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check "$@"
    fi
}

make_venv() {
    echo "Making $venv with Python $version ..."
    rm -rf "$venv"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$("$python" -c 'import sys; print(sys.executable)')" "$venv"
    else
        "$python" -m venv "$venv"
    fi
    pwd >"$venv/.made-in"
}

# Another Python, or a folder that was copied: a virtual environment has its own path written into its scripts.
is_foreign() {
    [ "$(version_of "$venv/bin/python")" != "$version" ] ||
        { [ -e "$venv/.made-in" ] && [ "$(cat "$venv/.made-in")" != "$(pwd)" ]; }
}

install_locked() {
    locks=
    for name in $names; do locks="$locks -r requirements/$name.txt"; done
    echo "Installing the locked packages ($kind) ..."
    # The lock files are complete, so nothing is left to resolve; without --no-deps pip spends seconds on trying.
    # shellcheck disable=SC2086 # several words on purpose
    install --require-hashes --no-deps $locks
    install --no-deps --no-build-isolation --editable .
}

install_durable() {
    case $version in
        3.11.* | 3.12.*) echo "Building durable-rules ..." ;;
        *) return 0 ;; # its marker leaves it out
    esac
    log=$venv/durable-rules.log
    if install --require-hashes --no-build-isolation -r requirements/durable.txt >"$log" 2>&1; then
        return 0
    fi
    cat "$log" >&2
    cat >&2 <<END
########################################################################################
#  WARNING: durable-rules could not be built (see above, and $log).
#  The service runs without it, on the generated-Python evaluator alone.
########################################################################################
END
    return 1
}

[ ! -L "$venv" ] || exit 0

version=$(version_of "$python")
durable=$(sum_of requirements/durable.txt)
base=$(sum_of requirements/base.txt)
dev=$(sum_of requirements/base.txt requirements/dev.txt)
case $kind in
    base) names="base" wanted=$base ;;
    dev) names="base dev" wanted=$dev ;;
    bench) names="base dev bench" wanted=$(sum_of requirements/base.txt requirements/dev.txt requirements/bench.txt) ;;
    *) echo "$0: base, dev or bench, not $kind" >&2 && exit 2 ;;
esac
if ! is_foreign && is_stamped "$kind" "$wanted" && is_stamped durable "$durable"; then
    exit 0
fi

checked=0
scripts/check-machine.sh "$python" || checked=$?
[ $checked -ne 1 ] || exit 1

if is_foreign; then
    make_venv
fi
if ! is_stamped "$kind" "$wanted"; then
    install_locked
    echo "$wanted" >"$venv/.installed-$kind"
    # What the kind contains is installed too.
    echo "$base" >"$venv/.installed-base"
    [ "$kind" = base ] || echo "$dev" >"$venv/.installed-dev"
fi
if [ $checked -eq 0 ] && ! is_stamped durable "$durable" && install_durable; then
    echo "$durable" >"$venv/.installed-durable"
fi
