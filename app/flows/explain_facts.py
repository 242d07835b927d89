"""Explaining: facts of one event ─ every rule of its kind, part by part ─ near misses. Stores nothing.

Values that are shown have personal data starred, whoever asks; the content's own text is never among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from app.errors import InvalidInput, Problem
from app.flows.explanation_in_words import explanation_in_words
from app.flows.judge_content import Judge
from app.rules.explain import Explanation, explain, near_misses
from app.rules.told import explanation_answer
from app.text.personal_data import without_personal
from app.values.change import Language
from app.values.facts import EventKind
from app.values.rule_scope import EVERYWHERE, RuleScope


@dataclass(frozen=True, slots=True)
class Why:
    """Why every rule of an event's kind did what it did, in the order of their ids, and which came near.

    The sentences are in ``language``.
    """

    rules: tuple[Explanation, ...]
    near: tuple[Explanation, ...]
    language: Language = "zh"

    def answer(self, only: Sequence[str] = ()) -> dict[str, Any]:
        """As plain data; ``only`` keeps the rules to some ids. Raises InvalidInput for an id that is none of them.

        Chinese sentences say what people call a fact, with the name that packs use beside it.
        """
        known = [each.rule.id for each in self.rules]
        problems = [
            Problem(f"rules.{place}", f"no rule {wanted!r:.60} on this kind of event", _near(wanted, known))
            for place, wanted in enumerate(only)
            if wanted not in known
        ]
        if problems:
            raise InvalidInput("unknown rules", problems=problems)
        told = [each for each in self.rules if not only or each.rule.id in only]
        return {
            "rules": [
                explanation_in_words(each, {}, with_names=True) if self.language == "zh" else explanation_answer(each)
                for each in told
            ],
            "near_misses": [each.rule.id for each in self.near],
        }


def why(
    judge: Judge,
    kind: EventKind,
    facts: Mapping[str, object],
    *,
    now: datetime,
    scope: RuleScope = EVERYWHERE,
    language: Language = "zh",
) -> Why:
    """Explain what the rules of that kind of event make of these facts at that instant, in that scope."""
    found = explain(judge.engine.packs, kind, facts, now=now, clean=without_personal, scope=scope, language=language)
    return Why(found, near_misses(found), language)


def _near(wanted: str, known: Sequence[str]) -> str:
    near = get_close_matches(wanted, known, n=1)
    return f"{near[0]!r}, did you mean that?" if near else "an id of GET /v1/rules"
