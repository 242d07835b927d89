"""What is put into an officer's mouth: reasons the rules give, and a rewrite made of the words' own suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.web.console.opened import Opened

_MOST, _REWRITE_MAX = 4, 1_000
_CLEARED = "经人工复核，未见违规"


def phrases_of(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """Reasons to pick: those of the rules that fired, the laws behind the words, and the one for a false alarm."""
    reasons = [firing["reason"] for firing in answer.get("firings", ()) if not firing.get("shadow")]
    laws = [f"含「{hit['word']}」，违反{hit['source']}" for hit in answer.get("hits", ())]
    return (*dict.fromkeys([*reasons, *laws][:_MOST]), _CLEARED)


def suggested_rewrite(opened: Opened) -> str:
    """The first text with every hit replaced by what its word suggests; empty where a hit has no suggestion."""
    for text in opened.texts:
        if not text.hits:
            continue
        if any(opened.hits[number - 1].suggestion is None for number in text.hits):
            return ""
        said = []
        for stretch in text.stretches:
            written = "".join(piece.text for piece in stretch.pieces)
            said.append(opened.hits[stretch.numbers[0] - 1].suggestion or "" if stretch.numbers else written)
        return "".join(said)[:_REWRITE_MAX]
    return ""
