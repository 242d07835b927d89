"""A backtest over a real database: right figures, a killed worker, a cancelled run, nothing personal kept."""

from __future__ import annotations

import gzip
import itertools
from collections import Counter
from datetime import timedelta

import orjson
import pytest
from kill.children import child_at
from sqlalchemy import select, text, update

from app import queue
from app.backtesting import rows
from app.errors import BadDefinition, Conflict, Forbidden, InvalidInput, NotFound
from app.flows.backtest_answer import backtest_answer
from app.flows.decide_case import decide_case
from app.flows.start_backtest import cancel_backtest, start_backtest
from app.flows.work_backtest import work_backtest
from app.models import Backtest, Case, DataKey, QueueRow
from app.review.cases import Said
from app.values.access import Caller, Scope
from tests.backtests import CANARY, EVERYONE, asked, candidate_files, judged_by_hand, screen_week
from tests.service import START, make_service
from tests.working import work


@pytest.fixture
def service(database, few_judge, tmp_path, few):
    return make_service(database, tmp_path, few_judge, **few)


@pytest.fixture
def sqlite_service(sqlite_database, few_judge, tmp_path, few):
    return make_service(sqlite_database, tmp_path, few_judge, **few)


def start(service, **more):
    return start_backtest(service.parts, asked(service, **more), caller=EVERYONE, now=service.clock())


def answer_of(service, backtest_id):
    with service.parts.db.read() as session:
        run = rows.find(session, backtest_id, caller=EVERYONE)
        return backtest_answer(session, run, is_whole=True, caller=EVERYONE)


def work_one_page(service, clock):
    """Claim and work one page; ``clock`` decides how long it is."""
    now = service.clock()
    [claim] = service.parts.db.write(lambda session: queue.claim(session, worker="w", now=now, limit=1))
    work_backtest(service.parts, claim, now=now, clock=clock)


def hurried():
    """A clock after whose second look the page's time is over: a page of one portion."""
    return itertools.count(0, 10).__next__


def decide_some(service):
    """An officer decides every case: national-grade goods are fine, the rest is not. Outcomes by screening."""
    outcomes = {}
    with service.parts.db.read() as session:
        cases = session.scalars(select(Case)).all()
    for number, case in enumerate(cases):
        outcome = ("pass", "block", "label")[number % 3]
        decide_case(service.parts, case.id, Said(outcome, "看过"), caller=EVERYONE, now=service.clock())
        outcomes[case.screening_id] = outcome
    return outcomes


def test_every_figure_equals_a_small_independent_count(service, tmp_path):
    screened = screen_week(service)
    outcomes = decide_some(service)
    after = judged_by_hand(screened, tmp_path / "hand")
    before = [orjson.loads(body) for _, body in screened]

    backtest_id = start(service, proposed=candidate_files())
    work(service)
    answer = answer_of(service, backtest_id)
    result = answer["result"]

    assert answer["state"] == "done"
    assert answer["progress"] == {"done": 120, "total": 120}
    assert (result["looked_at"], result["unreadable"]) == (120, 0)
    moved = Counter((old["decision"], new.decision.value) for old, new in zip(before, after, strict=True))
    assert {(cell["before"], cell["after"]): cell["count"] for cell in result["decisions"]} == moved
    assert result["changed"] == sum(count for (old, new), count in moved.items() if old != new) > 20
    fired = Counter(firing["rule"] for old in before for firing in old["firings"])
    assert {each["rule"]: each["before"]["fired"] for each in result["rules"] if each["before"]["fired"]} == fired
    for measure, is_shadow in (("fired", False), ("would_fire", True)):
        now = Counter(firing.rule for new in after for firing in new.firings if firing.shadow is is_shadow)
        assert {each["rule"]: each["after"][measure] for each in result["rules"] if each["after"][measure]} == now
    statuses = {each["rule"]: each["status"] for each in result["rules"]}
    assert (statuses["S2-05"], statuses["S2-06"], statuses["S9-01"]) == ("live", "shadow", "draft")
    words = Counter(
        (hit.wordlist, hit.word) for new in after for hit in {(h.wordlist, h.word): h for h in new.hits}.values()
    )
    assert {(each["wordlist"], each["word"]): each["after"] for each in result["words"] if each["after"]}.items() <= (
        words.items()
    )
    assert next(each for each in result["words"] if each["word"] == "晨雾牌")["before"] == 0

    decided = [
        (old["decision"], new.decision.value, outcomes[old["screening_id"]])
        for old, new in zip(before, after, strict=True)
        if old["screening_id"] in outcomes
    ]
    upheld = [each for each in decided if each[2] != "pass"]
    officers = result["officers"]
    assert (officers["decided"], officers["upheld"]) == (len(decided), len(upheld))
    for at, side in enumerate(("before", "after")):
        stopped = [each for each in decided if each[at] != "pass"]
        right = [each for each in stopped if each[2] != "pass"]
        assert officers[side]["precision_bp"] == len(right) * 10_000 // len(stopped)
        assert officers[side]["recall_bp"] == len(right) * 10_000 // len(upheld)
    by_rule = Counter(
        (firing["rule"], outcomes[old["screening_id"]] != "pass")
        for old in before
        for firing in old["firings"]
        if old["screening_id"] in outcomes
    )
    for each in result["rules"]:
        assert each["before"]["upheld"] == by_rule[each["rule"], True]
        assert each["before"]["decided"] == by_rule[each["rule"], True] + by_rule[each["rule"], False]


