"""A simulated day of orders, told late, early, twice, out of order and in part, ends as an independent model says."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.events.stored import SentEvent
from app.flows.due_deadlines import due_deadlines
from app.flows.take_event import take_events
from app.flows.watch_feeds import beat
from app.models import Claim, Deadline, Effect, Order, Posting
from app.subjects import TABLES, state_of
from tests.order_model import expected, make_truth, told
from tests.service import START

ORDERS = int(os.environ.get("SIMULATED_ORDERS", "120"))
RULES = ("S8-40", "S3-25", "S3-14", "S3-36", "S3-36b")
UNTIL = 24.0 * 21
NUMBERS = count(7_000_001)


def as_sent(event, shop_id="shop-1"):
    data = {name: value for name, value in event["data"].items() if value is not None}
    at = datetime.fromisoformat(event["occurred_at"])
    return SentEvent(event["id"], event["kind"], f"shop:{shop_id}", shop_id, event["subject"], at, data)


def play(service, truths, chance, *, until=UNTIL):
    """Tell everything at its time, late by chance, some of it twice, with the clock and the sweep in between."""
    messages = []
    for truth in truths:
        for hour, event in told(truth, START):
            delay = chance.choice([0, 0, 0, 0.02, 0.5, 5, 30]) if chance.random() < 0.5 else 0
            messages.append((hour + delay, event))
            if chance.random() < 0.1:
                messages.append((hour + delay + chance.uniform(0, 3), event))
    messages.sort(key=lambda each: each[0])
    hour, at = 0.0, 0
    while hour <= until:
        service.clock.at = START + timedelta(hours=hour)
        beat(service.parts, "shop-1", now=service.clock())
        due = []
        while at < len(messages) and messages[at][0] <= hour:
            due.append(as_sent(messages[at][1]))
            at += 1
        chance.shuffle(due)
        for start in range(0, len(due), 100):
            answers = take_events(service.parts, due[start : start + 100], actor="test", now=service.clock())
            assert {each.status for each in answers} <= {"accepted", "duplicate"}, answers
        while due_deadlines(service.parts, now=service.clock()):
            pass
        hour += 0.75 if hour < 150 or hour % 6 < 0.75 else 5.25  # a silence, and the time a feed needs after one
    assert at == len(messages)
    return [as_sent(event) for _, event in messages]


def standing(service):
    with service.parts.db.read() as session:
        wanted = select(Effect.rule, Effect.subject).where(Effect.state == "open", Effect.rule.in_(RULES))
        return {(rule, subject) for rule, subject in session.execute(wanted)}


def claims_and_entries(service):
    """Every claim with how it stands, and every entry of the ledger."""
    with service.parts.db.read() as session:
        claims = session.execute(select(Claim.order_id, Claim.item, Claim.cause, Claim.state, Claim.amount_fen))
        entries = session.execute(select(Posting.id, Posting.amount_fen))
        return sorted(map(tuple, claims)), sorted(map(tuple, entries))


@pytest.mark.timeout(max(180, ORDERS))
def test_a_day_of_orders_ends_as_the_model_says_also_when_all_of_it_is_told_again(service):
    chance = random.Random(20261125)
    truths = [make_truth(chance, number) for number in range(ORDERS)]

    told_events = play(service, truths, chance)
    before = standing(service), claims_and_entries(service)
    for start in range(0, len(told_events), 500):
        again = told_events[start : start + 500]
        answers = take_events(service.parts, again, actor="test", now=service.clock())
        assert {each.status for each in answers} == {"duplicate"}
    while due_deadlines(service.parts, now=service.clock()):
        pass

    assert (standing(service), claims_and_entries(service)) == before
    assert before[1][0], "late orders have claims"

    wanted = set().union(*(expected(truth, UNTIL) for truth in truths))
    assert {rule for rule, _ in wanted} == set(RULES)
    assert standing(service) == wanted
    with service.parts.db.read() as session:
        assert len(list(session.scalars(select(Order.id)))) == ORDERS
        assert (
            session.scalars(select(Deadline).where(Deadline.state == "waiting", Deadline.due_at <= START)).all() == []
        )


@settings(
    max_examples=int(os.environ.get("INTERLEAVINGS", "15")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False), sweeps=st.lists(st.integers(0, 9), max_size=3)
)
def test_any_interleaving_of_one_orders_events_ends_in_the_same_state_and_effects(service, seed, order, sweeps):
    service.clock.at = START + timedelta(hours=UNTIL)
    plain, mixed = next(NUMBERS), next(NUMBERS)  # one number in two shops would be an order told for both
    truth = make_truth(random.Random(seed), plain)
    events = [event for _, event in told(truth, START)]
    shuffled = [event for _, event in told(make_truth(random.Random(seed), mixed), START)]
    shuffled += shuffled[:1]
    order.shuffle(shuffled)
    ends = []
    for number, sequence, sweeping in ((plain, events, ()), (mixed, shuffled, sweeps)):
        own = f"shop-{number}-{service.parts.chance.random()}"
        beat(service.parts, own, now=service.clock())
        for at, event in enumerate(sequence):
            take_events(service.parts, [as_sent(event, own)], actor="test", now=service.clock())
            if at in sweeping:
                due_deadlines(service.parts, now=service.clock())
        while due_deadlines(service.parts, now=service.clock()):
            pass
        ends.append(renamed(end_of(service, own), {str(number): "#"}))

    assert ends[0] == ends[1]
    assert ends[0]["effects"] == renamed(expected(truth, UNTIL), {str(plain): "#"})


def renamed(value, names):
    """The value with parts of texts, wherever they stand, written otherwise."""
    if isinstance(value, str):
        for one, other in names.items():
            value = value.replace(one, other)
        return value
    if isinstance(value, dict):
        return {renamed(key, names): renamed(each, names) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return type(value)(renamed(each, names) for each in value)
    return value


def told_of(row):
    """What a row says; the tellings of a payment and the like without the ids they are kept by and their source."""
    said = state_of(row)
    if "payments" in said:
        things = {thing: unkeyed(told) for thing, told in said["payments"].get("told", {}).items()}
        own = {key: each for key, each in said["payments"].items() if key not in {"told", "others", "weighed"}}
        said |= {"payments": unkeyed(own), "told": things}
    return said


def unkeyed(tellings):
    return sorted((each | {"source": None} for each in tellings.values()), key=str)


def end_of(service, shop_id):
    with service.parts.db.read() as session:
        rows = [
            [
                told_of(row) | {"subject": row.subject}
                for row in session.scalars(select(model).where(model.shop_id == shop_id))
            ]
            for model in TABLES.values()
        ]
        dues = session.scalars(select(Deadline).where(Deadline.shop_id == shop_id)).all()
        effects = session.execute(
            select(Effect.rule, Effect.subject).where(
                Effect.shop_id == shop_id, Effect.state == "open", Effect.rule.in_(RULES)
            )
        )
        return {
            "rows": rows,
            "deadlines": sorted((row.kind, row.name, row.subject, row.due_at, row.state) for row in dues),
            "effects": {(rule, subject) for rule, subject in effects},
        }
