"""Where what stands in a text differs from the listed word that it may be a disguise of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import ne

from app.text.candidates import Target
from app.text.characters import may_stand_for
from app.text.spellings import Trick


def changed(text: str, start: int, letters: str) -> list[int]:
    """Where the text from `start` on differs from the letters."""
    return [start + at for at, letter in enumerate(letters) if text[start + at] != letter]


def changed_parts(match: re.Match[str], target: Target, *, text: str | None = None, low: int = 0) -> list[int]:
    """Where the parts of a word with gaps differ from the listed ones; `text` where the match is in a view of it."""
    seen = match.string if text is None else text
    return [
        place
        for group, part in enumerate(target.word.parts, 1)
        if len(match[group]) == len(part)
        for place in changed(seen, low + match.start(group), part)
    ]


def changed_in_view(target: Target, text: str, start: int, end: int, trick: Trick) -> list[int]:
    """Where folded [start, end) is another than the word that it sounds or looks like; nothing where it is no guess."""
    is_shape = trick is Trick.LOOK_ALIKE_CHARACTER
    most = 1 if is_shape else target.most_homophones
    if not 0 < sum(map(ne, text[start:end], target.letters)) <= most:
        return []
    places = changed(text, start, target.letters)
    if is_shape and not may_stand_for(text[places[0]], target.letters[places[0] - start]):
        return []
    return places


def gaps_in_view(
    target: Target, text: str, views: str, start: int, end: int, trick: Trick
) -> Iterator[tuple[int, int, list[int]]]:
    """Where a word with gaps may stand, its anchor sounding or looking as folded [start, end); and what is changed."""
    assert target.form is not None, "a word with gaps"
    is_shape = trick is Trick.LOOK_ALIKE_CHARACTER
    most = 1 if is_shape else target.most_homophones
    low, high = max(0, start - target.form.reach), end + target.form.reach
    shift = len(text) + 1 if is_shape else 0
    form = target.view_forms[trick]
    if not form.may_stand(views, shift + low, shift + high):
        return
    view = views[shift + low : shift + high]
    for match in form.pattern.finditer(view):
        if match.start() > start - low or match.end() < end - low:
            continue
        places = changed_parts(match, target, text=text, low=low)
        if is_shape and places and not _is_family(match, target, text, places[0], low):
            continue
        if 0 < len(places) <= most and not _guesses_at_one(match, target, places, low):
            yield low + match.start(), low + match.end(), places


def _is_family(match: re.Match[str], target: Target, text: str, at: int, low: int) -> bool:
    """Whether the changed character is of the family of the one that is listed."""
    for group, part in enumerate(target.word.parts, 1):
        inside = at - low - match.start(group)
        if 0 <= inside < len(part):
            return may_stand_for(text[at], part[inside])
    return False


def _guesses_at_one(match: re.Match[str], target: Target, changed: Sequence[int], low: int) -> bool:
    """Whether, across a filled gap, a part of one character is changed: too little to go by."""
    is_closed = match.end() - match.start() == len(target.letters)
    return not is_closed and any(
        len(part) == 1 and low + match.start(group) in changed for group, part in enumerate(target.word.parts, 1)
    )
