"""Which of many short texts surely pass, told for all of them together; only the others are judged one by one.

texts ─ look_closely ─┬─ listed words may stand there: found for its kind and shop? ─────────────┐
                      ├─ (all rules) constructions may stand there: found for its kind and shop? ┤
                      ├─ (all rules) personal data, origins, patterns of rules may stand there,  │
                      │  or rules say something to what it claims ───────────────────────────────┴─ judged by itself
                      └─ none of it: passes where a text in which nothing is found passes
To the rules all texts in which nothing is found are alike where kind, shop category and (with values of its own) shop
are, so the judge is asked about one of them. Where rules look at more of a text than its patterns, each is judged.

Archives repeat themselves: what was told of a text holds where it is sent again, by whatever shop, unless lists,
exemptions or values of parameters speak of that shop.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from datetime import datetime
from functools import cache, cached_property

from app.deciding import NOTHING_FOUND
from app.flows.judge_content import Judge, judge_content
from app.flows.recent import Recent
from app.flows.said_in import said_together
from app.text.any_of import AnyOf, Joined
from app.text.constructions import Looked, look_closely
from app.text.match import SHORT, Context, Scan, TextField
from app.text.personal_data import find_personal_data
from app.text.personal_together import may_hold_personal_data
from app.text.together import AT_ONCE
from app.values.content import ContentToScreen
from app.values.provinces import SENT, claimed_origins

__all__ = ["AT_ONCE", "SHORT", "Quiet"]

_MOST = 4_096
"""Of what is remembered by shop."""
_REPEATS = 16_384
"""So many texts' answers are remembered at least, and twice as many at most."""

About = tuple[str, str, str]
"""Kind, shop category and shop of a content: with its text all that a plain one is judged by."""
_Asked = tuple[str, str, About]
"""A text, the name of its field, and what it belongs to, without the shop where nothing speaks of it."""


class Quiet:
    """Judges texts by what they do not hold, for one judge as of one instant."""

    def __init__(self, judge: Judge, *, now: datetime, tripped: Collection[str] = (), words_only: bool = False) -> None:
        self._judge, self._now, self._tripped, self._words_only = judge, now, tripped, words_only
        self._known: dict[tuple[str, str, str, Hashable], bool] = {}
        self._contexts: dict[About, Context] = {}
        self._told = Recent[_Asked, Scan | None](_REPEATS)

    def loud(self, texts: Sequence[str], names: Sequence[str], abouts: Sequence[About]) -> dict[int, Scan]:
        """Numbers of the texts that have to be judged, each with what is found in it; all others surely pass.

        At most ``AT_ONCE`` texts of at most ``SHORT`` characters, the names of their fields, and what each belongs to.
        """
        if not (self._words_only or all(map(self._passes, set(abouts)))):
            return self._judged(texts, names, abouts, asks_all=True)
        narrowed = {about: about if self._depends_on_shop(about) else (*about[:2], "") for about in set(abouts)}
        asked = list(zip(texts, names, map(narrowed.__getitem__, abouts), strict=True))
        told = self._told.among(asked)
        new = {key: at for at, key in enumerate(asked) if key not in told}
        some = list(new.values())
        if some:
            loud = self._judged([texts[at] for at in some], [names[at] for at in some], [abouts[at] for at in some])
            told |= {key: loud.get(number) for number, key in enumerate(new)}
        self._told.keep(told)
        return {at: scan for at, key in enumerate(asked) if (scan := told[key]) is not None}

    def _judged(
        self, texts: Sequence[str], names: Sequence[str], abouts: Sequence[About], *, asks_all: bool = False
    ) -> dict[int, Scan]:
        """As `loud`, of texts that were not asked about before."""
        contexts = [self._context(about) for about in abouts]
        looked = look_closely(self._judge.matcher, texts, contexts, words_only=self._words_only)
        asks = set(range(len(texts))) if asks_all else self._asks(texts, looked)
        loud: dict[int, Scan] = {}
        for at in sorted(looked.worth | asks):
            scan = looked.read(at, [TextField(names[at], texts[at])], contexts[at])
            if at in asks or scan.hits or scan.capped or scan.exempted:
                loud[at] = scan
        if not self._words_only:
            some = sorted(looked.claiming - loud.keys())
            fields = [TextField(names[at], texts[at]) for at in some]
            said = said_together(fields, [contexts[at] for at in some], [looked.texts[at] for at in some])
            for at, field, each in zip(some, fields, said, strict=True):
                if not self._is_nothing(abouts[at], each.as_rules_see_it, field):
                    loud[at] = looked.read(at, [field], contexts[at])
        return dict(sorted(loud.items()))

    def _asks(self, texts: Sequence[str], looked: Looked) -> set[int]:
        """Those about which rules may have to be asked, whatever they claim."""
        if self._words_only:
            return set()
        asks = {at for at in may_hold_personal_data(texts) if find_personal_data(texts[at])}
        joined = Joined(looked.texts)
        asks.update(at for at in _sent().among(joined) if claimed_origins(looked.texts[at]))
        if (patterns := self._patterns) is not None:
            asks.update(patterns.among(joined))
        return asks

    def _context(self, about: About) -> Context:
        if (known := self._contexts.get(about)) is None:
            kind, category, shop_id = about
            known = self._contexts[about] = Context(kind, self._now, category or None, shop_id)
            if len(self._contexts) > _MOST:
                self._contexts = {about: known}
        return known

    def _passes(self, about: About) -> bool:
        event_kind = self._judge.event_kind(about[0])
        program = None if event_kind is None else self._judge.engine.program(event_kind.name)
        if event_kind is None or (program is not None and program.remembered.reads("text", "text_length")):
            return False
        return self._is_nothing(about, (), TextField("text", ""))

    def _depends_on_shop(self, about: About) -> bool:
        """Whether lists, exemptions or values of parameters speak of the shop."""
        if self._judge.matcher.speaks_of(about[2]):
            return True
        return not self._words_only and self._has_overrides(about[0])

    def _has_overrides(self, kind: str) -> bool:
        event_kind = self._judge.event_kind(kind)
        program = None if event_kind is None else self._judge.engine.program(event_kind.name)
        return program is not None and program.has_overrides

    def _is_nothing(self, about: About, said: Hashable, field: TextField) -> bool:
        """Whether rules say nothing to a text that says this, as this one does, and in which nothing else is found.

        They see neither the text nor where a claim stands, so one text is judged for all that claim the same.
        """
        kind, category, shop_id = about
        key = (kind, category, shop_id if self._has_overrides(kind) else "", said)
        if (known := self._known.get(key)) is None:
            content = ContentToScreen("", kind, shop_id, {field.name: field.text}, None, category or None)
            judged = judge_content(self._judge, content, now=self._now, tripped=self._tripped, advises=False)
            if len(self._known) >= _MOST:
                self._known = {}
            known = self._known[key] = judged.decision is NOTHING_FOUND
        return known

    @cached_property
    def _patterns(self) -> AnyOf | None:
        """What rules on contents of any kind look for in the text."""
        names = {kind.name for kind in self._judge.kinds.values() if kind.content_kinds}
        programs = [program for name in sorted(names) if (program := self._judge.engine.program(name)) is not None]
        found = dict.fromkeys(each for program in programs for each in program.remembered.patterns_in("text"))
        return AnyOf(found) if found else None


@cache
def _sent() -> AnyOf:
    """What stands in every text that claims an origin."""
    return AnyOf([SENT])
