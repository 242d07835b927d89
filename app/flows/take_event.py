"""Taking events: each exactly once by source and id, kept, added up in the typed tables, judged, carried out.

events ─ fit their kinds ─ one unit of work: ─ id known, same content → the answer given before
                                             ─ id known, other content → refused, kept as a conflict
                                             ─ new → kept, put on its time line ─ settle_line for each line touched
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app import access, event_log
from app.campaigns.points import note_points
from app.errors import Problem
from app.events.stored import CheckedEvent, SentEvent, as_json, check_event, own_event
from app.events.timeline import names_of
from app.flows.notice_shops import Asked, Doubt, notice_shops
from app.flows.parts import Parts
from app.flows.put_on_lines import Arrived, order_of, put_on_lines
from app.flows.settle_line import settle_lines
from app.flows.told_events import Told, told_before
from app.flows.watch_feeds import note_feeds
from app.flows.worked_out import with_masked_texts
from app.metrics import EVENTS
from app.models import new_id
from app.models.base import ORG
from app.text.personal_data import find_personal_data
from app.values.facts import EventKind, Happened

SERVICE_ACTOR = "system"
_TRIES = 4
_UNSTORABLE = (DataError, OverflowError)
_TOO_MUCH = Problem("data", "holds a text or a number that is too large to be kept", "values as a platform has them")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A checked event on its way into the store, with all that storing needs: many callers' are stored together."""

    parts: Parts
    checked: CheckedEvent
    actor: str
    now: datetime
    is_heard: bool = True
    pk: str = field(default_factory=new_id)

    @property
    def key(self) -> tuple[str, str]:
        """What makes an event one event."""
        return self.checked.happened.source, self.checked.happened.id


def take_event(parts: Parts, event: SentEvent, *, actor: str, now: datetime) -> Told:
    """Take one event; see ``take_events``."""
    return take_events(parts, [event], actor=actor, now=now)[0]


def take_events(
    parts: Parts, events: Sequence[SentEvent], *, actor: str, now: datetime, is_heard: bool = True
) -> list[Told]:
    """Take events whose shops the caller may speak for; answers in order, a wrong one spoils no other.

    When this returns, every accepted event is on disk with everything it caused. Raises NotReady before the first
    snapshot is loaded. ``is_heard`` is false for what we ask for or say ourselves: no sign that a shop's feed lives.
    """
    kinds = parts.live.current.kinds
    told: list[Told | None] = []
    fresh: list[Fresh] = []
    for event in events:
        checked, problems = check_event(kinds, event, now=now)
        if checked and (problems := _personal(checked)):
            checked = None
        told.append(None if checked else Told(event.id, "invalid", problems=tuple(problems)))
        if checked:
            fresh.append(Fresh(parts, with_masked_texts(kinds[event.kind], checked), actor, now, is_heard))
    stored = iter(_store_until_settled(parts, fresh) if fresh else [])
    answers = [each or next(stored) for each in told]
    for each, event in zip(answers, events, strict=True):
        EVENTS.labels(event.kind if event.kind in kinds else "unknown", each.status).inc()
    return answers


def _personal(checked: CheckedEvent) -> list[Problem]:
    """References of people must be opaque: what looks like a person's number has no place in an event."""
    refs = {name: value for name, value in checked.happened.facts.items() if name.endswith(("_ref", "_refs"))}
    return [
        Problem(f"data.{name}", "looks like personal data", "an opaque reference of your own")
        for name, value in refs.items()
        if any(find_personal_data(str(each)) for each in (value if isinstance(value, list | tuple) else (value,)))
    ]


def _store_until_settled(parts: Parts, fresh: list[Fresh]) -> list[Told]:
    for attempt in range(_TRIES):
        try:
            return parts.db.write_items(store_fresh, fresh)
        except IntegrityError:  # another process stored the same event first: look again
            if attempt == _TRIES - 1:
                raise
        except _UNSTORABLE:  # whose value it was is found out one by one: a wrong event spoils no other
            if len(fresh) == 1:
                return [Told(fresh[0].checked.happened.id, "invalid", problems=(_TOO_MUCH,))]
            return [told for each in fresh for told in _store_until_settled(parts, [each])]
    raise AssertionError("the last try returns or raises")


