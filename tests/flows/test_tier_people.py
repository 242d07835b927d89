"""Segments of a shop's customers: worked out by the database, equal however they are run, gone with an erasure."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.event import listen, remove

from app.aggregates.past import customer_figures
from app.db import Database
from app.errors import Conflict, InvalidInput
from app.flows.count_people import Pace
from app.flows.erase_person import erase_person
from app.flows.tier_people import pseudonym_of, tier_people
from app.models import Event, EventRoot, Order, PersonSegment, SegmentMove, TierRun, new_id
from app.tiering import runs, store
from app.tiering.figures import figures_of
from app.tiering.runs import Progress
from app.tiering.segments import FIGURES, SCORES, conditions, segment_of
from app.tiering.terms import terms_of
from app.tiering.whose import Whose
from app.values.access import SYSTEM
from app.values.facts import Happened
from app.values.person_names import spellings_of
from app.values.rule_scope import RuleScope
from tests.service import START, make_service, shipped_judge

DAY = timedelta(days=1)
SMALL = Pace(orders=2, refs=2, people=1)


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


@pytest.fixture
def sqlite_service(sqlite_database, judge, tmp_path):
    return make_service(sqlite_database, tmp_path, judge)


def order(buyer, days_ago, paid_fen, *, told_at=START, **columns):
    number = new_id()
    values = {"shop_id": "shop-1", "order_id": number, "subject": number, "version": 1, "updated_at": told_at}
    return Order(**values, buyer_ref=buyer, paid_at=START - days_ago * DAY, paid_fen=paid_fen, **columns)


def activity(person, days_ago, *, told_at=START, **facts):
    at = START - days_ago * DAY
    event = Event(
        id=new_id(),
        source="crm",
        event_id=new_id(),
        kind="person.activity",
        shop_id="shop-1",
        subject=person,
        occurred_at=at,
        happened_at=at,
        received_at=told_at,
        facts={"channel": "live", **facts},
        digest="-",
        actor="test",
    )
    return event, EventRoot(event_pk=event.id, root=f"person:{person}", shop_id="shop-1")


def keep(service, *rows):
    def work(session):
        for row in rows:
            for each in row if isinstance(row, tuple) else (row,):
                session.add(each)
                session.flush()

    service.parts.db.write(work)


def run(service, **more):
    return tier_people(service.parts, "shop-1", by="test", now=service.clock(), **more)


def segments(service):
    with service.parts.db.read() as session:
        rows = session.scalars(select(PersonSegment))
        return {row.person: row.segment for row in rows}


def segment(service, ref):
    return segments(service).get(pseudonym_of(service.parts, ref))


CASES = {
    "high": ("high", [(1, 1_500_000, {})], {"followed_brand_count": 3}),
    "a fen a month short of high": (
        "none",
        [(40, 1_499_997, {})],
        {"followed_brand_count": 3, "interaction_count": 0},
    ),
    "brands never told": ("unknown", [(40, 1_500_000, {})], {"interaction_count": 99}),
    "potential": ("potential", [(40, 300_000, {})], {"interaction_count": 12}),
    "eleven interactions in four weeks": ("none", [(40, 300_000, {})], {"interaction_count": 11}),
    "interactions never told": ("unknown", [(40, 300_000, {})], {"followed_brand_count": 9}),
    "never bought, 89 seconds a visit": ("new", [], {"visit_count": 2, "browse_seconds": 179}),
    "90 seconds a visit": ("none", [], {"visit_count": 2, "browse_seconds": 180}),
    "first order in four visits": ("new", [(1, 100, {})], {"visit_count": 4, "browse_seconds": 4}),
    "first order in three visits": ("none", [(1, 100, {})], {"visit_count": 3, "browse_seconds": 3}),
    "first order before the window": ("none", [(28, 100, {})], {"visit_count": 9, "browse_seconds": 9}),
    "visits without their seconds": ("unknown", [], {"visit_count": 9}),
    "no visit at all": ("unknown", [], {"visit_count": 0, "browse_seconds": 0}),
    "only old orders": ("none", [(90, 9_000_000, {})], {"followed_brand_count": 3}),
    "one within, one at the edge": ("potential", [(89.9, 300_000, {}), (90, 9_000_000, {})], {"interaction_count": 12}),
    "cancelled": ("none", [(40, 1_500_000, {"cancelled_at": START})], {"visit_count": 1, "browse_seconds": 99}),
    "refunded in full": (
        "none",
        [(40, 1_500_000, {"fully_refunded_at": START})],
        {"visit_count": 1, "browse_seconds": 99},
    ),
    "half refunded": ("potential", [(40, 1_500_000, {"refunded_fen": 750_000})], {"interaction_count": 12}),
}


@pytest.fixture(scope="module")
def cases(sqlite_template, judge, tmp_path_factory):
    """One shop in which each case is one person, put into segments once."""
    folder = tmp_path_factory.mktemp("cases")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        service = make_service(database, folder, judge)
        for name, (_, orders, did) in CASES.items():
            bought = (order(name, days, fen, **more) for days, fen, more in orders)
            keep(service, *bought, activity(f"buyer:{name}", 2, **did))
        run(service)
        yield service


@pytest.mark.parametrize("case", CASES)
def test_a_customer_is_put_where_the_strategys_figures_say(cases, case):
    assert segment(cases, case) == CASES[case][0]
    assert segment(cases, f"buyer:{case}") == CASES[case][0]


def test_both_databases_add_up_alike_and_the_moves_are_kept(service):
    keep(service, order("a", 40, 300_000), activity("a", 1, interaction_count=12, followed_brand_count=1))
    first = run(service)
    service.clock.advance(days=1)
    keep(service, order("a", 0, 1_200_000, told_at=service.clock()))
    keep(service, activity("a", 0, told_at=service.clock(), followed_brand_count=3))

    second = run(service)

    assert (first.is_full, second.is_full) == (True, False)
    assert (first.counts, second.counts) == ({"potential": 1}, {"high": 1})
    with service.parts.db.read() as session:
        person = pseudonym_of(service.parts, "a")
        [row] = store.of_person(session, person, SYSTEM)
        assert (row.segment, row.first_segment, row.since_at) == ("high", "potential", service.clock())
        assert (row.order_count, row.spend_fen, row.monthly_spend_fen) == (2, 1_500_000, 500_000)
        assert (row.recency_score, row.frequency_score, row.monetary_score) == (5, 2, 5)
        [move] = store.moves_of(session, "shop-1", person)
        assert (move.from_segment, move.to_segment) == ("potential", "high")
        assert move.figures["followed_brand_count"] == 3


def test_no_reference_of_a_person_stands_in_the_tables_of_segments(sqlite_service):
    keep(sqlite_service, order("buyer-4711", 1, 100))

    run(sqlite_service)

    with sqlite_service.parts.db.read() as session:
        assert "4711" not in str([row.person for row in session.scalars(select(PersonSegment))])


def test_an_erasure_takes_segment_and_history_out_and_no_run_brings_them_back(service):
    keep(service, order("o-1", 40, 300_000), activity("o-1", 1, interaction_count=12), order("o-2", 1, 100))
    run(service)
    service.clock.advance(days=1)
    keep(service, order("o-1", 0, 200, told_at=service.clock(), cancelled_at=START))
    keep(service, activity("o-1", 0, told_at=service.clock(), followed_brand_count=0, interaction_count=40))
    run(service)
    service.client().put("/v1/people/buyer:o-1", json={"shop_id": "shop-1", "fields": {"name": "测试"}})

    erase_person(service.parts, "buyer:o-1", reason="本人要求", caller=SYSTEM, now=service.clock())
    left = segments(service)
    service.clock.advance(hours=1)
    run(service, is_full=True)

    assert left.keys() == {pseudonym_of(service.parts, "o-2")} == segments(service).keys()
    with service.parts.db.read() as session:
        assert not store.moves_of(session, "shop-1", pseudonym_of(service.parts, "o-1"))


def test_who_withdrew_the_consent_to_profiles_is_in_no_segment_until_it_is_given_again(sqlite_service):
    client = sqlite_service.client()
    given = {"scope": ["订单"], "text_version": "v1", "text_digest": "sha256:" + "0" * 64, "channel": "miniprogram"}
    given |= {"given_at": "2026-11-20T20:00:00+08:00", "withdrawal": "设置 - 撤回"}
    keep(sqlite_service, order("o-1", 1, 100))
    counted = []
    for method in ("PUT", "DELETE", "PUT"):
        body = given if method == "PUT" else None
        answer = client.open("/v1/people/buyer:o-1/consents/profiling", method=method, json=body)
        assert answer.status_code < 300
        sqlite_service.clock.advance(hours=1)
        given["given_at"] = sqlite_service.clock().isoformat()
        run(sqlite_service)
        counted.append(len(segments(sqlite_service)))

    assert counted == [1, 0, 1]


def test_a_second_run_beside_the_first_is_refused_and_a_dead_one_is_not_waited_for_for_ever(sqlite_service):
    keep(sqlite_service, order("a", 1, 100))
    run(sqlite_service)

    def leave_running(session):
        session.scalars(select(TierRun)).one().state = "running"

    sqlite_service.parts.db.write(leave_running)
    with pytest.raises(Conflict):
        run(sqlite_service)
    with sqlite_service.parts.db.read() as session:
        [dead] = session.scalars(select(TierRun))
    sqlite_service.clock.advance(minutes=9)
    sqlite_service.parts.db.write(
        lambda session: runs.beat(session, dead, Progress("reading", 1, 2), now=sqlite_service.clock())
    )
    sqlite_service.clock.advance(minutes=9)
    with pytest.raises(Conflict, match="10 minutes"):
        run(sqlite_service)
    sqlite_service.clock.advance(minutes=1)

    assert run(sqlite_service).state == "done"
    with sqlite_service.parts.db.read() as session:
        states = session.execute(select(TierRun.state, TierRun.stage, TierRun.done_count).order_by(TierRun.id))
        assert states.all() == [("failed", "reading", 1), ("done", "writing", 1)]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_run_ahead_of_now_or_behind_the_last_one_is_refused(sqlite_service, hours):
    run(sqlite_service)

    with pytest.raises(InvalidInput):
        run(sqlite_service, as_of=START + timedelta(hours=hours))


def test_other_numbers_make_the_next_run_a_full_one(sqlite_service):
    keep(sqlite_service, order("a", 1, 100))
    first = run(sqlite_service)

    def forge(session):
        session.get_one(TierRun, first.id).terms_digest = "sha256:other"

    sqlite_service.parts.db.write(forge)
    sqlite_service.clock.advance(hours=1)

    assert run(sqlite_service).is_full


TOLD = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from([0, 1, 7, 8, 27, 28, 29, 60, 61, 89, 90, 91]),
    st.sampled_from([50, 99_999, 300_000, 1_499_999, 1_500_000]),
    st.one_of(
        st.none(),
        st.dictionaries(
            st.sampled_from(["interaction_count", "visit_count", "browse_seconds", "followed_brand_count"]),
            st.integers(0, 20),
        ),
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rounds=st.lists(
        st.tuples(st.lists(TOLD, max_size=5), st.sampled_from([1, 6, 24, 100, 700])), min_size=2, max_size=5
    )
)
def test_run_after_run_of_what_changed_ends_where_one_run_over_everything_does(sqlite_service, rounds):
    _empty(sqlite_service)
    sqlite_service.clock.at = START
    for told, hours in rounds:
        keep(sqlite_service, *(_told(sqlite_service, *each) for each in told))
        run(sqlite_service, pace=SMALL)
        sqlite_service.clock.advance(hours=hours)
    run(sqlite_service, pace=SMALL)
    stepwise = _standing(sqlite_service)
    _empty(sqlite_service, PersonSegment, SegmentMove, TierRun)

    run(sqlite_service, is_full=True)

    assert stepwise == _standing(sqlite_service)


def _told(service, person, days, fen, did):
    now = service.clock()
    ago = (START - now) / DAY + days
    if did is None:
        return order(person, ago, fen, told_at=now)
    return activity(person, ago, told_at=now, **did)


def _standing(service):
    names = ("segment", "first_paid_at", "last_paid_at", *FIGURES, *SCORES)
    with service.parts.db.read() as session:
        rows = session.scalars(select(PersonSegment))
        return {row.person: tuple(getattr(row, name) for name in names) for row in rows}


def _empty(service, *models):
    def work(session):
        for model in models or (PersonSegment, SegmentMove, TierRun, Order, EventRoot, Event):
            session.execute(delete(model))

    service.parts.db.write(work)


def world(service):
    """41 people with what they bought and did, at and around every border."""
    told = [(f"p{number % 37}", number % 91, 10_007 * number % 1_600_000, None) for number in range(300)]
    told += [(f"p{n % 41}", n % 28, 0, {"interaction_count": n % 9, "visit_count": n % 4}) for n in range(150)]
    told += [(f"p{n % 23}", n % 28, 0, {"visit_count": 2, "browse_seconds": n * 7 % 400}) for n in range(60)]
    told += [(f"p{n % 17}", n % 300, 0, {"followed_brand_count": n % 5}) for n in range(60)]
    for n, fen in enumerate((1_500_000, 1_499_997, 300_000, 299_997)):  # a month 5,000 yuan, 1,000 yuan, a fen less
        told += [(f"border{n}", 60, fen, None), (f"border{n}", 1, 0, {"followed_brand_count": 3 - n % 2})]
        told += [(f"border{n}", 3, 0, {"interaction_count": 12 - n % 2})]
    told += [(f"edge{n}", 1, 0, {"visit_count": 2, "browse_seconds": 179 + n}) for n in range(2)]
    keep(service, *(_told(service, *each) for each in told))
    return told


def test_the_whole_at_once_says_what_each_person_alone_and_plain_python_say(sqlite_service):
    told = world(sqlite_service)
    terms = terms_of(sqlite_service.parts.live.current.engine.policy(RuleScope("shop-1")))

    run(sqlite_service)

    spent = {}
    for person, days, fen, did in told:
        if did is None:
            count, sum_fen = spent.get(person, (0, 0))
            spent[person] = (count + 1, sum_fen + fen) if days < 90 else (count, sum_fen)
    with sqlite_service.parts.db.read() as session:
        rows = {row.person: row for row in session.scalars(select(PersonSegment))}
        assert session.scalar(select(func.count()).select_from(PersonSegment)) == 47
    for number in range(41):
        row = rows[pseudonym_of(sqlite_service.parts, f"p{number}")]
        figures = {name: getattr(row, name) for name in (*FIGURES, "first_paid_at")}
        assert segment_of(conditions(figures, as_of=START, terms=terms)) == row.segment
        assert (row.order_count, row.spend_fen) == spent.get(f"p{number}", (0, 0))
        assert row.monthly_spend_fen == row.spend_fen * 30 // 90


def test_the_whole_at_once_and_the_rules_of_the_pack_judge_everybody_alike(sqlite_service):
    people = sorted({person for person, *_ in world(sqlite_service)})
    judge = sqlite_service.parts.live.current
    policy = judge.engine.policy(RuleScope("shop-1"))
    run(sqlite_service, pace=SMALL)

    def judged(session, person, tier):
        """What S1-01, S1-10 and S1-20 say where this tier is claimed: that it holds, does not, or cannot be told."""
        event = Happened("profile.tier_assign", "?", "?", "shop-1", person, START, {"tier": tier})
        facts = {"tier": tier, **customer_figures.work_out(session, event, {}, policy)}
        said = judge.engine.evaluate("profile.tier_assign", facts, now=START, scope=RuleScope("shop-1"))
        return None if said.doubts or any(each.missing for each in said.firings) else not said.firings

    by_rules, standing = {}, segments(sqlite_service)
    with sqlite_service.parts.db.read() as session:
        for person in people:
            claims = ((tier, judged(session, person, tier)) for tier in ("high", "potential", "new"))
            tier, holds = next((claim for claim in claims if claim[1] is not False), ("none", True))
            by_rules[pseudonym_of(sqlite_service.parts, person)] = "unknown" if holds is None else tier

    assert by_rules == standing
    assert {*standing.values()} == {"high", "potential", "new", "none", "unknown"}


def test_however_small_the_pieces_they_add_up_to_the_same(service):
    world(service)
    keep(service, order("buyer:p1", 3, 1_400_000), activity("buyer:p2", 1, interaction_count=7, followed_brand_count=9))
    run(service)
    whole = _standing(service)
    _empty(service, PersonSegment, SegmentMove, TierRun)
    heard = []

    run(service, pace=Pace(orders=40, people=5), told=heard.append)

    assert _standing(service) == whole
    assert [each.done for each in heard if each.stage == "writing"] == [*range(5, 47, 5), 47]
    pieces = {each.total for each in heard if each.stage == "reading"}
    assert len(pieces) == 1
    assert min(pieces) > 5


def test_a_run_that_dies_half_way_is_gone_on_with_and_nobody_moves_twice(service):
    keep(service, *(order(f"p{n}", 40, 300_000) for n in range(6)))
    keep(service, *(activity(f"p{n}", 1, interaction_count=12) for n in range(6)))
    run(service)
    service.clock.advance(hours=1)
    keep(service, *(order(f"p{n}", 0, 1_500_000, told_at=service.clock()) for n in range(6)))
    keep(service, *(activity(f"p{n}", 0, told_at=service.clock(), followed_brand_count=3) for n in range(6)))

    def die_after_two(progress):
        if progress.stage == "writing" and progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(service, pace=SMALL, told=die_after_two)
    half = sorted(segments(service).values())
    again = run(service, pace=SMALL)

    assert half == ["high"] * 2 + ["potential"] * 4
    assert (again.counts, again.moved_count) == ({"high": 6}, 4)
    with service.parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(SegmentMove)) == 6
        assert [row.state for row in session.scalars(select(TierRun).order_by(TierRun.id))] == [
            "done",
            "failed",
            "done",
        ]


def test_who_is_erased_while_a_run_writes_does_not_come_back_with_it(sqlite_service):
    keep(sqlite_service, *(order(f"p{n}", 1, 100) for n in range(3)))
    client = sqlite_service.client()
    for n in range(3):
        client.put(f"/v1/people/buyer:p{n}", json={"shop_id": "shop-1", "fields": {"name": "测试"}})

    def erase_everybody_once(progress):
        if progress.stage == "reading" and progress.done == progress.total:
            for n in range(2):
                erase_person(
                    sqlite_service.parts, f"buyer:p{n}", reason="本人要求", caller=SYSTEM, now=sqlite_service.clock()
                )

    done = run(sqlite_service, told=erase_everybody_once)

    assert segments(sqlite_service).keys() == {pseudonym_of(sqlite_service.parts, "p2")}
    assert sum(done.counts.values()) == 1


def test_a_person_is_looked_up_and_not_searched_for_among_everybody(sqlite_service):
    """SQLite takes the wrong index gladly: asked that there is a buyer, or of a shop's events, it reads all of them."""
    db, asked = sqlite_service.parts.db, []
    terms = terms_of(sqlite_service.parts.live.current.engine.policy(RuleScope("shop-1")))

    def keep_statement(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    listen(db.engine, "before_cursor_execute", keep_statement)
    with db.read() as session:
        figures_of(session, Whose("shop-1", START, spellings_of(f"p{n}" for n in range(100))), terms)
    remove(db.engine, "before_cursor_execute", keep_statement)

    with db.engine.connect() as connection:
        plans = [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            for statement, parameters in asked
        ]
    assert [[step for step in plan if "orders" in step] for plan in plans if "orders" in str(plan)] == [
        ["SEARCH orders USING COVERING INDEX ix_orders_by_buyer (shop_id=? AND buyer_ref=? AND paid_at<?)"]
    ]
    assert "SEARCH event USING INDEX sqlite_autoindex_event_1 (id=?)" in str(plans)
    assert "SCAN" not in str(plans)
