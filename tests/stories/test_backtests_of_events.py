"""A rule about orders is tried on last month's events before it is published, over HTTP and at the command line."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import shutil
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select

from app import queue, snapshots
from app.cli import main
from app.db import Database
from app.flows.decide_case import decide_case
from app.flows.work_backtest import work_backtest
from app.models import Deadline, Effect, Event, EventDecision, EventRoot
from app.review.cases import Said
from app.settings import PROJECT
from tests.backtests import EVERYONE, screen_week
from tests.few import few_folders
from tests.order_model import make_truth
from tests.service import START, make_service, shipped_judge
from tests.stories.test_simulated_day import play

PACK = "compensation/pack.yaml"


@pytest.fixture(scope="module")
def paying(tmp_path_factory):
    """Settings of folders with the rules about compensation, and their judge."""
    folder = tmp_path_factory.mktemp("paying")
    few = few_folders(folder)
    shutil.rmtree(folder / "rules/content")
    for name in ("pack.yaml", "examples.yaml"):
        target = folder / "rules/compensation" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((PROJECT / "rules/compensation" / name).read_text("utf-8"), "utf-8")
    return few, shipped_judge(tmp_path_factory.mktemp("judge"), **few)


def with_orders(database, folder, paying, count):
    few, judge = paying
    service = make_service(database, folder, judge, **few)
    chance = random.Random(20261126)
    play(service, [make_truth(chance, number) for number in range(count)], chance)
    return service


@pytest.fixture
def service(database, tmp_path, paying):
    return with_orders(database, tmp_path, paying, 14)


@pytest.fixture(scope="module")
def played(sqlite_template, tmp_path_factory, paying):
    """A service whose month is told once: trying changes nothing of it."""
    folder = tmp_path_factory.mktemp("played")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        yield with_orders(database, folder, paying, 14)


def changed_rules(service, old="status: live", new="status: shadow"):
    """The id of a stored snapshot in which S8-40 is written differently."""
    with service.parts.db.read() as session:
        files = snapshots.load(session, service.parts.live.current.rules_id)
    head, mark, rest = files[PACK].partition("- id: S8-40\n")
    files = files | {PACK: head + mark + rest.replace(old, new, 1)}
    return service.parts.db.write(
        lambda session: snapshots.store(session, "rules", files, summary={}, by="test", now=START)
    )


def ask(service, rules, **more):
    period = {"from_at": START.isoformat(), "to_at": service.clock().isoformat()}
    answer = service.client("rules").post("/v1/backtests", json={"candidate": {"rules": rules}} | period | more)
    assert answer.status_code == 202, answer.get_json()
    return answer.get_json()["id"]


def tried(service, rules, **more):
    backtest_id, answer = ask(service, rules, **more), {}
    while answer.get("state") != "done":
        work_page(service)
        answer = service.client("rules").get(f"/v1/backtests/{backtest_id}").get_json()
    return answer


def work_page(service, clock=time.monotonic):
    """Work one page, and nothing else of all that is due after a month."""
    now = service.clock()
    claims = service.parts.db.write(lambda session: queue.claim(session, worker="w", now=now, limit=1_000))
    [claim] = [each for each in claims if each.kind == "backtest"]
    work_backtest(service.parts, claim, now=now, clock=clock)


def decided(service):
    with service.parts.db.read() as session:
        return session.scalars(select(EventDecision).where(EventDecision.is_current)).all()


def fired(rows, rule):
    return [row for row in rows if any(firing.get("rule") == rule for firing in row.firings)]


def test_the_rules_in_force_say_again_what_they_said_and_a_changed_one_what_it_would(service):
    rows = decided(service)
    late = fired(rows, "S8-40")
    assert len(late) > 2

    same = tried(service, service.parts.live.current.rules_id, shop_ids=["shop-1"])["result"]["events"]
    changed = tried(service, changed_rules(service))["result"]["events"]

    with service.parts.db.read() as session:
        told = session.scalar(select(func.count(Event.id)).where(Event.shop_id == "shop-1"))
        passed = session.scalar(select(func.count(Deadline.id)).where(Deadline.state == "passed"))
        waited = session.scalar(select(func.count()).where(EventRoot.root.not_like("order:%")))
    assert waited > 0 < passed
    assert same["looked_at"] == told + passed  # once each, though some stand under a parcel's name, too
    assert (same["changed"], same["unreadable"], same["samples"]) == (0, 0, [])
    was = {each["rule"]: each["before"]["fired"] + each["before"]["would_fire"] for each in same["rules"]}
    firings = Counter(firing["rule"] for row in rows for firing in row.firings if "rule" in firing)
    assert was == firings
    assert all(each["before"] == each["after"] for each in same["rules"])

    [moved] = [each for each in changed["rules"] if each["before"] != each["after"]]
    assert (moved["rule"], moved["status"]) == ("S8-40", "shadow")
    assert (moved["before"]["fired"], moved["after"]["fired"]) == (len(late), 0)
    assert moved["after"]["would_fire"] == len(late)
    alone = [row for row in late if len(row.firings) == 1 and row.decision != "pass"]
    assert changed["changed"] == len(alone) > 0
    assert {(each["kind"], each["subject"]) for each in changed["samples"]} == {(row.kind, row.subject) for row in late}
    assert all(
        {"rule": "S8-40", "before": "review", "after": "shadow:review"} in s["rules"] for s in changed["samples"]
    )


def test_a_rule_that_asks_for_more_fires_where_the_rest_holds_too(played):
    late = [row.facts["order.stock_type"] for row in fired(decided(played), "S8-40")]

    rules = changed_rules(played, "when: deadline ==", 'when: order.stock_type == "spot" and deadline ==')
    found = tried(played, rules)["result"]["events"]

    [moved] = [each for each in found["rules"] if each["before"] != each["after"]]
    assert 0 < moved["after"]["fired"] == late.count("spot") < moved["before"]["fired"] == len(late)


def test_only_the_period_and_the_shops_asked_for_are_tried(played):
    rules, middle, mine = played.parts.live.current.rules_id, START + timedelta(hours=60), ["shop-1"]

    first = tried(played, rules, to_at=middle.isoformat(), shop_ids=mine)["result"]["events"]
    second = tried(played, rules, from_at=middle.isoformat(), shop_ids=mine)["result"]["events"]
    whole = tried(played, rules, shop_ids=mine)["result"]["events"]
    nobody = tried(played, rules, shop_ids=["shop-9"])["result"]["events"]

    assert 0 < first["looked_at"] < whole["looked_at"]
    assert first["looked_at"] + second["looked_at"] == whole["looked_at"]
    assert (nobody["looked_at"], nobody["rules"]) == (0, [])


def test_a_limit_draws_whole_lines_and_passes_all(played):
    service = played
    answer = tried(service, service.parts.live.current.rules_id, limit=20)

    assert answer["progress"]["done"] == answer["progress"]["total"] > 40
    assert 0 < answer["result"]["events"]["looked_at"] < answer["progress"]["total"] // 2


def test_a_run_in_small_pages_ends_like_one_in_a_single_page_and_tells_how_far_it_is(played):
    service = played
    screen_week(service, 5, shops=("shop-1",))
    rules = changed_rules(service)
    whole, paged = tried(service, rules), ask(service, rules)
    told = []

    answer = {}
    while answer.get("state") != "done":
        work_page(service, itertools.count(0, 10).__next__)
        answer = service.client("rules").get(f"/v1/backtests/{paged}").get_json()
        told.append(answer["progress"]["done"])

    assert answer["result"] == whole["result"]
    assert told == sorted(told)
    assert told[0] == 5


def test_the_changed_events_are_read_as_csv_and_the_command_tells_the_same(played, tmp_path, monkeypatch):
    service, client, target = played, played.client("rules"), tmp_path / "result.json"
    rules = changed_rules(service)
    answer = tried(service, rules)
    rows = list(csv.DictReader(io.StringIO(client.get(f"/v1/backtests/{answer['id']}?format=csv").get_data(True))))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.parts.db.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.parts.settings.data_dir))

    with time_machine.travel(service.clock()):
        words = ["--snapshot", rules, "--from", START.isoformat(), "--to", service.clock().isoformat()]
        result = CliRunner().invoke(main, ["rules", "backtest", *words, "--json", str(target), "-j", "1"])

    assert result.exit_code == 0, result.output
    assert json.loads(target.read_text("utf-8")) == answer["result"]
    changed = answer["result"]["events"]["changed"]
    assert f"{changed} decisions on events would change" in result.output
    assert "order.overdue" in result.output
    assert len(rows) == changed
    assert {row["kind"] for row in rows} == {"order.overdue"}
    assert all(row["subject"] and row["rules"] == "S8-40: review → shadow:review" for row in rows)


def test_officers_who_decided_the_cases_of_events_say_which_side_is_right(played):
    with played.parts.db.read() as session:
        wanted = (Effect.verb == "open_case") & (Effect.state == "open")
        opened = session.execute(select(Effect.decision_id, Effect.result).where(wanted)).all()
    cases = dict.fromkeys(result["case_id"] for _, result in opened)
    outcomes = {case_id: ("pass", "block")[number % 2] for number, case_id in enumerate(cases)}
    for case_id, outcome in outcomes.items():
        said = Said(outcome, "看过", policy="S8-40" if outcome == "block" else None)
        decide_case(played.parts, case_id, said, caller=EVERYONE, now=played.clock())

    found = tried(played, played.parts.live.current.rules_id)["result"]["events"]

    by_decision = {decision_id: outcomes[result["case_id"]] for decision_id, result in opened}
    officers, upheld = found["officers"], sum(outcome != "pass" for outcome in by_decision.values())
    assert (officers["decided"], officers["upheld"]) == (len(by_decision), upheld)
    assert 0 < upheld < len(by_decision)
    assert officers["after"] == officers["before"]
    counted = {each["rule"]: each["before"]["upheld"] for each in found["rules"] if each["before"]["decided"]}
    assert 0 < max(counted.values()) <= upheld
