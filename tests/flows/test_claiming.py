"""Claims on cases: who gets which case, when two want the same, and what time does to a claim."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden
from app.flows import work_case
from app.flows.decide_case import decide_case
from app.flows.hand_over import hand_over
from app.models import AuditRow, Case
from app.review.cases import Said
from app.values.access import Caller
from tests.factories import make_case, make_officer, make_screening, make_shop
from tests.service import make_service


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


def officer(name, *roles, shops=None):
    return Caller(name, f"officer:{name}", frozenset(roles or ("officer",)), shops)


def put_cases(service, count, **columns):
    now = service.clock()

    def work(session):
        screening = make_screening(session)
        return [
            make_case(
                session,
                screening,
                **{"opened_at": now, "due_at": now + timedelta(minutes=60 + number)} | columns,
            ).id
            for number in range(count)
        ]

    return service.parts.db.write(work)


def test_eight_officers_at_once_never_get_the_same_case(service):
    ids = put_cases(service, 40)

    def take(number):
        by, taken = officer(f"o{number}"), []
        while (case := work_case.next_case(service.parts, caller=by, now=service.clock())) is not None:
            taken.append(case.id)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(8)))

    got = [case_id for each in taken for case_id in each]
    assert sorted(got) == sorted(ids)
    assert len(set(got)) == 40


def test_of_eight_decisions_at_once_one_counts_and_the_others_say_who_was_first(service):
    (case_id,) = put_cases(service, 1)

    def decide(number):
        by = officer(f"o{number}")
        try:
            decide_case(service.parts, case_id, Said("pass", "没有问题"), caller=by, now=service.clock())
        except Conflict as late:
            return late.detail
        return by.name

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(decide, range(8)))

    won = [each for each in said if each.startswith("officer:")]
    assert len(won) == 1
    assert {each for each in said if each not in won} == {f"the case is already decided by {won[0]}"}


def test_next_takes_what_is_due_first_and_skipping_goes_on_behind_it(service):
    first, second, third = put_cases(service, 3)
    lin, now = officer("lin"), service.clock()

    taken = [work_case.next_case(service.parts, caller=lin, now=now).id]
    skipped = work_case.next_case(service.parts, skip=first, caller=lin, now=now)
    others = work_case.next_case(service.parts, caller=officer("zhou"), now=now)

    assert taken == [first]
    assert skipped.id == second
    assert others.id == first  # it was given back by the one who skipped it
    assert work_case.next_case(service.parts, skip=second, caller=lin, now=now).id == third


def test_a_claim_that_timed_out_is_anybodys(service):
    (case_id,) = put_cases(service, 1)
    lin, zhou = officer("lin"), officer("zhou")
    work_case.claim_case(service.parts, case_id, caller=lin, now=service.clock())

    with pytest.raises(Conflict, match="officer:lin has the case until"):
        work_case.claim_case(service.parts, case_id, caller=zhou, now=service.clock())
    later = service.clock.advance(minutes=service.parts.settings.claim_minutes, seconds=1)
    assert work_case.claim_case(service.parts, case_id, caller=zhou, now=later).claimed_by == "officer:zhou"
    with pytest.raises(Conflict, match="officer:zhou has the case"):
        decide_case(service.parts, case_id, Said("pass", "可以"), caller=lin, now=later)


def test_a_stale_stamp_is_refused(service):
    (case_id,) = put_cases(service, 1)
    lin, now = officer("lin"), service.clock()
    seen = work_case.claim_case(service.parts, case_id, caller=lin, now=now).stamp
    work_case.escalate_case(service.parts, case_id, reason="拿不准", caller=lin, now=now)
    zhou = officer("zhou", "senior")

    with pytest.raises(Conflict, match="has changed since this page was made"):
        decide_case(service.parts, case_id, Said("pass", "可以", stamp=seen), caller=zhou, now=now)


def test_an_escalated_case_is_the_seniors(service):
    (case_id,) = put_cases(service, 1)
    lin, zhou, now = officer("lin"), officer("zhou", "senior"), service.clock()
    work_case.escalate_case(service.parts, case_id, reason="拿不准", caller=lin, now=now)

    assert work_case.next_case(service.parts, caller=lin, now=now) is None
    with pytest.raises(Forbidden, match="senior"):
        decide_case(service.parts, case_id, Said("pass", "可以"), caller=lin, now=now)
    assert work_case.next_case(service.parts, caller=zhou, now=now).id == case_id


def test_a_held_case_comes_back_to_whoever_put_it_aside(service):
    held, other = put_cases(service, 2)
    lin, now = officer("lin"), service.clock()
    until = now + timedelta(hours=1)
    work_case.hold_case(service.parts, held, until=until, reason="等商家补材料", stamp=None, caller=lin, now=now)

    assert work_case.next_case(service.parts, caller=lin, now=now).id == other
    later = service.clock.advance(hours=1)
    assert work_case.next_case(service.parts, caller=officer("zhou"), now=later).id == other
    assert work_case.next_case(service.parts, caller=lin, now=later).id == held


def test_a_reassigned_case_is_given_to_that_officer_first_and_to_nobody_else(service):
    early, late = put_cases(service, 2)
    service.parts.db.write(lambda session: [make_shop(session), make_officer(session, "zhou")])
    lin, zhou, now = officer("lin"), officer("zhou"), service.clock()
    work_case.reassign_case(service.parts, late, to="zhou", reason="懂行", caller=lin, now=now)

    assert work_case.next_case(service.parts, caller=zhou, now=now).id == late
    assert work_case.next_case(service.parts, caller=lin, now=now).id == early
    assert work_case.next_case(service.parts, skip=early, caller=lin, now=now) is None


def test_an_officer_bound_to_shops_is_given_only_their_cases(service):
    put_cases(service, 2)

    assert (
        work_case.next_case(service.parts, caller=officer("lin", shops=frozenset({"shop-9"})), now=service.clock())
        is None
    )


def test_the_end_of_a_shift_gives_everything_back_with_a_note(service):
    ids = put_cases(service, 3)
    lin, now = officer("lin"), service.clock()
    for case_id in ids:
        work_case.claim_case(service.parts, case_id, caller=lin, now=now)

    [made] = hand_over(service.parts, note="第三件等电话", to=None, caller=lin, now=now)

    assert set(made.case_ids) == set(ids)
    with service.parts.db.read() as session:
        assert set(session.scalars(select(Case.claimed_by))) == {None}
        notes = session.scalars(select(AuditRow.reason).where(AuditRow.action == "case.release"))
        assert list(notes) == ["第三件等电话"] * 3


def test_a_draft_is_the_officers_own_and_goes_when_the_note_is_added(service):
    (case_id,) = put_cases(service, 1)
    lin, zhou, now, parts = officer("lin"), officer("zhou"), service.clock(), service.parts
    work_case.keep_draft(parts, case_id, text="先记一下", caller=lin, now=now)
    work_case.keep_draft(parts, case_id, text="先记一下，再问法务", caller=lin, now=now)

    with parts.db.read() as session:
        assert work_case.draft_of(parts, session, case_id, lin.name) == "先记一下，再问法务"
        assert work_case.draft_of(parts, session, case_id, zhou.name) == ""
    work_case.add_note(parts, case_id, text="法务说可以", caller=lin, now=now)
    with parts.db.read() as session:
        assert work_case.draft_of(parts, session, case_id, lin.name) == ""


def test_a_viewer_takes_and_decides_nothing(service):
    (case_id,) = put_cases(service, 1)
    viewer, now = officer("v", "viewer"), service.clock()

    with pytest.raises(Forbidden):
        work_case.next_case(service.parts, caller=viewer, now=now)
    with pytest.raises(Forbidden):
        decide_case(service.parts, case_id, Said("pass", "可以"), caller=viewer, now=now)
    with pytest.raises(Forbidden):
        work_case.add_note(service.parts, case_id, text="x", caller=viewer, now=now)
