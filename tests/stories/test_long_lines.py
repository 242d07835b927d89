"""A long time line: adding to it reads nothing of what it was, and ends as if everything had been read."""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta

from sqlalchemy import select

from app.flows.due_deadlines import due_deadlines
from app.flows.line_marks import LONG
from app.flows.line_views import as_happened
from app.flows.watch_feeds import beat
from app.models import Deadline, Effect, EventDecision, LineMark
from app.subjects import TABLES
from tests.service import START
from tests.stories.test_simulated_day import as_sent, renamed, told_of

from app.flows.take_event import take_events  # isort: skip


def line(order_id, events=40):
    """An order that is sent late, traced for ever, returned, complained about and shared."""
    at = START - timedelta(days=20)

    def event(kind, subject, hours, **data):
        name = f"{kind}:{subject}:{hours}"
        told = {"id": name, "kind": kind, "subject": subject, "occurred_at": (at + timedelta(hours=hours)).isoformat()}
        return told | {"data": data}

    yield event("order.paid", order_id, 0, paid_fen=10_000, stock_type="spot", transaction_id=f"t{order_id}")
    yield event("order.urge", order_id, 30)
    yield event("order.deliver", order_id, 60, waybill_id=f"SF{order_id}")
    yield event("aftersale.update", f"as{order_id}", 90, order_id=order_id, status="return_received", amount_fen=900)
    for number in range(events):
        action = "picked_up" if number == 3 else "in_transit"
        yield event("logistics.event", f"SF{order_id}", 91 + number, action=action)
        if number % 8 == 0:
            yield event("order.urge", order_id, 91.5 + number)
    yield event("complaint.update", f"c{order_id}", 140, order_id=order_id, status="pending", channel="shop")
    yield event("refund.finished", f"r{order_id}", 150, order_id=order_id, result="success", amount_fen=900)


def tell(service, shop_id, events):
    beat(service.parts, shop_id, now=service.clock())
    for each in events:
        [told] = take_events(service.parts, [as_sent(each, shop_id)], actor="test", now=service.clock())
        assert told.status == "accepted", told.problems
    while due_deadlines(service.parts, now=service.clock()):
        pass


def end_of(service, shop_id):
    """Everything that stands of a shop, without ids."""
    with service.parts.db.read() as session:
        rows = {
            name: [told_of(row) | {"subject": row.subject} for row in _own(session, model, shop_id, model.subject)]
            for name, model in TABLES.items()
        }
        dues = [(r.kind, r.name, r.subject, r.due_at, r.state) for r in _own(session, Deadline, shop_id, Deadline.name)]
        effects = [(r.rule, r.verb, r.subject, r.state) for r in _own(session, Effect, shop_id, Effect.rule)]
        said = [
            (r.kind, r.event_id, r.decision, r.firings)  # what was seen stays as it was when it was first said
            for r in _own(session, EventDecision, shop_id, EventDecision.event_id)
            if r.is_current
        ]
    return rows, sorted(dues), sorted(e for e in effects if e[3] == "open"), sorted(said, key=str)


def _own(session, model, shop_id, order):
    return session.scalars(select(model).where(model.shop_id == shop_id).order_by(order)).all()


def loaded(work):
    """How many events are read meanwhile: a caller that is alone writes in its own thread, where it can be watched."""
    seen = []

    def note(frame, what, _argument):
        if what == "call" and frame.f_code is as_happened.__code__:
            seen.append(frame)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return len(seen)


def test_a_line_told_in_order_ends_as_the_same_line_told_in_any_order(service):
    in_order = list(line("o1"))
    shuffled = list(line("o2"))
    random.Random(7).shuffle(shuffled)

    tell(service, "plain", in_order)
    tell(service, "mixed", shuffled)

    assert end_of(service, "plain") == renamed(end_of(service, "mixed"), {"o2": "o1"})
    assert end_of(service, "plain")[2], "something stands"


