"""Eight processes take the same orders' events at once on PostgreSQL, some are killed −9: each event counts once."""

from __future__ import annotations

import os
import signal
from collections import Counter

from kill import order_events
from kill.writers import writers
from sqlalchemy import func, select

from app.models import Claim, Effect, Event, EventDecision, Order
from tests.order_model import expected

WRITERS, ORDERS = 8, 24
RULES = ("S8-40", "S3-25", "S3-14", "S3-36", "S3-36b")


def test_eight_takers_with_kills_keep_every_event_once_and_end_as_the_model_says(postgres_database):
    killed, said, done = [], Counter(), set()

    with writers("events", postgres_database.url, how_many=WRITERS, payments=ORDERS) as lines:
        for pid, what in lines:
            said[pid] += 1
            if what == "done":
                done.add(pid)
            elif len(killed) < 3 and pid not in killed and said[pid] > 1 + 2 * len(killed):  # at three moments
                os.kill(int(pid), signal.SIGKILL)
                killed.append(pid)
    assert len(killed) == 3
    assert len(done) >= WRITERS - 3
    for portion in order_events.drawn(99, ORDERS):  # whoever lost a reply sends again
        order_events.take(postgres_database, portion)
    while order_events.sweep(postgres_database):
        pass

    wanted = set().union(*(expected(truth, order_events.HOURS) for truth in order_events.truths(ORDERS)))
    with postgres_database.read() as session:
        kept = session.scalars(select(Event.event_id)).all()
        standing = session.execute(
            select(Effect.rule, Effect.subject).where(Effect.state == "open", Effect.rule.in_(RULES))
        )
        claims = session.execute(
            select(Claim.order_id, Claim.item, Claim.cause, func.count()).group_by(
                Claim.order_id, Claim.item, Claim.cause
            )
        ).all()
        twice = session.execute(
            select(EventDecision.source, EventDecision.event_id)
            .where(EventDecision.is_current)
            .group_by(EventDecision.root, EventDecision.source, EventDecision.event_id)
            .having(func.count() > 1)
        ).all()
        assert session.scalar(select(func.count()).select_from(Order)) == ORDERS
        assert {tuple(each) for each in standing} == wanted
    assert sorted(kept) == sorted({event.id for event in order_events.all_events(ORDERS)}), (
        "nothing lost, nothing twice"
    )
    assert all(count == 1 for *_, count in claims)
    assert claims
    assert twice == []
