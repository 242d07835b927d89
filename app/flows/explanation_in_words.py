"""An explanation as plain data whose Chinese sentences call facts as people do: 订单付款时间, not ``order.paid_at``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.events.fact_sentences import in_words
from app.rules.explain import Explanation
from app.rules.told import explanation_answer


def explanation_in_words(
    explanation: Explanation, categories: Mapping[str, str], *, with_names: bool = False
) -> dict[str, Any]:
    """The explanation; ``categories`` are titles by id, ``with_names`` puts the name that packs use beside each word.

    Its sentences are Chinese ones; the condition's own ``text`` stays as the pack has it.
    """
    told = explanation_answer(explanation)
    known = {**dict(_titles(told["condition"])), **categories}

    def said(sentence: str) -> str:
        return in_words(sentence, known, with_names=with_names)

    return {**told, "because": said(told["because"]), "condition": _part(told["condition"], said)}


def _titles(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The titles of the parameters a condition uses, by name: amounts are quoted as packs write them."""
    for seen in part["values"]:
        if seen["title"]:
            yield seen["name"], seen["title"]
    for inner in part["parts"]:
        yield from _titles(inner)


def _part(part: Mapping[str, Any], in_words_of: Callable[[str], str]) -> Mapping[str, Any]:
    inner = [_part(each, in_words_of) for each in part.get("parts") or ()]
    sentence = part.get("sentence")
    return {**part, "parts": inner, "sentence": in_words_of(sentence) if sentence else sentence}