def test_a_sample_says_what_made_the_difference(service):
    screen_week(service)
    backtest_id = start(service, proposed=candidate_files())
    work(service)

    samples = answer_of(service, backtest_id)["result"]["samples"]

    added = next(each for each in samples if (each["before"], each["after"]) == ("pass", "review"))
    assert added["words"] == [{"wordlist": "trial", "word": "晨雾牌", "before": None, "after": "review"}]
    dropped = next(each for each in samples if "国家级" in each["excerpt"])
    assert {"rule": "S2-05", "before": "block", "after": None} in dropped["rules"]


def test_the_same_candidate_is_taken_from_files_and_from_a_stored_snapshot(service):
    from app import snapshots

    screen_week(service, 60)
    files = candidate_files()
    ids = service.parts.db.write(
        lambda session: {
            kind: snapshots.store(session, kind, files[kind], summary={}, by="test", now=START) for kind in files
        }
    )

    by_files, by_ids = start(service, proposed=files), start(service, proposed=ids)
    work(service)

    assert by_files != by_ids
    assert answer_of(service, by_files)["result"] == answer_of(service, by_ids)["result"]


def test_a_candidate_that_is_what_is_in_force_changes_nothing(service):
    screen_week(service, 60)
    active = {"rules": service.parts.live.current.rules_id}

    backtest_id = start(service, proposed=active)
    work(service)

    result = answer_of(service, backtest_id)["result"]
    assert (result["looked_at"], result["changed"], result["samples"], result["words"]) == (60, 0, [], [])


def test_a_rule_that_starts_next_year_is_tried_as_if_it_had_started(service):
    screen_week(service, 40)
    files = candidate_files()["rules"]
    head, rule, rest = files["content/pack.yaml"].partition("- id: S2-05\n")
    starting = rest.replace("from: 2015-09-01, review_by: 2027-02-01", "from: 2099-01-01, review_by: 2100-01-01", 1)
    pack = head + rule + starting
    backtest_id = start(service, proposed={"rules": files | {"content/pack.yaml": pack}})
    work(service)

    rules = {each["rule"]: each for each in answer_of(service, backtest_id)["result"]["rules"]}
    assert rules["S2-05"]["after"]["fired"] == rules["S2-05"]["before"]["fired"] > 0


def test_a_list_that_starts_next_year_is_tried_as_if_it_had_started(sqlite_service):
    service = sqlite_service
    screen_week(service, 40)
    words = candidate_files()["wordlists"]
    later = words["trial.txt"].replace("# owner", "# valid_from: 2099-01-01\n# owner")

    ids = [start(service, proposed={"wordlists": words | {"trial.txt": text}}) for text in (words["trial.txt"], later)]
    work(service)

    now, then = (answer_of(service, backtest_id)["result"] for backtest_id in ids)
    assert now["changed"] > 0
    assert then == now


