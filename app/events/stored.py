"""Events as they come in and as they are kept: facts as JSON, instants in UTC, one digest for the same content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.errors import Problem
from app.events.flat import flat_facts
from app.events.given import read_fact
from app.events.kind import check_sent_facts
from app.events.self_contradictions import contradictions
from app.events.timeline import with_key
from app.values.facts import EventKind, Happened, Origin, Presence
from app.values.identifiers import EXPECTED as AN_IDENTIFIER
from app.values.identifiers import misfit, names_something

EARLY = timedelta(minutes=10)
"""How far ahead of our clock an event may say it happened."""


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One event as a caller or a platform sends it; ``facts`` are flat or nested, instants texts or ``datetime``."""

    id: str
    kind: str
    source: str
    shop_id: str
    subject: str
    occurred_at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheckedEvent:
    """One that fits its kind, as it will stand on the time line."""

    happened: Happened
    occurred_at: datetime
    digest: str


def check_event(
    kinds: Mapping[str, EventKind], sent: SentEvent, *, now: datetime, is_heard: bool = False
) -> tuple[CheckedEvent | None, list[Problem]]:
    """The event as it is kept, or what is wrong with it; ``is_heard`` lets through what stands on no time line."""
    kind = kinds.get(sent.kind)
    if kind is not None and kind.content_kinds:
        door = f"POST /v1/screenings with kind {' or '.join(kind.content_kinds)}"
        return None, [Problem("kind", f"{sent.kind} is a text to be screened", door)]
    if kind is None or not kind.sent or (kind.is_heard and not is_heard):
        known = ", ".join(each.name for each in kinds.values() if each.sent and not each.content_kinds)
        return None, [Problem("kind", f"unknown: {sent.kind}", known)]
    flat = {name: read_fact(kind.fact(name), value) for name, value in flat_facts(sent.facts).items()}
    problems = [Problem(f"data.{each.field}", each.problem, each.expected) for each in check_sent_facts(kind, flat)]
    facts = with_key(kind, {name: value for name, value in flat.items() if value is not None}, sent.subject)
    problems += _misfits(sent, facts)
    if kind.at:
        facts.setdefault(kind.at, sent.occurred_at)
    at = facts[kind.at] if kind.at else sent.occurred_at
    problems += [
        Problem(f"data.{fact.name}", "is missing", f"a fact of every {kind.name}")
        for fact in kind.facts
        if fact.presence is Presence.REQUIRED and fact.origin is not Origin.COMPUTED and fact.name not in facts
    ]
    if kind.key and facts[kind.key] != sent.subject:
        problems.append(Problem(f"data.{kind.key}", "is not the subject", f"{sent.subject}, or to be left out"))
    if isinstance(at, datetime) and at.tzinfo is not None and at > now + EARLY:
        problems.append(Problem("occurred_at", "lies in the future", f"an instant up to {now.isoformat()}"))
    problems += contradictions(kind.name, facts, sent.occurred_at)
    if problems:
        return None, problems
    happened = Happened(sent.kind, sent.id, sent.source, sent.shop_id, sent.subject, at, facts)
    return CheckedEvent(happened, sent.occurred_at, _digest(happened, sent.occurred_at)), []


def _misfits(sent: SentEvent, facts: Mapping[str, Any]) -> list[Problem]:
    """Identifiers that are none: blank, with blanks at their ends, or with what nobody sees in them."""
    given = {"id": sent.id, "subject": sent.subject, "shop_id": sent.shop_id}
    given |= {f"data.{name}": value for name, value in facts.items() if names_something(name)}
    found = ((name, misfit(value)) for name, value in given.items() if isinstance(value, str))
    return [Problem(name, wrong, AN_IDENTIFIER) for name, wrong in found if wrong is not None]


def own_event(happened: Happened) -> CheckedEvent:
    """What the service itself saw happen, ready to be kept; nobody can send such a kind."""
    return CheckedEvent(happened, happened.at, _digest(happened, happened.at))


def as_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept in a JSON column."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps({name: _utc(value) for name, value in facts.items()}))
    return plain


def from_json(kind: EventKind, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as rules and updates take them."""
    return {name: read_fact(kind.fact(name), value) for name, value in facts.items()}


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _digest(happened: Happened, occurred_at: datetime) -> str:
    said = [happened.kind, happened.shop_id, happened.subject, occurred_at.astimezone(UTC), as_json(happened.facts)]
    return "sha256:" + hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
