"""Whether anything found in a text may be a hit at all, told without asking what the text belongs to.

Half of all ordinary captions hold a listed word or a piece of one, nearly always where its context excuses it
(最佳拍档) or without its other parts. Of many texts looked through together those need no look of their own: what is
told here to be idle is what `look` drops in every content. What takes more than a glance is left to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.text.candidates import Target, is_free
from app.text.changed import changed_in_view, gaps_in_view
from app.text.partners import Owned
from app.text.rewritten import pairs_from
from app.text.spellings import Trick

_FEW = 32
"""With more finds than that a look is worth it: their number may be what matters."""
_PAIRS = 2
"""So many pairs of equal characters behind each other may be a disguise."""


def are_idle(listed: Sequence[Owned], viewed: Sequence[Owned], text: str, views: str) -> bool:
    """Whether none of the finds in a folded text and in its views can become a candidate of a look."""
    if len(listed) + len(viewed) > _FEW:
        return False
    for start, end, _, target, trick in listed:
        if target is None:
            if trick is not Trick.DOUBLED or pairs_from(text, start, most=_PAIRS):
                return False
        elif target.form is not None:
            if _may_stand_with_gaps(target, text, start, end, trick):
                return False
        elif trick is not Trick.PLAIN or _may_count(target, text, start, end):
            return False
    return not any(_may_be_guessed(each, text, views) for each in viewed)


def _may_count(target: Target, text: str, start: int, end: int) -> bool:
    """Whether the word, as it is listed, may count there. Letters beside it are known only of what was sent."""
    return True in target.latin_edges or is_free(target, text, start, end)


def _may_stand_with_gaps(target: Target, text: str, start: int, end: int, trick: Trick) -> bool:
    """Whether a word with gaps may count there, of which a part stands at folded [start, end)."""
    assert target.form is not None, "a word with gaps"
    if trick is Trick.LOOK_ALIKE_CHARACTER:
        return True
    if trick is Trick.PLAIN:
        for first, last, _ in target.form.spans(text, start, end):
            if _may_count(target, text, first, last):
                return True
    forms = (form for form in target.other_forms if form.trick is trick)
    return any(form.trick_of(match) is not None for form in forms for *_, match in form.spans(text, start, end))


def _may_be_guessed(seen: Owned, text: str, views: str) -> bool:
    """Whether a word may be guessed at where it sounds or looks so."""
    start, end, _, target, trick = seen
    assert target is not None, "in the views stand words alone"
    if trick is Trick.LOOK_ALIKE_CHARACTER:
        shift = len(text) + 1
        start, end = start - shift, end - shift
    if target.form is None:
        return bool(changed_in_view(target, text, start, end, trick))
    return next(gaps_in_view(target, text, views, start, end, trick), None) is not None
