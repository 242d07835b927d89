"""What is put into an officer's mouth: reasons the rules give, and a rewrite made of the words' own suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.web.console.opened import Opened

_MOST, _REWRITE_MAX = 4, 1_000
_CLEARED = "经人工复核，未见违规"


class Phrase(NamedTuple):
    """A reason to pick, and what a decision for it rests on; none for a false alarm."""

    text: str
    policy: str = ""


def phrases_of(answer: Mapping[str, Any]) -> tuple[Phrase, ...]:
    """Reasons to pick: those of the rules that fired, the laws behind the words, and the one for a false alarm."""
    reasons = [Phrase(each["reason"], each["rule"]) for each in answer.get("firings", ()) if not each.get("shadow")]
    laws = [Phrase(f"含「{hit['word']}」，违反{hit['source']}", hit["category"]) for hit in answer.get("hits", ())]
    return (*dict.fromkeys([*reasons, *laws][:_MOST]), Phrase(_CLEARED))


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