def store_fresh(session: Session, items: list[Fresh]) -> list[Told]:
    """One unit of work for all that wait; a flow that says events of its own stores them in its own transaction."""
    kinds = items[0].parts.live.current.kinds
    names = {each.pk: names_of(kinds[each.checked.happened.kind], each.checked.happened.facts) for each in items}
    event_log.lock(session, (name for each in items for name in _locks(each.checked, names[each.pk])))
    for each in {each.checked.happened.shop_id: each for each in items}.values():
        if each.checked.happened.shop_id not in each.parts.known_shops:
            access.ensure_shop(session, each.checked.happened.shop_id, now=each.now)
    known = event_log.known(session, [each.key for each in items])
    new: list[Fresh] = []
    for each in items:
        if each.key not in known:
            known[each.key] = event_log.Kept(each.pk, each.checked.digest)
            new.append(each)
    event_log.keep(session, [_row(each) for each in new])
    note_points(session, [(each.pk, each.checked.happened) for each in new])
    arrived = [Arrived(each.pk, each.checked.happened, names[each.pk]) for each in new]
    told = settle_lines(session, put_on_lines(session, items[0].parts, arrived, now=items[-1].now))
    told |= _told_elsewhere(session, new, told)
    note_feeds(session, [(each.parts, each.checked.happened, each.now) for each in items if each.is_heard])
    return [_answer(session, each, known[each.key], told) for each in items]


def _told_elsewhere(session: Session, new: Sequence[Fresh], told: Mapping[str, Told]) -> dict[str, Told]:
    """Say what is noticed of orders told for several shops; the answers of the events that brought it up."""
    found: dict[str, Told] = {}
    kinds = new[0].parts.live.current.kinds if new else {}
    by_key = {each.pk: each for each in new if kinds[each.checked.happened.kind].sent}
    asked = [asked_of(kinds[each.checked.happened.kind], each.pk, each.checked.happened) for each in by_key.values()]
    for doubt in notice_shops(session, [each for each in asked if each is not None]):
        trigger = by_key[doubt.trigger]
        for event, said in _say(session, trigger.parts, doubt, now=trigger.now):
            if event.shop_id == trigger.checked.happened.shop_id and trigger.pk in told:
                found[trigger.pk] = told[trigger.pk].with_more(said)
    return found


def asked_of(kind: EventKind, key: str, event: Happened) -> Asked | None:
    """What is to be noticed by an event; None where it says no order."""
    order_id = order_of(kind, event)
    return Asked(key, event, order_id, names_of(kind, event.facts)) if order_id is not None else None


def say_noticed(session: Session, parts: Parts, asked: Sequence[Asked], *, now: datetime) -> None:
    """Say what is noticed of orders told for several shops, after something else than an event from outside."""
    for doubt in notice_shops(session, asked):
        _say(session, parts, doubt, now=now)


def _say(session: Session, parts: Parts, doubt: Doubt, *, now: datetime) -> list[tuple[Happened, Told]]:
    own = [Fresh(parts, own_event(each), SERVICE_ACTOR, now, is_heard=False) for each in doubt.events]
    return list(zip(doubt.events, store_fresh(session, own), strict=True))


def _answer(session: Session, each: Fresh, kept: event_log.Kept, told: Mapping[str, Told]) -> Told:
    event = each.checked.happened
    if kept.digest != each.checked.digest:
        event_log.keep_conflict(session, kept.pk, _row(each))
        problem = Problem("id", "was used before for an event of other content", "the same content, or a new id")
        return Told(event.id, "invalid", problems=(problem,), is_conflict=True)
    if kept.pk == each.pk:
        return told[each.pk]
    return told.get(kept.pk) or told_before(session, event)


def _row(each: Fresh) -> dict[str, Any]:
    event = each.checked.happened
    return {
        "id": each.pk,
        "org_id": ORG,
        "source": event.source,
        "event_id": event.id,
        "kind": event.kind,
        "shop_id": event.shop_id,
        "subject": event.subject,
        "occurred_at": each.checked.occurred_at,
        "happened_at": event.at,
        "received_at": each.now,
        "facts": as_json(event.facts),
        "digest": each.checked.digest,
        "actor": each.actor,
    }


def _locks(checked: CheckedEvent, names: Sequence[str]) -> list[str]:
    event = checked.happened
    order = event.facts.get("order_id") or event.subject
    return [event_log.lock_of(event.shop_id, name) for name in (*names, f"{event_log.ORDER}{order}")]
