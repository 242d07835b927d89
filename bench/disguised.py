"""How often is an unlawful text behind a disguise let through, and an honest one that resembles it stopped? By trick.

Half of `disguised_*` by the hash of the text is kept apart: it is counted, never shown, and no list, pattern or trick
is to be made from it.

    python -m bench.disguised           # the shares
    python -m bench.disguised --show    # with what was judged wrongly of the open half
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from bench.judged import FOLDER, STOPPED, Line, decide

_ESCAPE = re.compile(r"\\(?:([nr\\])|u([0-9a-f]{4}))")
_PLAIN = {"n": "\n", "r": "\r", "\\": "\\"}
ALL_OPEN = "+"
"""Ends the trick of a line that was looked at whatever its hash says."""


def read(side: str) -> list[Line]:
    """The texts of one side, `honest` or `unlawful`."""
    lines = (FOLDER / f"disguised_{side}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("# "))
    return [Line(about, kind, shop, _ESCAPE.sub(_read, text)) for about, kind, shop, text in rows]


def is_kept_apart(line: Line) -> bool:
    """Whether nobody is to look at it."""
    digest = hashlib.sha256(line.text.encode("utf-8", "replace")).hexdigest()
    return not line.about.endswith(ALL_OPEN) and int(digest, 16) % 2 == 0


def report(side: str, *, show: bool) -> Iterator[str]:
    """Lines to print: the shares of both halves, of the open one by trick, and what was judged wrongly there."""
    lines = read(side)
    for half, is_apart in (("open", False), ("kept apart", True)):
        some = [line for line in lines if is_kept_apart(line) is is_apart]
        judged = [(line, decide(line).decision in STOPPED) for line in some]
        found = sum(is_stopped for _, is_stopped in judged)
        yield f"{side}, {half}: {found} of {len(some)} stopped ({found / len(some):.1%})"
        if is_apart:
            continue
        all_of = Counter(line.about for line, _ in judged)
        stopped = Counter(line.about for line, is_stopped in judged if is_stopped)
        yield from (f"  {about:14} {stopped[about]:4} of {count}" for about, count in all_of.items())
        if show:
            wrong = [line for line, is_stopped in judged if is_stopped is not (side == "unlawful")]
            yield from (f"  {line.about}: {line.text!r}" for line in wrong)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--show", action="store_true", help="what was judged wrongly of the open half")
    show = asked.parse_args().show
    for side in ("unlawful", "honest"):
        print("\n".join(report(side, show=show)))


def _read(escape: re.Match[str]) -> str:
    return _PLAIN[escape[1]] if escape[1] else chr(int(escape[2], 16))


if __name__ == "__main__":
    main()
