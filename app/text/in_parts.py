"""Whether characters in parts (亻言) can be part of a listed word at all: most parts are ordinary words (老人, 二十).

Joined, such a character has to stand beside a letter it has beside it in some word, or beside another that is in parts.
A character that is a part of its own in a word with gaps (加{0,4}微信) may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Beside = Mapping[str, Sequence[str] | None]
"""Of each character the letters before it in any word, and those after it; None where anything may be."""


def beside_in(parts: Iterable[str]) -> dict[str, list[str] | None]:
    """What stands beside each character in the parts of all words."""
    found: dict[str, list[set[str]] | None] = {}
    for part in parts:
        for at, char in enumerate(part):
            known = found.setdefault(char, [set(), set()])
            if len(part) == 1:
                found[char] = None
            elif known is not None:
                known[0].update(part[at - 1 : at] if at else "")
                known[1].update(part[at + 1 : at + 2])
    return {char: None if known is None else ["".join(sorted(side)) for side in known] for char, known in found.items()}


def may_be_joined(places: Sequence[tuple[int, int, str]], text: str, beside: Beside) -> bool:
    """Whether one of the characters whose parts stand at these places may be in a word there."""
    starts, ends = {start for start, _, _ in places}, {end for _, end, _ in places}
    for start, end, char in places:
        known = beside.get(char)
        if known is None or start in ends or end in starts:
            return True
        before, after = known
        if (start and text[start - 1] in before) or (end < len(text) and text[end] in after):
            return True
    return False
