"""JSON as it is given from outside: a name that stands twice in one object is found before anything is judged.

Readers disagree which of the two holds. A shop's own check that reads the first and a service that judges the last
would let a text pass that nobody has judged.
"""

from __future__ import annotations

import json

_SHOWN = 60


class _Twice(Exception):
    """Ends the reading; its argument is the name."""


def doubled_name(body: bytes | str) -> str | None:
    """The first name that an object of ``body`` has twice, at most 60 characters of it; None where none has.

    ``body`` has been read before: it is valid JSON in UTF-8.
    """
    try:
        json.loads(body, object_pairs_hook=_once)
    except _Twice as found:
        return str(found)[:_SHOWN]
    except RecursionError:
        return None  # so deep is no record; whoever reads its members refuses it
    return None


def _once(pairs: list[tuple[str, object]]) -> None:
    if len(pairs) == len(names := dict(pairs)):
        return
    for name, _ in pairs:
        if names.pop(name, pairs) is pairs:
            raise _Twice(name)