def test_an_exemption_that_starts_later_is_tried_as_if_it_had_started(sqlite_service):
    service = sqlite_service
    screened = screen_week(service, 40)
    words = candidate_files()["wordlists"]
    entry = "shop: shop-1, word: 晨雾牌, reason: 商标, basis: 注册证, approved_by: test"
    later = f"{entry}, valid_from: 2027-01-01, valid_to: 2028-01-01"

    backtest_id = start(service, proposed={"wordlists": words | {"exemptions.yaml": f"- {{{later}}}\n"}})
    work(service)

    found = answer_of(service, backtest_id)["result"]["words"]
    holding = [content for content, _ in screened if "晨雾牌" in content.fields["text"]]
    others = [content for content in holding if content.shop_id != "shop-1"]
    assert next(each["after"] for each in found if each["word"] == "晨雾牌") == len(others) < len(holding)


def test_only_the_period_and_the_shops_asked_for_are_looked_at(service):
    screened = screen_week(service, 60)
    from_at, to_at = START + timedelta(minutes=10), START + timedelta(minutes=40)

    backtest_id = start(service, from_at=from_at, to_at=to_at, shop_ids=("shop-1", "shop-3"))
    work(service)

    inside = [content for content, _ in screened[10:40] if content.shop_id in {"shop-1", "shop-3"}]
    assert answer_of(service, backtest_id)["result"]["looked_at"] == len(inside)


def test_a_limit_looks_at_about_so_many_and_passes_all(service):
    screen_week(service, 100)

    backtest_id = start(service, most=50)
    work(service)

    answer = answer_of(service, backtest_id)
    assert answer["progress"] == {"done": 100, "total": 100}
    assert 30 < answer["result"]["looked_at"] < 70


@pytest.mark.parametrize("killed_at", [1])
def test_a_run_whose_worker_is_killed_ends_like_an_undisturbed_one(service, tmp_path, killed_at):
    screen_week(service, 320)
    undisturbed = start(service)
    work(service)
    disturbed = start(service)

    with child_at("stop_in_page", service.parts.db.url, str(tmp_path), service.clock().isoformat(), str(killed_at)) as (
        child,
        line,
    ):
        assert line == str(killed_at)
        child.kill()
        child.wait(10)
    halfway = answer_of(service, disturbed)
    work(service)
    assert answer_of(service, disturbed)["progress"] == halfway["progress"], "the dead worker's lease still runs"
    service.clock.advance(seconds=61)
    work(service)

    assert halfway["state"] == "running"
    assert halfway["progress"]["done"] == 100 * killed_at
    ended = answer_of(service, disturbed)
    assert ended["state"] == "done"
    assert ended["result"] == answer_of(service, undisturbed)["result"]
    with service.parts.db.read() as session:
        attempts = dict(session.execute(select(QueueRow.slot_key, QueueRow.attempts)).all())
    assert attempts[f"backtest:{disturbed}:{killed_at}"] == 2


def test_a_page_that_two_workers_worked_is_counted_once(service):
    screen_week(service, 120)
    backtest_id = start(service)
    now = service.clock()
    [slow] = service.parts.db.write(lambda session: queue.claim(session, worker="slow", now=now, limit=1))
    service.clock.advance(seconds=61)

    work(service)
    work_backtest(service.parts, slow, now=service.clock())

    assert answer_of(service, backtest_id)["result"]["looked_at"] == 120


def test_a_cancelled_run_stays_cancelled(service):
    screen_week(service, 120)
    backtest_id = start(service)
    work_one_page(service, hurried())
    now = service.clock()
    [claim] = service.parts.db.write(lambda session: queue.claim(session, worker="w", now=now, limit=1))

    cancel_backtest(service.parts, backtest_id, caller=EVERYONE, now=service.clock())
    work_backtest(service.parts, claim, now=service.clock())
    service.clock.advance(hours=1)
    work(service)
    cancel_backtest(service.parts, backtest_id, caller=EVERYONE, now=service.clock())

    answer = answer_of(service, backtest_id)
    assert (answer["state"], answer["result"]) == ("cancelled", None)
    assert answer["progress"] == {"done": 100, "total": 120}
    with service.parts.db.read() as session:
        waiting = session.scalars(select(QueueRow.id).where(QueueRow.kind == "backtest", QueueRow.state != "done"))
        assert list(waiting) == []


