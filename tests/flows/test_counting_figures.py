"""Counts of hours and days: made once, made again without a change, and the same whatever was counted when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app import audit, migrate
from app.figures import kept
from app.figures.counting import count_hour
from app.figures.kept import WEEK, Count, pieces, week_starts_at
from app.flows.count_figures import count_figures, recount_figures
from app.models import Deadline, FigureCount, new_id
from app.values.access import SYSTEM, Caller
from app.values.china_days import day_of
from tests.factories import make_case, make_content, make_screening
from tests.service import START, make_service

HOUR = timedelta(hours=1)
FIGURES = (
    "screened",
    "decided",
    "opened",
    "sla",
    "rule",
    "fired",
    "flagged",
    "officer",
    "handled",
    "dispatch",
    "waited",
)


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


def act(session, action, case, *, at, actor="officer:lin", **details):
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="case",
        object_id=case.id,
        shop_id=case.shop_id,
        details=details,
        now=at,
    )


def put(session, *, at, shop="shop-1", fired=(), outcome=None, decided_after=HOUR, category="absolute_terms", due=2):
    """A screened content with its case, decided where an outcome is named."""
    content = make_content(session, shop_id=shop)
    screening = make_screening(session, content, created_at=at, took_us=900)
    audit.record(
        session,
        actor="key:hook",
        action="content.screen",
        object_type="screening",
        object_id=screening.id,
        shop_id=shop,
        details={"fired": list(fired)},
        now=at,
    )
    case = make_case(session, screening, category=category, opened_at=at, due_at=at + due * HOUR)
    if outcome is not None:
        act(session, "case.claim", case, at=at + decided_after - timedelta(minutes=5))
        act(session, "case.decide", case, at=at + decided_after, outcome=outcome, due_at=case.due_at.isoformat())
    return case


def read(service, *, since, until, caller=SYSTEM, shop_id=None):
    with service.parts.db.read() as session:
        return kept.read(session, FIGURES, caller=caller, shop_id=shop_id, since=since, until=until)


def rows(service):
    with service.parts.db.read() as session:
        found = session.scalars(select(FigureCount))
        return {(each.grain, each.at, each.figure, each.shop_id, each.key, each.side): each.count for each in found}


def test_what_was_decided_is_counted_by_category_rule_officer_and_time_limit(service):
    def work(session):
        put(session, at=START, fired=["S2-05"], outcome="pass")
        put(session, at=START, fired=["S2-05", "S3-01"], outcome="block", decided_after=3 * HOUR)
        put(session, at=START, category="doubt", outcome="pass")

    service.parts.db.write(work)
    count_figures(service.parts, now=START + 4 * HOUR)

    counts = read(service, since=START, until=START + 5 * HOUR)

    assert counts[Count("screened", "review", "")] == 3
    assert counts[Count("fired", "S2-05", "")] == 2
    assert {each.side: number for each, number in counts.items() if each[:2] == ("decided", "absolute_terms")} == {
        "pass": 1,
        "block": 1,
    }
    assert counts[Count("rule", "S2-05", "pass")] == counts[Count("rule", "S2-05", "block")] == 1
    assert counts[Count("sla", "content", "kept")] == 2
    assert counts[Count("sla", "content", "missed")] == 1
    assert {each.key: number for each, number in counts.items() if each.figure == "flagged"} == {"pass": 1, "block": 1}
    assert counts[Count("officer", "officer:lin", "pass")] == 2
    assert counts[Count("handled", "officer:lin", "seconds")] == 3 * 300


def test_counting_twice_or_again_changes_nothing(service):
    service.parts.db.write(lambda session: put(session, at=START, outcome="pass"))
    count_figures(service.parts, now=START + 2 * HOUR)
    once = rows(service)

    count_figures(service.parts, now=START + 2 * HOUR)
    done = recount_figures(service.parts, since=START, until=START + 2 * HOUR)

    assert done == 2
    assert once
    assert rows(service) == once


def test_what_was_not_counted_while_nobody_worked_is_caught_up(service):
    def work(session):
        for hours in (0, 10, 25):
            put(session, at=START + hours * HOUR, outcome="pass")

    service.parts.db.write(work)
    while not count_figures(service.parts, now=START + 27 * HOUR, seconds=0):
        pass

    assert read(service, since=START, until=START + 27 * HOUR)[Count("screened", "review", "")] == 3


def test_a_span_read_by_days_and_hours_is_the_sum_of_its_hours(service):
    def work(session):
        for hours in range(0, 33, 3):
            put(session, at=START + hours * HOUR, shop=f"shop-{hours % 2}", outcome="pass")

    service.parts.db.write(work)
    count_figures(service.parts, now=START + 36 * HOUR, seconds=60)
    until = START + 31 * HOUR

    with service.parts.db.read() as session:
        wanted = {"caller": SYSTEM, "shop_id": None, "since": START, "until": until}
        by_hour = kept.read_steps(session, FIGURES, **wanted, step="hour")
    whole = sum((each for each in by_hour.values()), start=kept.Counts())

    assert read(service, since=START, until=until) == whole
    assert {each.grain for each in pieces(START, until)} == {"hour", "day"}


def test_an_officer_bound_to_shops_sees_the_counts_of_those(service):
    def work(session):
        put(session, at=START, shop="shop-1", outcome="pass")
        put(session, at=START, shop="shop-2", outcome="pass")

    service.parts.db.write(work)
    count_figures(service.parts, now=START + 2 * HOUR)
    bound = Caller("1", "officer:lin", frozenset({"officer"}), frozenset({"shop-1"}))
    span = {"since": START, "until": START + 2 * HOUR}
    about = Count("screened", "review", "")

    assert read(service, **span)[about] == 2
    assert read(service, **span, caller=bound)[about] == 1
    assert read(service, **span, caller=bound, shop_id="shop-2")[about] == 0


def test_dispatch_deadlines_moved_by_late_events_are_right_after_counting_again(service):
    def work(session):
        row = Deadline(
            id=new_id(),
            shop_id="shop-1",
            root="order:o",
            kind="order.overdue",
            name="dispatch",
            subject_type="order",
            subject="o",
            state="passed",
            due_at=START,
            created_at=START,
        )
        session.add(row)
        session.flush()
        return row.id

    deadline = service.parts.db.write(work)
    count_figures(service.parts, now=START + 2 * HOUR)
    before = read(service, since=START, until=START + HOUR)

    service.parts.db.write(lambda session: setattr(session.get_one(Deadline, deadline), "state", "met"))
    recount_figures(service.parts, since=START, until=START + HOUR)
    after = read(service, since=START, until=START + HOUR)

    assert before[Count("dispatch", "passed", "")] == 1
    assert after[Count("dispatch", "met", "")] == 1
    assert after[Count("dispatch", "passed", "")] == 0


def test_a_span_is_cut_into_whole_days_in_china_and_the_hours_around_them():
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)  # the 23rd in China

    cut = [(each.grain, each.since, each.until) for each in pieces(midnight - HOUR, midnight + 26 * HOUR)]

    assert cut == [
        ("hour", midnight - HOUR, midnight),
        ("day", midnight, midnight + 24 * HOUR),
        ("hour", midnight + 24 * HOUR, midnight + 26 * HOUR),
    ]


def count_week_by_week(service, *, weeks):
    """A case every other day for so many weeks, counted as they passed: only the hours in which something happened."""
    monday = week_starts_at(day_of(START))
    until = monday + weeks * WEEK + 2 * HOUR
    hours = [monday + timedelta(days=days, hours=5) for days in range(0, 7 * weeks, 2)]

    def work(session):
        for number, hour in enumerate(hours):
            put(session, at=hour, shop=f"shop-{number % 2}")
        session.flush()
        ends = [monday + week * WEEK - HOUR for week in range(1, weeks + 1)]
        for hour in sorted([*hours, *ends]):
            kept.write_hour(session, hour, count_hour(session, hour))
            kept.set_mark(session, through_at=hour + HOUR, counted_at=until, took_ms=1)
        kept.set_mark(session, through_at=until, counted_at=until, took_ms=1)

    service.parts.db.write(work)
    return monday, until


SCREENED = Count("screened", "review", "")


def test_a_quarter_is_read_by_weeks_that_are_over_and_tells_what_its_days_tell(service):
    monday, until = count_week_by_week(service, weeks=3)
    since = monday + timedelta(days=4)

    with service.parts.db.read() as session:
        by_day = kept.read_steps(
            session, FIGURES, caller=SYSTEM, shop_id=None, since=since, until=until - 2 * HOUR, step="day"
        )
        rows_of_weeks = session.scalars(select(FigureCount.at).where(FigureCount.grain == "week").distinct()).all()
    whole = sum((each for each in by_day.values()), start=kept.Counts())

    assert read(service, since=since, until=until) == whole
    assert whole[SCREENED] == 9
    assert read(service, since=monday, until=until, shop_id="shop-1")[SCREENED] == 5
    assert sorted(rows_of_weeks) == [monday, monday + WEEK, monday + 2 * WEEK]
    assert {each.grain for each in pieces(since, until, weeks_until=until)} == {"hour", "day", "week"}


def test_an_hour_of_a_week_that_is_over_changes_that_week_when_counted_again(service):
    monday, until = count_week_by_week(service, weeks=1)
    before = read(service, since=monday, until=until)[SCREENED]

    service.parts.db.write(lambda session: put(session, at=monday + 30 * HOUR))
    recount_figures(service.parts, since=monday + 30 * HOUR, until=monday + 31 * HOUR)

    assert read(service, since=monday, until=until)[SCREENED] == before + 1


def test_a_week_an_older_version_left_without_a_sum_gets_one_with_the_next_hour(service):
    monday, until = count_week_by_week(service, weeks=1)
    before = read(service, since=monday, until=until)
    service.parts.db.write(lambda session: session.execute(delete(FigureCount).where(FigureCount.grain == "week")))

    count_figures(service.parts, now=until + HOUR)

    assert before[SCREENED] == 4
    assert read(service, since=monday, until=until) == before


def test_the_running_week_is_read_by_its_days():
    monday = week_starts_at(day_of(START))
    until = monday + 10 * timedelta(days=1)

    over = [(each.grain, each.since) for each in pieces(monday, until, weeks_until=until)]
    running = {each.grain for each in pieces(monday, until, weeks_until=monday + timedelta(days=6))}

    assert over == [("week", monday), ("day", monday + WEEK)]
    assert running == {"day"}


def test_upgrading_adds_up_the_weeks_that_are_over_as_counting_does(service):
    monday, until = count_week_by_week(service, weeks=2)
    counted = rows(service)
    database = service.parts.db

    migrate.downgrade(database, "0033")
    without = rows(service)
    migrate.upgrade(database)

    assert {key[0] for key in without} == {"hour", "day", "bare"}
    assert rows(service) == counted
    assert {key[1] for key in counted if key[0] == "week"} == {monday, monday + WEEK}
    assert until > monday + 2 * WEEK
