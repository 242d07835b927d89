"""Work goes to who is on duty and able; at a shift's end nothing is left lying, and the next one is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden, InvalidInput
from app.flows import keep_roster, work_case
from app.flows.decide_case import decide_case
from app.flows.hand_over import hand_over, return_after_shift
from app.flows.look_after import take_break
from app.models import AuditRow, Case, Handover
from app.review import rosters, stretches
from app.review.cases import Said
from app.values.access import Caller
from app.values.comfort import Comfort
from app.values.rosters import Shift, ShiftKind, Skills
from tests.factories import make_case, make_officer, make_screening
from tests.service import START, make_service

CHIEF = Caller("c", "officer:chief", frozenset({"senior"}), None)
TODAY = date(2026, 11, 23)  # the tests' start is a Monday, 18:00 in China
CATEGORIES = ("counterfeit", "medical_claims", "doubt")


@pytest.fixture
def service(database, tmp_path):
    made = make_service(database, tmp_path)
    made.parts.db.write(lambda session: [make_officer(session, name) for name in ("lin", "wang", "chief")])
    return made


def officer(name, *roles):
    return Caller(name, f"officer:{name}", frozenset(roles or ("officer",)), None)


LIN, WANG = officer("lin"), officer("wang")


def put(service, **columns):
    now = service.clock()

    def work(session):
        values = {"opened_at": now, "due_at": now + timedelta(hours=1), "category": "counterfeit"}
        return make_case(session, make_screening(session), **values | columns).id

    return service.parts.db.write(work)


def case_of(service, case_id):
    with service.parts.db.read() as session:
        return session.get_one(Case, case_id)


def shift(service, username, opens, closes, kind=ShiftKind.DAY):
    line = Shift(kind, opens * 60, closes * 60, frozenset(), TODAY, TODAY)
    return keep_roster.add_shift(service.parts, username, line, by=CHIEF)


def able(service, username, **named):
    skills = Skills(**{name: frozenset(values) for name, values in named.items()})
    keep_roster.set_skills(service.parts, username, skills, categories=CATEGORIES, by=CHIEF)


def next_of(service, caller):
    case = work_case.next_case(service.parts, caller=caller, now=service.clock())
    return None if case is None else case.id


def test_nothing_is_given_to_who_is_off_duty_and_all_of_it_from_the_first_minute_on(service):
    case_id = put(service)
    made = shift(service, "lin", 19, 23)

    with pytest.raises(Forbidden, match=r"officer:lin is off duty; on duty again at 2026-11-23T11:00\+00:00"):
        next_of(service, LIN)
    service.clock.advance(hours=1)
    assert next_of(service, LIN) == case_id
    keep_roster.end_shift(service.parts, made.id, by=CHIEF)
    service.clock.advance(hours=12)
    assert next_of(service, LIN) == case_id


def test_the_next_case_is_within_the_officers_skills_whatever_is_due_before_it(service):
    put(service, category="medical_claims")
    put(service, queue="orders", due_at=START)
    put(service, script="tibetan", due_at=START)
    late = put(service, due_at=START + timedelta(hours=9))
    able(service, "lin", queues=["content"], categories=["counterfeit", "doubt"], scripts=["han"])

    assert next_of(service, LIN) == late
    assert next_of(service, LIN) is None


def test_what_is_kept_for_somebody_comes_first_whatever_their_skills(service):
    kept = put(service, category="medical_claims", assigned_to="officer:lin", due_at=START + timedelta(days=1))
    put(service)
    able(service, "lin", categories=["counterfeit"])

    assert next_of(service, LIN) == kept


@pytest.mark.parametrize("why", ["off duty", "does not judge"])
def test_a_case_is_not_reassigned_to_who_is_off_duty_or_not_able(service, why):
    case_id = put(service)
    if why == "off duty":
        shift(service, "wang", 8, 17)
    else:
        able(service, "wang", categories=["medical_claims"])

    with pytest.raises(InvalidInput) as refused:
        work_case.reassign_case(service.parts, case_id, to="wang", reason="请你看", caller=LIN, now=service.clock())

    assert why in refused.value.problems[0].problem
    assert case_of(service, case_id).assigned_to is None


def test_a_hand_over_passes_on_what_the_colleague_may_take_and_gives_the_rest_back(service):
    taken, kept = put(service), put(service, assigned_to="officer:lin")
    foreign = put(service, category="medical_claims", assigned_to="officer:lin")
    work_case.claim_case(service.parts, taken, caller=LIN, now=service.clock())
    able(service, "wang", categories=["counterfeit"])

    passed, returned = hand_over(service.parts, note="商家今晚补材料", to="wang", caller=LIN, now=service.clock())

    assert (passed.passed_to, set(passed.case_ids)) == ("officer:wang", {taken, kept})
    assert (returned.passed_to, returned.case_ids, returned.note) == (None, [foreign], "商家今晚补材料")
    assert {case_of(service, each).assigned_to for each in (taken, kept)} == {"officer:wang"}
    assert case_of(service, foreign).assigned_to is None
    assert case_of(service, taken).claimed_by is None
    with service.parts.db.read() as session:
        steps = session.execute(select(AuditRow.action, AuditRow.reason).where(AuditRow.reason == "商家今晚补材料"))
        assert sorted(steps) == [("case.reassign", "商家今晚补材料")] * 2 + [("case.release", "商家今晚补材料")]
        assert {each.id for each in rosters.waiting_for(session, "officer:wang")} == {passed.id, returned.id}
        assert rosters.waiting_for(session, "officer:lin") == []
        assert [each.id for each in rosters.waiting_for(session, "officer:chief")] == [returned.id]


def test_a_colleague_who_may_decide_none_of_it_is_told_of_no_case_as_theirs(service):
    foreign = put(service, category="medical_claims", assigned_to="officer:lin")
    able(service, "wang", categories=["counterfeit"])

    [returned] = hand_over(service.parts, note="请看", to="wang", caller=LIN, now=service.clock())

    assert (returned.passed_to, returned.case_ids) == (None, [foreign])


def test_a_hand_over_is_put_away_by_whom_it_is_for_once(service):
    put(service, assigned_to="officer:lin")
    [made] = hand_over(service.parts, note="", to="wang", caller=LIN, now=service.clock())

    def note(who):
        service.parts.db.write(lambda session: rosters.take_note(session, made.id, who=who, now=service.clock()))

    with pytest.raises(Conflict):
        note("officer:chief")
    note("officer:wang")
    service.clock.advance(minutes=5)
    note("officer:wang")

    with service.parts.db.read() as session:
        assert session.get_one(Handover, made.id).taken_at == START
        assert rosters.waiting_for(session, "officer:wang") == []


@pytest.mark.parametrize("to", ["lin", "nobody", "wang"])
def test_nothing_is_passed_on_to_oneself_to_nobody_or_to_who_is_off_duty(service, to):
    case_id = put(service, assigned_to="officer:lin")
    shift(service, "wang", 8, 17)

    with pytest.raises(InvalidInput):
        hand_over(service.parts, note="x", to=to, caller=LIN, now=service.clock())

    assert case_of(service, case_id).assigned_to == "officer:lin"


def test_what_is_left_ten_minutes_after_a_shift_goes_back_and_overtime_stays(service):
    shift(service, "lin", 9, 18)
    kept, over = put(service, assigned_to="officer:lin"), put(service)
    held_short = put(service, state="held", assigned_to="officer:lin", held_until=START + timedelta(hours=2))
    service.clock.advance(minutes=9)
    assert return_after_shift(service.parts, now=service.clock()) == 0

    work_case.claim_case(service.parts, over, caller=LIN, now=service.clock())  # stayed longer, of their own accord
    service.clock.advance(minutes=2)
    assert return_after_shift(service.parts, now=service.clock()) == 1
    assert return_after_shift(service.parts, now=service.clock()) == 0

    assert case_of(service, kept).assigned_to is None
    assert case_of(service, over).claimed_by == "officer:lin"
    assert case_of(service, held_short).assigned_to == "officer:lin"  # no next shift is known: it stays theirs
    with service.parts.db.read() as session:
        [row] = session.scalars(select(Handover))
        assert (row.officer, row.is_automatic, row.case_ids) == ("officer:lin", True, [kept])


def test_a_held_case_that_ends_before_its_officer_is_back_goes_to_the_others(service):
    shift(service, "lin", 9, 18)
    tomorrow = Shift(ShiftKind.DAY, 9 * 60, 18 * 60, frozenset(), TODAY + timedelta(days=1), TODAY + timedelta(days=1))
    keep_roster.add_shift(service.parts, "lin", tomorrow, by=CHIEF)
    ends_at_night = put(service, state="held", assigned_to="officer:lin", held_until=START + timedelta(hours=5))
    ends_later = put(service, state="held", assigned_to="officer:lin", held_until=START + timedelta(hours=20))
    service.clock.advance(minutes=11)

    return_after_shift(service.parts, now=service.clock())

    assert case_of(service, ends_at_night).assigned_to is None
    assert case_of(service, ends_later).assigned_to == "officer:lin"


def test_rosters_are_made_by_seniors_and_every_change_is_on_record(service):
    with pytest.raises(Forbidden):
        keep_roster.add_shift(service.parts, "lin", Shift(ShiftKind.DAY, 0, 60), by=LIN)
    with pytest.raises(InvalidInput) as refused:
        able(service, "lin", queues=["appeals"], categories=["nothing"])
    made = shift(service, "lin", 9, 18)
    keep_roster.end_shift(service.parts, made.id, by=CHIEF)
    able(service, "lin", queues=["orders"])

    assert [each.field for each in refused.value.problems] == ["queues", "categories"]
    with service.parts.db.read() as session:
        actions = list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))
    assert actions == ["officer.add_shift", "officer.end_shift", "officer.set_skills"]


def test_a_break_is_due_after_the_chosen_minutes_or_severe_cases_and_ends_the_stretch(service):
    def stretch():
        with service.parts.db.read() as session:
            return stretches.stretch_of(session, LIN.name, now=service.clock())

    assert stretch().began_at is None
    for severity in (5, 1, 4):
        case_id = put(service, severity=severity)
        work_case.claim_case(service.parts, case_id, caller=LIN, now=service.clock())
        service.clock.advance(minutes=9)
        decide_case(service.parts, case_id, Said("pass", "属实"), caller=LIN, now=service.clock())

    now = service.clock()
    assert stretch() == stretches.Stretch(START, 2)
    assert stretch().wants_break(Comfort(break_minutes=27, severe_cases=0), now=now)
    assert not stretch().wants_break(Comfort(break_minutes=28, severe_cases=0), now=now)
    assert stretch().wants_break(Comfort(break_minutes=0, severe_cases=2), now=now)
    assert not stretch().wants_break(Comfort(break_minutes=0, severe_cases=3), now=now)

    held = put(service)
    work_case.claim_case(service.parts, held, caller=LIN, now=now)
    assert take_break(service.parts, caller=LIN, now=now) == 1
    assert case_of(service, held).claimed_by is None
    assert stretch() == stretches.Stretch()


def test_ten_minutes_without_a_deed_are_a_break(service):
    for minutes in (9, 10, 3):
        work_case.claim_case(service.parts, put(service), caller=LIN, now=service.clock())
        service.clock.advance(minutes=minutes)

    with service.parts.db.read() as session:
        began_at = stretches.stretch_of(session, LIN.name, now=service.clock()).began_at

    assert began_at == START + timedelta(minutes=19)