def test_a_run_cancelled_while_a_page_is_at_work_does_not_take_the_page(service):
    screen_week(service, 120)
    backtest_id = start(service)
    looks = iter([0.0])

    def cancel_meanwhile():
        for look in looks:
            return look
        cancel_backtest(service.parts, backtest_id, caller=EVERYONE, now=service.clock())
        return 100.0

    work_one_page(service, cancel_meanwhile)
    work(service)

    answer = answer_of(service, backtest_id)
    assert (answer["state"], answer["progress"]["done"]) == ("cancelled", 0)


def test_what_is_done_cannot_be_cancelled(service):
    screen_week(service, 5)
    backtest_id = start(service)
    work(service)

    with pytest.raises(Conflict):
        cancel_backtest(service.parts, backtest_id, caller=EVERYONE, now=service.clock())

    assert answer_of(service, backtest_id)["state"] == "done"


def test_a_page_that_fails_for_good_shows_as_failed(service):
    screen_week(service, 5)
    backtest_id = start(service)
    service.parts.db.write(
        lambda session: session.execute(update(Backtest).values(rules_snapshot="sha256:" + "0" * 64, candidate=None))
    )
    for _ in range(8):
        work(service)
        service.clock.advance(hours=2)

    answer = answer_of(service, backtest_id)
    assert (answer["state"], answer["result"]) == ("failed", None)
    assert answer["error"] == "page 1 failed on every attempt"


def test_no_personal_data_is_kept_in_the_run_or_shown_in_the_result(service):
    screened = screen_week(service, 60)
    assert any(CANARY in content.fields["text"] for content, _ in screened)
    backtest_id = start(service)
    work(service)

    with service.parts.db.read() as session:
        kept = session.execute(text("SELECT * FROM backtest")).all()
        queued = session.execute(text("SELECT * FROM queue_row")).all()
        run = session.get(Backtest, backtest_id)
    result = answer_of(service, backtest_id)["result"]
    assert any("139****4321" in sample["excerpt"] for sample in result["samples"])
    for told in (repr(kept), repr(queued), repr(run.tally), repr(result), gzip.decompress(run.candidate).decode()):
        assert CANARY not in told
        assert CANARY[3:] not in told
    assert "excerpt" not in repr(run.tally)


def test_contents_of_an_erased_person_are_counted_as_unreadable(service):
    screened = screen_week(service, 60)
    erased = f"author:{next(c.author_id for c, _ in screened if CANARY in c.fields['text'])}"
    sealed = sum(CANARY in c.fields["text"] and c.person == erased for c, _ in screened)
    service.parts.db.write(
        lambda session: session.execute(
            update(DataKey).where(DataKey.person == erased).values(wrapped=None, shredded_at=START)
        )
    )

    backtest_id = start(service)
    work(service)

    result = answer_of(service, backtest_id)["result"]
    assert (result["unreadable"], result["looked_at"]) == (sealed, 60 - sealed)


def test_a_bad_candidate_is_refused_at_once_with_its_places(service):
    files = candidate_files()["rules"]
    bad = files["content/pack.yaml"].replace("absolute_term_basis is None", "absolute_term_bassis is None")

    with pytest.raises(BadDefinition) as refused:
        start(service, proposed={"rules": files | {"content/pack.yaml": bad}}, from_at=START - timedelta(days=2))

    assert refused.value.problems[0].field.startswith("rules/content/pack.yaml:")
    with service.parts.db.read() as session:
        assert session.scalars(select(Backtest)).all() == []


def test_what_cannot_be_run_is_refused(service):
    screen_week(service, 2)
    wordlists = service.parts.live.current.wordlists_id

    with pytest.raises(InvalidInput, match="candidate"):
        start(service, proposed={})
    with pytest.raises(InvalidInput, match="period"):
        start(service, from_at=service.clock())
    with pytest.raises(NotFound):
        start(service, proposed={"rules": wordlists})
    with pytest.raises(NotFound):
        start(service, proposed={"rules": "sha256:" + "1" * 64})
    bound = Caller("b", "bound", frozenset({Scope.RULES}), frozenset({"shop-1"}))
    with pytest.raises(Forbidden):
        start_backtest(service.parts, asked(service, shop_ids=("shop-2",)), caller=bound, now=service.clock())
