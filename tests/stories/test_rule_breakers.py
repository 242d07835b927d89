"""A rule whose firing rate leaves its band asks people instead of blocking, everywhere, until a person resets it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import breakers
from app.flows.follow_snapshots import Follower, follow_once
from app.flows.review_rules import review_rules
from app.flows.watch_rules import check_bands, write_counts
from app.jobs.open_parts import build_parts
from app.jobs.schedule import CHECK_BANDS, PRUNE, REVIEW_RULES
from app.jobs.worker import Worker
from app.models import AuditRow, OutboxMessage, QueueRow, RuleMinute
from tests.service import make_service
from tests.working import work

RISKY = {"facts": {"msg_sec_check": {"suggest": "risky"}}}
WHY = {"reason": "平台接口已恢复"}


@pytest.fixture
def watched(database, judge, tmp_path):
    """A service that trips a hard rule which fires on more than half of 20 evaluations."""
    return make_service(database, tmp_path, judge, rule_trip_min_evaluations=20)


def upload(service, client, *, risky, number):
    for each in range(number):
        content_id = f"{service.clock().isoformat()}-{risky}-{each}"
        assert service.screen(client, content_id=content_id, **(RISKY if risky else {})).status_code == 200


def check(service):
    write_counts(service.parts)
    tripped = check_bands(service.parts, now=service.clock())
    follow_once(service.parts)
    return tripped


def judged(service, client):
    content_id = f"after-{service.clock.advance(seconds=1).isoformat()}"  # a content of its own each time
    said = service.screen(client, content_id=content_id, **RISKY).get_json()
    return said["decision"], next(each for each in said["firings"] if each["rule"] == "S8-02a")


def rule_of(client, rule="S8-02a"):
    return next(each for each in client.get("/v1/rules").get_json()["items"] if each["id"] == rule)


def told(service):
    with service.parts.db.read() as session:
        return [(each.type, json.loads(each.body)["data"]) for each in session.scalars(select(OutboxMessage))]


def test_a_rule_that_fires_on_everything_is_tripped_and_asks_people_until_it_is_reset(watched):
    client = watched.client()
    hooks = {"url": "https://x.example.com/hook", "event_types": ["rule.tripped"]}
    assert client.post("/v1/webhooks", json=hooks).status_code == 201
    upload(watched, client, risky=True, number=15)
    upload(watched, client, risky=False, number=10)
    assert judged(watched, client)[0] == "block"

    assert check(watched) == ["S8-02a"]

    decision, firing = judged(watched, client)
    assert (decision, firing["decision"], firing["limited_by"]) == ("review", "review", ["tripped"])
    seen = rule_of(client)
    assert seen["last_hour"] == {"evaluated": 26, "fired": 16, "unknown": 0, "rate_bp": 6153}
    assert (seen["tripped"]["rate_bp"], seen["band"]["from"], seen["band"]["high_bp"]) == (6153, "settings", 5000)
    [(kind, data)] = told(watched)
    assert (kind, data["rule"], data["fired"], data["evaluated"]) == ("rule.tripped", "S8-02a", 16, 26)
    assert 'weiheng_rule_tripped{rule="S8-02a"} 1.0' in client.get("/metrics").get_data(as_text=True)
    assert check(watched) == []

    for body in ({}, {"reason": " "}):
        assert client.post("/v1/rules/S8-02a/reset", json=body).status_code == 422
    done = client.post("/v1/rules/S8-02a/reset", json=WHY)

    assert (done.status_code, done.get_json()["tripped"]) == (200, None)
    assert judged(watched, client)[0] == "block"
    assert client.post("/v1/rules/S8-02a/reset", json=WHY).status_code == 404
    assert 'weiheng_rule_tripped{rule="S8-02a"} 0.0' in client.get("/metrics").get_data(as_text=True)
    with watched.parts.db.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.object_type == "rule").order_by(AuditRow.at))
        assert [(row.action, row.actor, row.reason) for row in rows] == [
            ("rule.trip", "system", None),
            ("rule.reset", "key:hook", "平台接口已恢复"),
        ]


def test_what_was_counted_before_a_reset_does_not_trip_again_but_what_comes_after_does(watched):
    client = watched.client()
    upload(watched, client, risky=True, number=30)
    assert check(watched) == ["S8-02a"]
    client.post("/v1/rules/S8-02a/reset", json=WHY)

    watched.clock.advance(minutes=2)
    assert check(watched) == []
    upload(watched, client, risky=True, number=19)
    assert check(watched) == []
    upload(watched, client, risky=True, number=20)
    assert check(watched) == ["S8-02a"]


@pytest.mark.parametrize(("risky", "calm"), [(19, 0), (10, 10), (0, 40)])
def test_few_evaluations_or_an_ordinary_rate_trip_nothing(watched, risky, calm):
    client = watched.client()
    upload(watched, client, risky=True, number=risky)
    upload(watched, client, risky=False, number=calm)

    assert check(watched) == []


def test_what_is_older_than_the_window_does_not_count(watched):
    client = watched.client()
    upload(watched, client, risky=True, number=30)
    watched.clock.advance(minutes=62)

    assert check(watched) == []
    assert rule_of(client)["last_hour"]["evaluated"] == 0
    assert rule_of(client)["last_day"]["evaluated"] == 30


def test_a_rule_that_only_asks_people_is_not_tripped_by_the_settings(watched):
    client = watched.client()
    for number in range(30):
        watched.screen(client, content_id=f"m-{number}", facts={"msg_sec_check": {"suggest": "review"}})

    assert check(watched) == []
    assert rule_of(client, "S8-02b")["last_hour"]["rate_bp"] == 10_000
    assert rule_of(client, "S8-02b")["band"] is None


def test_a_tripped_rule_is_tripped_in_every_process_and_counts_of_all_add_up(postgres_database, judge, tmp_path):
    service = make_service(postgres_database, tmp_path, judge, rule_trip_min_evaluations=20)
    other = build_parts(service.parts.settings, now=service.clock)
    try:
        other.live.swap(judge)
        client = service.client()
        upload(service, client, risky=True, number=12)
        rules = judge.rules_on("video_caption")
        firing = next(each for each in _fired(judge, service) if each.rule == "S8-02a")
        for _ in range(12):
            other.counts.note(rules, [firing], now=service.clock())
        write_counts(other)

        assert check(service) == ["S8-02a"]
        assert other.live.tripped == frozenset()
        follow_once(other)

        assert other.live.tripped == service.parts.live.tripped == {"S8-02a"}
        assert check_bands(other, now=service.clock()) == []
    finally:
        other.db.close()


def _fired(judge, service):
    facts = {"msg_sec_check.suggest": "risky", "content_kind": "video_caption", "hits": [], "text": ""}
    facts |= {"hit_categories": [], "personal_data_kinds": [], "text_length": 0, "category": None}
    return judge.engine.evaluate("content.submit", facts, now=service.clock()).firings


def test_counts_are_written_while_the_service_runs_and_the_last_ones_when_it_stops(watched):
    client = watched.client()
    follower = Follower(watched.parts)
    follower.start()
    upload(watched, client, risky=False, number=3)
    follower.stop()

    with watched.parts.db.read() as session:
        assert breakers.rates(session, since=watched.clock() - timedelta(hours=1))["S8-02a"].evaluated == 3


def test_the_bands_are_checked_once_a_minute_by_whichever_worker_comes_first(watched):
    client = watched.client()
    upload(watched, client, risky=True, number=30)
    write_counts(watched.parts)
    workers = [Worker(watched.parts), Worker(watched.parts)]
    for worker in workers * 3:
        worker.work_due()

    follow_once(watched.parts)

    assert watched.parts.live.tripped == {"S8-02a"}
    with watched.parts.db.read() as session:
        checks = select(func.count()).select_from(QueueRow).where(QueueRow.kind == "check_rule_bands")
        assert session.scalar(checks) == 1


def test_old_counts_and_old_checks_are_forgotten(watched):
    client = watched.client()
    upload(watched, client, risky=False, number=1)
    write_counts(watched.parts)
    work(watched, CHECK_BANDS, REVIEW_RULES, PRUNE)
    watched.clock.advance(days=9)
    work(watched, CHECK_BANDS, REVIEW_RULES, PRUNE)

    with watched.parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(RuleMinute)) == 0
        old = QueueRow.created_at < watched.clock() - timedelta(days=1)
        recurring = QueueRow.kind.in_(["check_rule_bands", "review_rules", "prune_idempotent_answers"])
        assert session.scalar(select(func.count()).select_from(QueueRow).where(old, recurring)) == 0


def test_rules_that_are_due_for_review_are_told_once_for_each_date(watched):
    client = watched.client()
    hooks = {"url": "https://x.example.com/hook", "event_types": ["rule.review_due"]}
    client.post("/v1/webhooks", json=hooks)
    rules = watched.parts.live.current.engine.rules
    first = min(rule.review_by for rule in rules)
    due = sorted(rule.id for rule in rules if rule.review_by == first)

    def by(days):
        """Rules whose date lies within so many days of the clock's."""
        return sorted(rule.id for rule in rules if rule.review_by <= (watched.clock() + timedelta(days=days)).date())

    watched.clock.at = watched.clock.at.replace(year=first.year, month=first.month, day=first.day) - timedelta(days=31)
    assert review_rules(watched.parts, now=watched.clock()) == []
    watched.clock.advance(days=1)
    assert sorted(rule.id for rule in review_rules(watched.parts, now=watched.clock())) == due
    watched.clock.advance(days=40)
    review_rules(watched.parts, now=watched.clock())

    said = told(watched)
    assert sorted(data["rule"] for _, data in said) == by(30)
    assert {(kind, data["state"]) for kind, data in said} == {("rule.review_due", "soon")}
    assert {data["review_by"] for _, data in said if data["rule"] in due} == {first.isoformat()}
    metrics = client.get("/metrics").get_data(as_text=True)
    assert f'weiheng_rules_review_due{{state="overdue"}} {float(len(by(-1)))}' in metrics
