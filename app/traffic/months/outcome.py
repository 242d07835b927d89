"""What a service said of a shop's month, read from its database: decisions, rules by pack, and all that was stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.parts import Parts
from app.flows.stored_screening import open_column
from app.models import EventDecision, Screening
from app.rules.definition import Pack, Status

STOPPING = ("block", "review", "hold")


@dataclass(frozen=True, slots=True)
class Stopped:
    """One thing that was blocked, held, or put before a person, and why."""

    at: datetime
    decision: str
    what: str
    subject: str
    rules: tuple[str, ...]
    said: str


@dataclass(slots=True)
class Outcome:
    """All of a month: how many were decided how, how often each live rule fired, and what was stopped."""

    decisions: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    stopped: list[Stopped] = field(default_factory=list)


def outcome_of(parts: Parts, shop_id: str) -> Outcome:
    """What was said of everything of a shop, as it stands."""
    found = Outcome()
    with parts.db.read() as session:
        for stopped, rules, doubts in _all(parts, session, shop_id):
            found.decisions[stopped.decision] += 1
            found.rules.update(rules)
            found.doubts.update(doubts)
            if stopped.decision in STOPPING:
                found.stopped.append(stopped)
    found.stopped.sort(key=lambda each: each.at)
    return found


def by_pack(packs: Iterable[Pack], outcome: Outcome) -> Iterator[tuple[str, list[str], list[str]]]:
    """For each pack its live rules that fired and those that did not; one that could not be known did not fire."""
    for pack in sorted(packs, key=lambda each: each.name):
        live = [rule.id for rule in pack.rules if rule.status is Status.LIVE]
        fired = [rule_id for rule_id in live if outcome.rules[rule_id]]
        yield pack.name, fired, [rule_id for rule_id in live if rule_id not in fired]


def _all(parts: Parts, session: Session, shop_id: str) -> Iterator[tuple[Stopped, set[str], list[str]]]:
    mine = (EventDecision.shop_id == shop_id) & EventDecision.is_current
    for row in session.scalars(select(EventDecision).where(mine)):
        yield _read(row.happened_at, row.decision, row.kind, row.subject, row.firings, [])
    for screening in session.scalars(select(Screening).where(Screening.shop_id == shop_id)):
        answer = orjson.loads(open_column(parts.people, session, screening, "answer"))
        words = [f"{hit['category']}:{hit['word']}" for hit in answer["hits"] if hit["verdict"] != "pass"]
        at, said = screening.occurred_at or screening.created_at, [*words, *answer.get("doubts", ())]
        yield _read(at, answer["decision"], screening.kind, screening.excerpt, answer["firings"], said)


def _read(
    at: datetime, decision: str, what: str, subject: str, firings: Sequence[Mapping[str, Any]], said: Sequence[str]
) -> tuple[Stopped, set[str], list[str]]:
    """A decision, the live rules that fired at it, and what could not be known."""
    doubts = [each["doubt"] for each in firings if "doubt" in each]
    live = [each for each in firings if "rule" in each and not each.get("shadow")]
    unknown = [f"{each['rule']} ← {', '.join(each['missing'])}" for each in live if each.get("missing")]
    rules = {str(each["rule"]) for each in live if not each.get("missing")}
    causes = tuple(f"{each['rule']}{'?' if each.get('missing') else ''}" for each in live)
    return Stopped(at, decision, what, subject, causes, "；".join([*said, *unknown, *doubts])), rules, unknown + doubts
