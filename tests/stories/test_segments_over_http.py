"""Segments and the funnel through their doors: calls, command line, the nightly jobs."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app import queue
from app.cli import main
from app.flows.segment_names import pseudonym_of
from app.flows.tell_months import tell_months
from app.flows.tier_people import tier_people
from app.flows.watch_feeds import beat
from app.jobs import nightly_tiers
from app.jobs.worker import Worker
from app.models import EventDecision, QueueRow, TierRun, new_id
from app.tiering import runs
from app.tiering.runs import Run
from app.tiering.terms import Terms
from tests.service import START


def told(kind, subject, data, hours, number):
    at = (START + timedelta(hours=hours)).isoformat()
    event = {"id": f"{kind}-{number}", "kind": kind, "subject": subject, "shop_id": "shop-1", "occurred_at": at}
    return event | {"data": data}


def fill(client, *events):
    answer = client.post("/v1/events", json={"events": list(events)})
    assert {each["status"] for each in answer.get_json()["results"]} == {"accepted"}, answer.get_json()


@pytest.fixture
def customers(sqlite_service):
    """Six customers: one high, one potential, two new, one in none, one of whom too little is known."""
    client = sqlite_service.client()
    paid = {"h": 1_500_000, "p": 300_000, "u": 600_000, "z": 100}
    fill(
        client,
        *(
            told("order.paid", f"o-{name}", {"paid_fen": fen, "buyer_ref": name, "channel": "live"}, -24 * 35, name)
            for name, fen in paid.items()
        ),
        told("person.activity", "h", {"channel": "shop", "followed_brand_count": 3}, -24, 1),
        told("person.activity", "p", {"channel": "live", "interaction_count": 12}, -24, 2),
        *(
            told("person.activity", f"n{n}", {"channel": "live", "visit_count": 2, "browse_seconds": 20}, -24, 3 + n)
            for n in range(2)
        ),
    )
    tier_people(sqlite_service.parts, "shop-1", by="test", now=sqlite_service.clock())
    return sqlite_service


def test_the_report_says_shares_targets_and_what_each_segment_is_offered(customers):
    [shop] = customers.client("people").get("/v1/segments").get_json()["items"]

    found = {each["segment"]: each for each in shop["segments"]}
    assert shop["people"] == 6
    assert {name: each["count"] for name, each in found.items()} == {
        "high": 1,
        "potential": 1,
        "new": 2,
        "none": 1,
        "unknown": 1,
    }
    assert [found[name]["of_three_bp"] for name in ("high", "potential", "new")] == [2500, 2500, 5000]
    assert found["high"]["target_bp"] == 1500
    assert found["high"]["is_off"] is None
    assert found["high"]["treatments"] == ["专属客服", "新品内测", "VIP权益"]
    assert sum(each["of_all_bp"] for each in shop["segments"]) == 10_000


def test_the_report_is_a_table_too(customers):
    answer = customers.client("people").get("/v1/segments?format=csv")

    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert answer.content_type.startswith("text/csv")
    assert [(row["segment"], row["count"]) for row in rows][:2] == [("high", "1"), ("potential", "1")]


def test_a_person_is_shown_with_the_why_and_the_history_under_a_pseudonym(customers):
    answer = customers.client("people").get("/v1/segments/buyer:u").get_json()

    [item] = answer["items"]
    assert answer["person"] == pseudonym_of(customers.parts, "u")
    assert (item["segment"], item["figures"]["monthly_spend_fen"], item["figures"]["recency_days"]) == (
        "unknown",
        200_000,
        35,
    )
    unknown = [each["figure"] for each in item["why"] if each["holds"] is None]
    assert unknown == [
        "followed_brand_count",
        "weekly_interaction_count",
        "first_order_rate_bp",
        "average_browse_seconds",
    ]
    assert item["history"] == [{"at": START.isoformat(), "from": None, "to": "unknown", "figures": None}]


def test_nobody_is_not_found_and_another_shops_key_sees_nobody(customers):
    assert customers.client("people").get("/v1/segments/nobody").status_code == 404
    assert customers.client("people", shops=["shop-2"]).get("/v1/segments/h").status_code == 404
    assert customers.client("people", shops=["shop-2"]).get("/v1/segments").get_json()["items"] == []
    assert customers.client("people", shops=["shop-2"]).get("/v1/segments?shop_id=shop-1").status_code == 403
    assert customers.client("events").get("/v1/segments").status_code == 403
    assert customers.client("metrics", shops=["shop-2"]).get("/v1/funnel?shop_id=shop-1").status_code == 403


def test_moves_are_listed_page_by_page(customers):
    client = customers.client()
    customers.clock.advance(days=1)
    fill(
        client, *(told("order.paid", f"b-{n}", {"paid_fen": 1_600_000, "buyer_ref": f"n{n}"}, 12, n) for n in range(2))
    )
    tier_people(customers.parts, "shop-1", by="test", now=customers.clock())

    first = client.get("/v1/segment-moves?limit=1").get_json()
    second = client.get(f"/v1/segment-moves?limit=1&cursor={first['next_cursor']}").get_json()

    assert second["next_cursor"] is None
    assert {page["items"][0]["person"] for page in (first, second)} == {
        pseudonym_of(customers.parts, f"n{n}") for n in range(2)
    }
    assert first["items"][0]["from"] == "new"
    assert first["items"][0]["to"] == "unknown"


@pytest.mark.parametrize(("more", "is_stored"), [({}, True), ({"spend_window_days": 36}, False)])
def test_other_numbers_are_tried_on_stored_figures_or_on_the_orders_and_change_nothing(customers, more, is_stored):
    client = customers.client("people")
    asked = {"shop_id": "shop-1", "parameters": {"high_monthly_fen": 500_001} | more}

    tried = client.post("/v1/segments/what-if", json=asked).get_json()

    assert tried["from_stored"] is is_stored
    assert tried["before"] == {"high": 1, "potential": 1, "new": 2, "none": 1, "unknown": 1}
    assert tried["after"]["high"] == (0 if is_stored else 1)  # 15,000 yuan in 36 days are more a month than in 90
    assert client.get("/v1/segments").get_json()["items"][0]["segments"][0]["count"] == 1


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"high_monthly": 1}, "parameters.high_monthly"),
        ({"spend_window_days": 0}, "parameters.spend_window_days"),
        ({"potential_monthly_fen": 500_000}, "parameters.potential_monthly_fen"),
        ({"recency_4_days": 7}, "parameters.recency_*"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(customers, parameters, field):
    answer = customers.client("people").post(
        "/v1/segments/what-if", json={"shop_id": "shop-1", "parameters": parameters}
    )

    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_every_night_each_shop_has_one_run_however_many_workers_there_are(sqlite_service):
    client = sqlite_service.client()
    fill(client, told("order.paid", "o-1", {"paid_fen": 100, "buyer_ref": "a"}, -24, 1))
    workers = [Worker(sqlite_service.parts) for _ in range(2)]
    for _ in range(2):
        while any(worker.work_due() for worker in workers):
            pass
        with sqlite_service.parts.db.read() as session:
            runs = len(list(session.scalars(select(TierRun))))
            rows = session.scalars(select(QueueRow.state).where(QueueRow.kind == nightly_tiers.TIER_SHOP)).all()
        sqlite_service.clock.advance(hours=1)

    assert runs == 1
    assert rows == ["done"]


def test_a_night_whose_run_died_with_its_worker_is_made_up_for(customers):
    customers.clock.advance(hours=1)
    with customers.parts.db.read() as session:
        [before] = session.scalars(select(TierRun))
    dead = Run(new_id(), "shop-1", customers.clock(), Terms(**before.terms), is_full=False, before=None)
    customers.parts.db.write(lambda session: runs.begin(session, dead, by="scheduler", now=customers.clock()))
    row = {"kind": nightly_tiers.TIER_SHOP, "payload": {"shop_id": "shop-1"}, "due_at": customers.clock()}
    customers.parts.db.write(lambda session: queue.add(session, **row, now=customers.clock()))
    states = []

    for _ in range(2):
        now = customers.clock()
        [claim] = customers.parts.db.write(lambda session, now=now: queue.claim(session, worker="w", now=now))
        nightly_tiers.work_tiers_of_shop(customers.parts, claim, now)
        with customers.parts.db.read() as session:
            states.append(sorted(session.scalars(select(TierRun.state))))
        customers.clock.advance(minutes=10)

    assert states == [["done", "running"], ["done", "done", "failed"]]


def test_a_month_that_is_over_is_told_once(sqlite_service):
    client = sqlite_service.client()
    for number, (days, live, own) in enumerate([(-60, 90, 10), (-30, 50, 50)]):
        paid = {"buyer_ref": "a", "transaction_id": "t"}
        fill(
            client,
            told("order.paid", f"l-{number}", {"paid_fen": live, "channel": "live"}, 24 * days, f"l{number}"),
            told(
                "order.paid",
                f"p-{number}",
                {"paid_fen": own, "channel": "miniprogram", **paid},
                24 * days,
                f"p{number}",
            ),
        )
    beat(sqlite_service.parts, "shop-1", now=sqlite_service.clock())

    counts = [tell_months(sqlite_service.parts, now=sqlite_service.clock()) for _ in range(2)]

    assert counts == [1, 0]
    with sqlite_service.parts.db.read() as session:
        [row] = session.scalars(select(EventDecision).where(EventDecision.kind == "metrics.monthly"))
    assert [firing["rule"] for firing in row.firings] == ["S6-43"]


@pytest.fixture
def funnel(service):
    """Ten people saw the shop, four joined, two of them and a stranger were reached, one of them bought."""
    client = service.client()
    consent = {"scope": ["微信号"], "text_version": "v1", "text_digest": "sha256:" + "0" * 64}
    consent |= {"given_at": "2026-10-01T20:00:00+08:00", "channel": "miniprogram", "withdrawal": "设置 - 撤回"}
    for name in ("p0", "p1", "p2", "p3", "x"):
        client.put(f"/v1/people/buyer:{name}/consents/marketing", json=consent)
    message = {"channel": "moments", "label_text": "广告", "has_easy_refusal": True, "is_personalized": False}
    fill(
        client,
        *(told("person.activity", f"p{n}", {"channel": "feed_ad", "visit_count": 1}, -240 - n, n) for n in range(10)),
        *(told("community.join", f"buyer:p{n}", {"channel": "wecom", "only_way_to": []}, -200, n) for n in range(4)),
        told("community.join", "p9", {"channel": "wecom", "only_way_to": []}, -200, "blocked"),
        *(told("outreach.send", name, message, -102, name) for name in ("p0", "p1", "x")),
        told("outreach.send", "p9", message | {"consent.is_valid": False}, -102, "blocked"),
        told("order.paid", "o-1", {"paid_fen": 300, "buyer_ref": "p0", "channel": "miniprogram"}, -50, 1),
        told("order.paid", "o-2", {"paid_fen": 700, "buyer_ref": "p5", "channel": "live"}, -50, 2),
        told("order.paid", "o-3", {"paid_fen": 999, "buyer_ref": "p6"}, -50, 3),
        told("order.paid", "o-4", {"paid_fen": 50, "buyer_ref": "p7", "channel": "miniprogram"}, -250, 4),
    )
    return service


def test_the_funnel_counts_people_by_step_and_never_who_was_blocked(funnel):
    answer = funnel.client("metrics").get("/v1/funnel?shop_id=shop-1").get_json()

    assert [
        (each["step"], each["people"], each["from_before"], each["conversion_bp"], each["passed_all"])
        for each in answer["steps"]
    ] == [
        ("public", 10, None, None, 10),
        ("community", 4, 4, 4000, 4),
        ("moments", 3, 2, 5000, 2),
        ("deal", 2, 1, 3333, 1),
    ]
    last = answer["months"][-1]
    assert (last["gmv_fen"], last["private_fen"], last["unknown_fen"]) == (2049, 350, 999)
    assert (last["share_bp"], last["growth_bp"], last["is_over_limit"]) == (3333, None, None)
    assert (answer["start_bp"], answer["target_bp"], answer["month_limit_bp"]) == (1200, 3500, 770)


def test_a_funnel_nobody_told_anything_of_has_no_made_up_conversion(sqlite_service):
    sqlite_service.client().post("/v1/feeds/shop-1/beat")
    answer = sqlite_service.client().get("/v1/funnel?shop_id=shop-1&months=2").get_json()

    assert [(each["people"], each["conversion_bp"]) for each in answer["steps"]] == [(0, None)] * 4
    assert [each["share_bp"] for each in answer["months"]] == [None, None]


def test_a_span_that_ends_before_it_begins_is_refused(sqlite_service):
    span = "from_at=2026-11-20T00:00:00%2B08:00&to_at=2026-11-19T00:00:00%2B08:00"

    assert sqlite_service.client().get(f"/v1/funnel?shop_id=shop-1&{span}").status_code == 422


def test_the_command_line_runs_reports_shows_tries_and_counts_the_funnel(customers, monkeypatch):
    settings = customers.parts.settings
    monkeypatch.setenv("WEIHENG_DATABASE_URL", settings.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("WEIHENG_CACHE_DIR", str(settings.cache_dir))

    def say(*words):
        result = CliRunner().invoke(main, list(words))
        assert result.exit_code == 0, result.output
        return result.output

    assert "全量" in say("tiering", "run", "--full", "--shop", "shop-1")
    assert "建议：专属客服" in say("tiering", "report")
    assert say("tiering", "report", "--csv").splitlines()[1].startswith("shop-1,")
    assert "潜力用户" in say("tiering", "show", "p")
    assert "高价值用户" in say("tiering", "what-if", "--shop", "shop-1", "high_monthly_fen=600000")
    assert "公域获客" in say("funnel", "report", "--shop", "shop-1")
    assert "month,gmv_fen" in say("funnel", "report", "--shop", "shop-1", "--csv")
    wrong = CliRunner().invoke(main, ["tiering", "what-if", "--shop", "shop-1", "high_monthly_fen"])
    assert wrong.exit_code == 1
