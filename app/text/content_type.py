"""Which part of the 3:5:2 mix a content is by its words: product explanation, buyers' testimony, or welfare.

Told by constructions a part is made of: a buyer speaks of receiving and using, an offer names a price, a time and a
gift, an explanation names material, craft and use. The part with the most of them wins; a tie, or none, is not known
and counted apart, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from app.text.any_of import Joined, Spots
from app.text.claims.find import compared
from app.text.claims.signs import mix_pattern, signs_in
from app.text.claims.wording import as_folded, pattern, wording
from app.text.passage import TextField

_TESTIFYING = frozenset({"review", "comment"})
_DESCRIBING = frozenset({"product_title", "product_description"})
_OFFERING = frozenset({"coupon_text", "campaign_text"})
_LONGEST = 5_000


def mix_type(content_kind: str, fields: Sequence[TextField]) -> str | None:
    """``product``, ``testimonial`` or ``welfare``; None where the words do not say."""
    if content_kind in _TESTIFYING:
        return "testimonial"
    if content_kind in _DESCRIBING:
        return "product"
    if content_kind in _OFFERING:
        return "welfare"
    if not fields:
        return None
    view = compared("\n".join(field.text for field in fields)[:_LONGEST])
    seen = signs_in(view)
    there = [name for name in _compiled() if ("mix", name, 0) in seen]
    if not there:
        return None
    sent = view.encode()
    return _leading({name: sum(1 for _ in _compiled()[name].finditer(sent)) for name in there})


def mix_types_together(content_kinds: Sequence[str], joined: Joined) -> list[str | None]:
    """What `mix_type` gives for each of many short texts by itself; ``joined`` is the texts compared."""
    counts: list[dict[str, int]] = [{} for _ in content_kinds]
    for name, spots in _spots().items():
        for at, spans in spots.among(joined).items():
            counts[at][name] = len(spans)
    told = {kind: mix_type(kind, ()) for kind in set(content_kinds)}
    return [told[kind] or _leading(each) for kind, each in zip(content_kinds, counts, strict=True)]


def _leading(counts: Mapping[str, int]) -> str | None:
    """The part with more signs than any other."""
    best = max(counts.values(), default=0)
    leading = [name for name, count in counts.items() if count == best]
    return leading[0] if best and len(leading) == 1 else None


@cache
def _compiled() -> dict[str, Any]:
    return {name: pattern(mix_pattern(signs)) for name, signs in wording()["mix"].items()}


@cache
def _spots() -> dict[str, Spots]:
    return {name: Spots(as_folded(mix_pattern(signs))) for name, signs in wording()["mix"].items()}
