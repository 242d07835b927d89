"""Talk, as against advertising: somebody speaks in a video or an article, and nothing is sold there.

A shop's videos are not all advertisements. Where its category is not known and no word of a sale stands, what is said
of goods is a person's talk, and research that is told of is news, not the proof of a claim.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.text.constructions.wording import TALKS, sells
from app.text.words import Context
from app.values.deciding import Claim

NEWS = "study"
"""The kind of claim that is none where nothing is advertised."""


def talks(sent: bytes, context: Context) -> bool:
    """Whether somebody speaks in the folded text, given as UTF-8, without selling anything."""
    return context.shop_category is None and context.kind in TALKS and sells().search(sent) is None


def advertised(claims: tuple[Claim, ...], folded: Sequence[str], context: Context) -> tuple[Claim, ...]:
    """The claims without studies that are only told of in the folded texts of a content."""
    if not any(claim.kind == NEWS for claim in claims):
        return claims
    if not all(talks(text.encode("utf-8", "replace"), context) for text in folded):
        return claims
    return tuple(claim for claim in claims if claim.kind != NEWS)
