"""What one snapshot says about one thing, reduced to what a backtest compares: decision, rules, words, doubts.

Nothing here can be personal: rules are ids, words are those of the lists and not those of the text, doubts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Word = tuple[str, str]
K = TypeVar("K")
Differences = dict[K, tuple[str | None, str | None]]
_SHADOW = "shadow:"


@dataclass(frozen=True, slots=True)
class Judgement:
    """``rules`` by id and ``words`` by (wordlist, word), each with its verdict; ``shadow:block`` has no effect."""

    decision: str
    rules: Mapping[str, str]
    words: Mapping[Word, str]
    doubts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """What two judgements do not share: each rule, word and doubt with its verdict before and after."""

    rules: Differences[str]
    words: Differences[Word]
    doubts: Differences[str]


def judgement_of(answer: Mapping[str, Any]) -> Judgement:
    """The judgement in an answer as it is stored and sent."""
    return Judgement(
        decision=answer["decision"],
        rules={firing["rule"]: _verdict(firing) for firing in answer["firings"]},
        words={(hit["wordlist"], hit["word"]): hit["verdict"] for hit in answer["hits"]},
        doubts=frozenset(answer["doubts"]),
    )


NOTHING_SAID = Judgement("pass", {}, {})


def event_judgement(decision: str, firings: Sequence[Mapping[str, Any]]) -> Judgement:
    """The judgement on an event as it is stored: doubts stand among the firings."""
    said = {each["rule"]: each for each in firings if "rule" in each}
    return Judgement(
        decision=decision,
        rules={rule: _verdict(each) for rule, each in said.items()},
        words={},
        doubts=frozenset(each["doubt"] for each in firings if "doubt" in each),
    )


def is_shadow(verdict: str) -> bool:
    """Whether a rule's verdict had no effect."""
    return verdict.startswith(_SHADOW)


def difference(before: Judgement, after: Judgement) -> Difference:
    """What changed between two judgements of the same thing."""
    doubts = [dict.fromkeys(each.doubts, "review") for each in (before, after)]
    return Difference(
        _changed(before.rules, after.rules), _changed(before.words, after.words), _changed(doubts[0], doubts[1])
    )


def _verdict(firing: Mapping[str, Any]) -> str:
    verdict: str = firing["decision"]
    return f"{_SHADOW}{verdict}" if firing.get("shadow") else verdict


def _changed(before: Mapping[K, str], after: Mapping[K, str]) -> Differences[K]:
    if before == after:
        return {}
    keys = [*before, *(key for key in after if key not in before)]
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}
