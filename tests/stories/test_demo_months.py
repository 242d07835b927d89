"""``weiheng demo month``: a well-run shop is let be, one that breaks the rules is seen by every pack."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import islice

import httpx
import pytest
from click.testing import CliRunner

from app.cli import main
from app.events.kind import load_kinds
from app.events.stored import SentEvent, check_event
from app.flows.judge_content import judge_content
from app.traffic.months.outcome import by_pack, outcome_of
from app.traffic.months.own_service import OwnService, live_through
from app.traffic.months.plan import Month, first_day, steps_of
from app.traffic.months.script import scenes
from app.traffic.months.texts import honest_speech, honest_texts, honest_uploads
from app.traffic.sending import Report
from app.traffic.stream import EVENTS
from app.values.content import ContentToScreen

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STOPPED = {"block", "review", "hold"}
SILENT = dict.fromkeys(["S8-03", "S8-04", "S8-05", "S8-06", "S9-10"], "about the deployment, not about a shop")
SILENT |= dict.fromkeys(["S8-01b", "S8-01c"], "need officers and a reviewer, whom a shop's month has not")
SILENT |= dict.fromkeys(["S0-02", "S6-43"], "compare with the months before this one")
SILENT |= dict.fromkeys(["S3-01", "S3-05", "S3-10", "S3-20", "S3-36b", "S8-15"], "come later in a month than day 17")
SILENT |= dict.fromkeys(
    ["S1-02", "S3-31"], "need more customers, or hours in which nothing is told, than this small month has"
)
SILENT |= {"S1-33b": "compares two months of buyers", "S6-44c": "needs an employee who looks at a hundred people"}
SILENT |= {"S8-36b": "comes fifteen days after a consent was withdrawn, later than day 17"}
SILENT |= {"S2-10b": "needs an order that is known before it is paid"}


def month(shop, days, **more):
    wanted = {"seed": 7, "orders_a_day": 5, "texts_a_day": 10, "step_hours": 12}
    return Month(shop, first_day(NOW, days), days, **(wanted | more))


@pytest.fixture
def lived(sqlite_service):
    """A service that has lived through a month; the report of what was sent, and what came of it."""

    def live(asked):
        service = sqlite_service
        service.clock.at = asked.start
        headers = {"Authorization": f"Bearer {service.key()}"}
        transport = httpx.WSGITransport(app=service.app)
        with httpx.Client(transport=transport, base_url="http://localhost", headers=headers) as client:
            report = Report()
            live_through(OwnService(service.parts, service.clock, client), asked, report, lambda _: None)
        outcome = outcome_of(service.parts, asked.shop_id)
        return report, outcome, list(by_pack(service.parts.live.current.engine.packs, outcome))

    return live


def test_a_well_run_shop_has_nothing_blocked_and_next_to_nothing_put_before_a_person(lived):
    report, outcome, _ = lived(month("honest", 3))

    assert not report.refused, report.problems
    assert report.items > 250
    assert outcome.decisions["block"] == 0, outcome.stopped
    assert [each for each in outcome.stopped if each.what != "provider.rate"] == []


def test_a_shop_that_breaks_the_rules_is_seen_by_every_pack(lived):
    report, outcome, packs = lived(month("bad", 17, step_hours=24, orders_a_day=2, texts_a_day=1))

    assert not report.refused, report.problems
    assert len(packs) == 13
    assert {rule for _, _, silent in packs for rule in silent} <= SILENT.keys()
    assert sum(len(fired) for _, fired, _ in packs) >= 330
    assert outcome.decisions["block"] > 100


def test_no_text_and_no_word_of_the_well_run_shop_is_stopped(judge):
    uploads = list(islice(honest_uploads(random.Random(1)), 400))
    uploads += [{"kind": kind, "text": text} for kind, _, text in honest_texts()]
    spoken = [{"kind": "live_speech", "text": text} for text in honest_speech()]

    found = []
    for upload in [*uploads, *spoken]:
        fields, facts = {"text": upload["text"]}, upload.get("facts", {})
        content = ContentToScreen("c", upload["kind"], "s", fields, category=upload.get("category"), facts=facts)
        judged = judge_content(judge, content, now=NOW).decision
        if judged.decision.value in STOPPED:
            found.append((upload, [firing.rule for firing in judged.firings]))

    assert found == []


@pytest.mark.parametrize("shop", ["honest", "bad"])
def test_every_event_of_a_month_fits_its_kind_and_happens_within_it(shop):
    kinds, asked = load_kinds(), month(shop, 30, orders_a_day=3)

    for ends_at, requests in steps_of(asked):
        for event in [event for each in requests if each.path == EVENTS for event in each.body["events"]]:
            at = datetime.fromisoformat(event["occurred_at"])
            sent = SentEvent(event["id"], event["kind"], "s", event["shop_id"], event["subject"], at, event["data"])
            checked, problems = check_event(kinds, sent, now=ends_at)
            assert checked is not None, (event, problems)
            assert asked.start <= at <= ends_at


def test_the_same_seed_makes_the_same_month_and_another_one_another():
    assert list(steps_of(month("honest", 2))) == list(steps_of(month("honest", 2)))
    assert list(steps_of(month("honest", 2))) != list(steps_of(month("honest", 2, seed=8)))


def test_an_entry_fills_in_its_numbers_days_and_instants():
    entry = {
        "day": {"every": 2},
        "hour": 9,
        "repeat": 2,
        "minutes": 30,
        "subject": "s-{day}-{n}",
        "data": ["@+1d", "@"],
    }

    found = list(scenes([entry], start=NOW, days=3))

    assert [(each.at - NOW, each.entry["subject"]) for each in found] == [
        (timedelta(hours=9), "s-0-0"),
        (timedelta(hours=9, minutes=30), "s-0-1"),
        (timedelta(days=2, hours=9), "s-2-0"),
        (timedelta(days=2, hours=9, minutes=30), "s-2-1"),
    ]
    told_at = NOW + timedelta(hours=9)
    assert found[0].entry["data"] == [(told_at + timedelta(days=1)).isoformat(), told_at.isoformat()]


def test_the_command_says_what_came_of_a_day_and_keeps_none_of_it(tmp_path):
    asked = ["demo", "month", "--shop", "honest", "--days", "1", "--orders", "1", "--texts", "2", "--json"]

    done = CliRunner().invoke(main, asked, env={"WEIHENG_DATA_DIR": str(tmp_path / "var")})

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["refused"] == 0
    assert len(told["packs"]) == 13
    assert told["answered"]["pass"] > 20
    assert not (tmp_path / "var" / "weiheng.db").exists()
