"""Where a page may send people on to: a path of the console, and nowhere else."""

from __future__ import annotations

import re

# One leading slash and no backslash, colon, control character or `//`: browsers read many of those as another host.
_LOCAL = re.compile(r"(?!.*//)/console/[A-Za-z0-9/_\-.~%?&=+,@!*()]*", re.ASCII)


def is_local(path: str) -> bool:
    """Whether the path stays in the console, however a browser reads it."""
    return len(path) <= 2_000 and _LOCAL.fullmatch(path) is not None and "/.." not in path  # noqa: PLR2004 - a URL's cap
