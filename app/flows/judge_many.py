"""Which of many short texts surely pass, told for all of them together; only the others are judged one by one.

texts ─ look_closely ─┬─ words or constructions may stand there ───────────────────┐
                      └─ (all rules) signs of claims, personal data, origins, ─────┴─ loud: judge_content
                         patterns of rules may stand there
                      └─ none of it: quiet, and passes where a text in which nothing is found passes
To the rules all quiet texts of one kind, shop category and (with values of its own) shop are alike, so the judge is
asked about one of them. Where rules look at more of a text than its patterns, none is quiet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from app.deciding import NOTHING_FOUND
from app.flows.judge_content import Judge, judge_content
from app.text.any_of import AnyOf, Joined
from app.text.claims import may_claim
from app.text.constructions import Looked, look_closely
from app.text.match import SHORT
from app.text.personal_data import find_personal_data
from app.text.together import AT_ONCE
from app.values.content import ContentToScreen
from app.values.provinces import claimed_origins

__all__ = ["AT_ONCE", "SHORT", "Company", "Quiet"]

About = tuple[str, str, str]
"""Kind, shop category and shop of a content: with its text all that a plain one is judged by."""


@dataclass(frozen=True, slots=True)
class Company:
    """Texts that were looked through together, and the numbers of those in which anything may be found."""

    looked: Looked
    loud: set[int]


class Quiet:
    """Judges texts by what they do not hold, for one judge as of one instant."""

    def __init__(self, judge: Judge, *, now: datetime, tripped: Collection[str] = (), words_only: bool = False) -> None:
        self._judge, self._now, self._tripped, self._words_only = judge, now, tripped, words_only
        self._known: dict[tuple[str, ...], bool] = {}

    def look(self, texts: Sequence[str]) -> Company:
        """Look through at most ``AT_ONCE`` texts of at most ``SHORT`` characters."""
        looked = look_closely(self._judge.matcher, texts)
        loud = looked.worth
        if not self._words_only:
            loud |= may_claim(texts)
            loud.update(at for at, text in enumerate(texts) if at not in loud and find_personal_data(text))
            loud.update(at for at, text in enumerate(looked.texts) if claimed_origins(text))
            if (patterns := self._patterns) is not None:
                loud.update(patterns.among(Joined(looked.texts)))
        return Company(looked, loud)

    def pass_(self, abouts: Iterable[About]) -> bool:
        """Whether every plain content of these passes whose text is quiet."""
        return self._words_only or all(map(self._passes, set(abouts)))

    def _passes(self, about: About) -> bool:
        kind, category, shop_id = about
        event_kind = self._judge.event_kind(kind)
        program = None if event_kind is None else self._judge.engine.program(event_kind.name)
        if event_kind is None or (program is not None and program.remembered.reads("text", "text_length")):
            return False
        key = (kind, category, shop_id) if program is not None and program.has_overrides else (kind, category)
        if key not in self._known:
            content = ContentToScreen("", kind, shop_id, {"text": ""}, None, category or None)
            judged = judge_content(self._judge, content, now=self._now, tripped=self._tripped, advises=False)
            self._known[key] = judged.decision is NOTHING_FOUND
        return self._known[key]

    @cached_property
    def _patterns(self) -> AnyOf | None:
        """What rules on contents of any kind look for in the text."""
        names = {kind.name for kind in self._judge.kinds.values() if kind.content_kinds}
        programs = [program for name in sorted(names) if (program := self._judge.engine.program(name)) is not None]
        found = dict.fromkeys(each for program in programs for each in program.remembered.patterns_in("text"))
        return AnyOf(found) if found else None
