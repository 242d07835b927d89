"""What people call the facts of events in Chinese: one file an area of the business, read all together here."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module


@cache
def fact_words() -> Mapping[str, str]:
    """The Chinese word of every fact by its name, from every file of the folder."""
    found: dict[str, str] = {}
    for entry in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        found |= getattr(import_module(f"{__name__}.{entry.name}"), "WORDS", {})
    return found
