"""What an identifier of something outside may look like: one rule for every door.

Two ids that look the same to a person have to be the same: nothing invisible in them, no blank at either end. Inside,
blanks are allowed, because some platforms' numbers have them.
"""

from __future__ import annotations

import re

_INVISIBLE = r"\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
PATTERN = rf"^[^\s{_INVISIBLE}]([^{_INVISIBLE}]*[^\s{_INVISIBLE}])?$"
"""The rule as a regular expression that Python, Rust and ECMAScript read alike."""
EXPECTED = "an identifier without blanks at its ends and without invisible characters"
_FITS = re.compile(PATTERN.removesuffix("$") + r"\Z")
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_NAMES = ("_id", "_no")


def misfit(value: str) -> str | None:
    """What is wrong with an identifier, to be read beside ``EXPECTED``; None where it is one."""
    if _FITS.match(value):
        return None
    if not value.strip():
        return "is blank"
    return "holds invisible characters" if _HIDDEN.search(value) else "has blanks at its ends"


def names_something(name: str) -> bool:
    """Whether a fact of that name is an identifier: ``order_id``, ``out_order_no``. A ``…_ref`` may be left empty."""
    return name.endswith(_NAMES)
