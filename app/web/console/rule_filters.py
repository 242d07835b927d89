"""Finding rules among hundreds: by words, pack, kind of event, state and verdict; all of it stands in the address.

A rule set of a few dozen is shown whole. A large one is shown by packs until something narrows it, because a page of
four hundred conditions is nothing anybody reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.rules.definition import Pack, Rule, Status
from app.values.deciding import Verdict

WHOLE_UP_TO = 60
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class RuleFilters:
    """What rules are narrowed to; empty texts narrow nothing."""

    q: str = ""
    pack: str = ""
    kind: str = ""
    state: str = ""
    verdict: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str], packs: Sequence[Pack]) -> RuleFilters:
        """From an address; a name that is none of the known ones narrows nothing."""
        return cls(
            q=sent.get("q", "").strip()[:_LONGEST],
            pack=_one_of(sent.get("pack", ""), (each.name for each in packs)),
            kind=_one_of(sent.get("kind", ""), kinds_of(packs)),
            state=_one_of(sent.get("state", ""), (each.value for each in Status)),
            verdict=_one_of(sent.get("verdict", ""), (each.value for each in Verdict)),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything is narrowed."""
        return any((self.q, self.pack, self.kind, self.state, self.verdict))

    def of(self, pack: Pack) -> list[Rule]:
        """The pack's rules that are meant."""
        if self.pack and self.pack != pack.name:
            return []
        return [rule for rule in pack.rules if self._means(rule)]

    def _means(self, rule: Rule) -> bool:
        if self.kind and self.kind not in rule.on:
            return False
        if self.state and self.state != rule.status.value:
            return False
        if self.verdict and self.verdict != rule.then.verdict.value:
            return False
        told = " ".join((rule.id, rule.title, rule.reason, rule.remedy or "", rule.when, *rule.references)).lower()
        return all(part in told for part in self.q.lower().split())


def kinds_of(packs: Iterable[Pack]) -> list[str]:
    """Every kind of event some rule is on."""
    return sorted({kind for pack in packs for rule in pack.rules for kind in rule.on})


def _one_of(value: str, known: Iterable[str]) -> str:
    return value if value in set(known) else ""
