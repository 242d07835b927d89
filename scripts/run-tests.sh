#!/bin/sh
# Runs pytest on all cores, and says loudly which tests this machine cannot run instead of passing over them.
#
# Left out without a Chromium (none is ever downloaded): tests/browser. Without curl: the READMEs' own commands.
# WEIHENG_REQUIRE_BROWSER=1 (CI) makes either an error.
set -eu

cd "$(dirname "$0")/.."

first_of() {
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

left_out=
packages=
if ! first_of chromium chromium-browser google-chrome; then
    left_out="$left_out --ignore=tests/browser"
    packages="$packages chromium fonts-noto-cjk"
fi
if ! first_of curl; then
    left_out="$left_out --ignore=tests/stories/test_readme_commands.py"
    packages="$packages curl"
fi

if [ -n "$left_out" ]; then
    cat >&2 <<END
########################################################################################
#  NOT ALL TESTS RUN HERE. Left out:$left_out
#  To have them too:  apt-get install$packages
########################################################################################
END
    if [ "${WEIHENG_REQUIRE_BROWSER:-}" = 1 ]; then exit 1; fi
fi

# Many tests start processes of their own: without compiled files each would compile every module again.
export PYTHONDONTWRITEBYTECODE=

# shellcheck disable=SC2086 # several words on purpose
exec .venv/bin/python -m pytest -n auto --dist worksteal -W error $left_out "$@"
