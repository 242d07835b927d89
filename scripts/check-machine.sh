#!/bin/sh
# Says what this machine lacks for building and running the service, as Debian packages, before anything is built.
#
#   scripts/check-machine.sh [PYTHON]            prints a warning or an error, in words
#   scripts/check-machine.sh --list [PYTHON]     prints the missing packages alone, in one line
#
# Exit codes: 0 all there · 1 cannot go on · 2 can go on, without durable-rules (no compiler or no headers).
# A virtual environment made by uv needs no python3-venv, so with uv on the PATH that one is not asked for.
set -u

list=no
if [ "${1:-}" = --list ]; then list=yes; shift; fi
python=${1:-${PYTHON:-python3}}

fatal=
lacking=

# "<minor> <include folder> <compiler>", or nothing when this is no Python 3.11 or later.
facts=$("$python" -c '
import sys, sysconfig
if sys.version_info >= (3, 11):
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    print(sys.version_info.minor, sysconfig.get_paths()["include"], compiler)
' 2>/dev/null)

# Debian names the packages of a second Python after its version: python3.12-venv beside python3-venv.
case ${python##*/} in
    python3.[0-9]*) stem=${python##*/} ;;
    *) stem=python3 ;;
esac

if [ -z "$facts" ]; then
    fatal="$stem $stem-venv"
    lacking="$stem-dev gcc libc6-dev"
else
    # shellcheck disable=SC2086 # three words on purpose
    set -- $facts
    minor=$1 include=$2 compiler=$3
    if ! command -v uv >/dev/null 2>&1 && ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        fatal="$stem-venv"
    fi
    if [ "$minor" -lt 13 ]; then
        [ -e "$include/Python.h" ] || lacking="$stem-dev"
        compiler=${CC:-$compiler}
        command -v "${compiler%% *}" >/dev/null 2>&1 || compiler=cc
        if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
            lacking="$lacking gcc libc6-dev"
        elif ! echo '#include <stdlib.h>' | $compiler -fsyntax-only -x c - 2>/dev/null; then
            lacking="$lacking libc6-dev"
        fi
    fi
fi
command -v make >/dev/null 2>&1 || fatal="$fatal make"

missing=$(echo $fatal $lacking)
if [ $list = yes ]; then
    echo "$missing"
elif [ -n "$fatal" ]; then
    echo "Cannot go on: '$python' must be Python 3.11 or later with the venv module, and make must be there." >&2
    echo "On Debian or Ubuntu:  apt-get install $missing" >&2
    echo "Another Python:       make PYTHON=/path/to/python3.12 ..." >&2
elif [ -n "$lacking" ]; then
    cat >&2 <<END
########################################################################################
#  WARNING: the C compiler or Python's headers are missing, so durable-rules is left
#  out and rules run on the generated-Python evaluator alone. To have both:
#      apt-get install $missing
########################################################################################
END
fi

[ -z "$fatal" ] || exit 1
[ -z "$lacking" ] || exit 2