def calm(order_id, traces):
    """An order that went well and is traced every minute; each event with the minute it happens at."""
    start = [
        ("order.paid", order_id, {"paid_fen": 10_000, "stock_type": "spot", "transaction_id": f"t{order_id}"}),
        ("order.deliver", order_id, {"waybill_id": f"SF{order_id}"}),
        ("logistics.event", f"SF{order_id}", {"action": "picked_up"}),
    ]
    more = [("logistics.event", f"SF{order_id}", {"action": "in_transit"})] * traces
    for minute, (kind, subject, data) in enumerate(start + more):
        at = (START + timedelta(minutes=minute)).isoformat()
        yield {"id": f"e-{minute}", "kind": kind, "subject": subject, "occurred_at": at, "data": data}


def tell_as_it_happens(service, events):
    for each in events:
        service.clock.at = datetime.fromisoformat(each["occurred_at"])
        tell(service, "shop-1", [each])


def test_the_thousandth_event_of_a_line_reads_as_few_events_as_the_twentieth(sqlite_service):
    events = list(calm("o1", 120))
    tell_as_it_happens(sqlite_service, events[:20])

    early = loaded(lambda: tell_as_it_happens(sqlite_service, events[20:21]))
    tell_as_it_happens(sqlite_service, events[21:-1])
    late = loaded(lambda: tell_as_it_happens(sqlite_service, events[-1:]))

    assert (early, late) == (1, 1)


def test_what_is_told_late_on_a_long_line_has_all_of_it_judged_again(sqlite_service):
    service = sqlite_service
    events = list(line("o1"))
    tell(service, "shop-1", [each for each in events if each["kind"] != "order.deliver"])
    late = {(r.rule, r.state) for r in effects(service)}
    assert ("S8-40", "open") in late

    sent = next(each for each in events if each["kind"] == "order.deliver")
    sent["occurred_at"] = (START - timedelta(days=19)).isoformat()
    tell(service, "shop-1", [sent])

    assert ("S8-40", "withdrawn") in {(r.rule, r.state) for r in effects(service)}


def effects(service):
    with service.parts.db.read() as session:
        return session.scalars(select(Effect)).all()


def test_a_mark_of_another_program_or_with_a_row_gone_counts_for_nothing(sqlite_service):
    service = sqlite_service
    events = list(calm("o1", 40))
    tell_as_it_happens(service, events[:30])

    def spoil(session):
        mark = session.scalar(select(LineMark).where(LineMark.root == "order:o1"))
        mark.kinds = "sha256:older"

    service.parts.db.write(spoil)
    assert loaded(lambda: tell_as_it_happens(service, events[30:31])) >= 30
    assert loaded(lambda: tell_as_it_happens(service, events[31:32])) == 1

    def remove(session):
        session.delete(session.scalar(select(TABLES["parcel"]).limit(1)))

    service.parts.db.write(remove)
    assert loaded(lambda: tell_as_it_happens(service, events[32:33])) >= 30


def test_lines_without_an_order_are_marked_too_and_short_ones_are_not(sqlite_service):
    service = sqlite_service
    for number in range(LONG + 5):
        at = (START - timedelta(hours=100 - number)).isoformat()
        told = {"id": f"i-{number}", "kind": "inventory.event", "subject": "sku-1", "occurred_at": at}
        tell(service, "shop-1", [told | {"data": {"stock_count": number, "open_order_count": 3}}])
    last = {"id": "i-last", "kind": "inventory.event", "subject": "sku-1", "occurred_at": START.isoformat()}

    read = loaded(lambda: tell(service, "shop-1", [last | {"data": {"stock_count": 1, "open_order_count": 3}}]))

    with service.parts.db.read() as session:
        marks = {(row.root, row.event_count) for row in session.scalars(select(LineMark))}
    assert marks == {("sku:sku-1", LONG + 6)}
    assert read == 1
