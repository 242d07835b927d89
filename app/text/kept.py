"""What is worked out from the data of this program and the same in every process: handed on instead of made again.

A process that reads its first text needs tables that take seconds to make. Who builds the first large matcher packs
them (`packed`), and who opens one is given them here. Each module says by a name what it `kept`, asks for it with
`given` when it is first needed, and makes it itself where there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

_given: dict[str, bytes] = {}
_asked: set[str] = set()


def give(kept: Mapping[str, bytes]) -> None:
    """Hand on what another process of this very program kept; what was asked for before is made already."""
    _given.update({name: written for name, written in kept.items() if name not in _asked})


def given(name: str) -> bytes | None:
    """What was handed on by that name, if it was. It is given once: the caller keeps what it makes of it."""
    _asked.add(name)
    return _given.pop(name, None)
