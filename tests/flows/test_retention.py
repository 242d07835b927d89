"""What is kept no longer goes at night, in batches; what is held stays, whatever its age."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from factories import make_case, make_content, make_screening
from sqlalchemy import func, select

from app.errors import InvalidInput, NotFound
from app.flows import erase_person
from app.flows.hold_records import place_hold
from app.flows.keep_person import keep_person
from app.flows.prune_records import prune_records
from app.flows.set_retention import set_retention
from app.models import (
    AuditRow,
    Case,
    Content,
    DeliveryAttempt,
    OutboxMessage,
    Person,
    PersonRequest,
    Screening,
    WebhookEndpoint,
)
from app.values.access import Caller
from app.vault import retention
from tests.service import START, make_service

BY = Caller("k", "key:k", frozenset(), None)
LATER = START + timedelta(days=1_097)


@pytest.fixture
def parts(database, tmp_path):
    return make_service(database, tmp_path).parts


def put_screenings(parts, number=1, *, at=START, state="decided", shop_id="shop-1", **columns):
    def work(session):
        made = []
        for _ in range(number):
            content = make_content(session, shop_id=shop_id)
            screening = make_screening(session, content, created_at=at, **columns)
            case = make_case(session, screening, state=state)
            made.append((content.id, screening.id, case.id))
        return made

    return parts.db.write(work)


def left(parts, model=Screening):
    with parts.db.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def hold(parts, object_type, object_id, *, until=LATER + timedelta(days=1)):
    more = {"reason": "诉讼", "owner": "法务", "ends_at": until, "caller": BY, "now": START}
    return place_hold(parts, object_type=object_type, object_id=object_id, **more)


def test_old_records_go_in_batches_with_everything_about_them_and_the_number_is_on_record(parts):
    put_screenings(parts, 7)
    put_screenings(parts, 2, at=LATER - timedelta(days=10))

    pruned = prune_records(parts, now=LATER, batch=3)

    assert pruned.is_done
    assert pruned.removed["screening"] == 7
    assert [left(parts, model) for model in (Screening, Case, Content)] == [2, 2, 2]
    with parts.db.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "records.prune")).one()
    assert (row.object_id, row.details["removed"]) == ("screening", 7)
    assert prune_records(parts, now=LATER).removed["screening"] == 0


def test_nothing_goes_before_its_period_is_over(parts):
    put_screenings(parts, 2)

    assert prune_records(parts, now=START + timedelta(days=1_096)).removed["screening"] == 0
    assert prune_records(parts, now=START + timedelta(days=1_096, seconds=1)).removed["screening"] == 2


def test_an_open_case_keeps_its_content(parts):
    put_screenings(parts, 1, state="open")

    assert prune_records(parts, now=LATER).removed["screening"] == 0


def test_a_content_stays_as_long_as_one_of_its_versions(parts):
    def work(session):
        content = make_content(session, version=2)
        make_screening(session, content, id="old", version=1, created_at=START)
        make_screening(session, content, version=2, created_at=LATER - timedelta(days=1))

    parts.db.write(work)

    assert prune_records(parts, now=LATER).removed["screening"] == 1
    assert left(parts, Content) == 1


@pytest.mark.parametrize("object_type", ["shop", "screening", "case", "person", "kind"])
def test_a_hold_beats_pruning_until_it_ends(parts, object_type):
    [(_, screening_id, case_id)] = put_screenings(parts, 1, shop_id="held", author_id="a-1", sealed_for="author:a-1")
    names = {"shop": "held", "screening": screening_id, "case": case_id, "person": "author:a-1", "kind": "screening"}
    hold(parts, object_type, names[object_type])

    assert prune_records(parts, now=LATER).removed["screening"] == 0
    assert prune_records(parts, now=LATER + timedelta(days=1)).removed["screening"] == 1


def test_a_hold_keeps_nothing_else(parts):
    put_screenings(parts, 2)
    [(_, held, _)] = put_screenings(parts, 1)
    hold(parts, "screening", held)

    assert prune_records(parts, now=LATER).removed["screening"] == 2
    with parts.db.read() as session:
        assert session.scalars(select(Screening.id)).all() == [held]


def test_messages_go_after_half_a_year_but_not_while_they_are_on_their_way(parts):
    def work(session):
        session.add(WebhookEndpoint(id="e", url="https://x", secrets=b"", event_types=[], created_at=START))
        session.flush()
        for state in ("delivered", "waiting"):
            made = {"endpoint_id": "e", "natural_key": state, "type": "t", "body": b"{}", "created_at": START}
            session.add(OutboxMessage(id=state, state=state, **made))
            session.flush()
            session.add(DeliveryAttempt(message_id=state, at=START, ok=True, took_ms=1))

    parts.db.write(work)

    assert prune_records(parts, now=START + timedelta(days=185)).removed["message"] == 1
    with parts.db.read() as session:
        assert session.scalars(select(OutboxMessage.id)).all() == ["waiting"]
        assert session.scalars(select(DeliveryAttempt.message_id)).all() == ["waiting"]


def test_answered_requests_go_and_open_ones_stay(parts):
    def work(session):
        for number, answered in enumerate((START, None)):
            session.add(
                PersonRequest(
                    person_ref=f"buyer:{number}",
                    kind="copy",
                    channel="客服",
                    received_at=START,
                    due_at=START,
                    answered_at=answered,
                )
            )

    parts.db.write(work)

    assert prune_records(parts, now=LATER).removed["person_request"] == 1
    assert left(parts, PersonRequest) == 1


def test_a_person_nobody_touched_for_the_period_is_erased_with_a_certificate_but_officers_are_not(parts):
    for ref in ("buyer:idle", "buyer:held", "officer:lin", "author:busy"):
        keep_person(parts, ref, {"name": "甲"}, shop_id=None, caller=BY, now=START)
    put_screenings(parts, 1, at=LATER - timedelta(days=5), sealed_for="author:busy")
    hold(parts, "person", "buyer:held")

    assert prune_records(parts, now=LATER).removed["person"] == 1

    with parts.db.read() as session:
        assert session.scalars(select(Person.ref).where(Person.erased_at.is_not(None))).all() == ["buyer:idle"]
    assert b"buyer:idle" in parts.erasure_list.path.read_bytes()


def test_persons_that_are_held_keep_no_others_from_being_erased(parts, monkeypatch):
    monkeypatch.setattr(erase_person, "_PORTION", 2)
    for number in range(7):
        keep_person(parts, f"buyer:{number}", {"name": "甲"}, shop_id=None, caller=BY, now=START)
        if number < 3:
            hold(parts, "person", f"buyer:{number}")

    pruned = prune_records(parts, now=LATER)

    assert (pruned.removed["person"], pruned.is_done) == (4, True)
    with parts.db.read() as session:
        kept = session.scalars(select(Person.ref).where(Person.erased_at.is_(None)).order_by(Person.ref)).all()
    assert kept == ["buyer:0", "buyer:1", "buyer:2"]


def test_a_period_may_be_changed_but_not_below_what_the_law_asks(parts):
    put_screenings(parts)
    with pytest.raises(InvalidInput, match="wrong"):
        set_retention(parts, "screening", days=1_095, reason="省空间", caller=BY, now=START)
    with pytest.raises(InvalidInput):
        set_retention(parts, "screening", days=2_000, reason=" ", caller=BY, now=START)
    with pytest.raises(NotFound):
        set_retention(parts, "planet", days=2_000, reason="x", caller=BY, now=START)

    set_retention(parts, "screening", days=1_461, reason="集团制度：四年", caller=BY, now=START)

    assert prune_records(parts, now=LATER).removed["screening"] == 0
    assert prune_records(parts, now=START + timedelta(days=1_462)).removed["screening"] == 1


def test_pruning_stops_when_its_time_is_over_and_says_that_it_is_not_done(parts):
    put_screenings(parts, 6)
    ticks = count()

    pruned = prune_records(parts, now=LATER, batch=2, seconds=7.5, clock=lambda: next(ticks))

    assert not pruned.is_done
    assert left(parts) == 4


@pytest.mark.parametrize("kind", retention.record_kinds().values(), ids=lambda kind: kind.name)
def test_every_kind_has_a_title_a_basis_and_a_period_the_law_allows(kind):
    assert kind.title
    assert kind.basis
    assert kind.days >= kind.least_days >= 1
