"""Service providers: contracts bound what they see, work earns ratings and the badge, and all can be contested."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.flows.rate_providers import rate_providers
from app.flows.watch_badges import watch_badges
from app.models import EventDecision, ProviderBadge, ProviderRating
from tests.partners import put_contract, put_jobs, rules, tell
from tests.service import START


@pytest.fixture
def client(service):
    return service.client("events", "cases")


@pytest.fixture
def other(service):
    """Another person than whoever asked."""
    client = service.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key('cases', name='second')}"
    return client


def night(service, **span):
    return rate_providers(service.parts, by="system", now=service.clock.advance(**span) if span else service.clock())


def test_a_contract_bounds_what_a_provider_sees(client):
    def asks(number, scopes, hours):
        told = tell(client, "provider.data_access", "p-1", f"x-{number}", {"scopes": scopes}, hours=hours)
        return rules(told)

    assert asks(1, ["orders"], -24 * 120) == ["S7-02"]
    assert rules(put_contract(client, "p-1")) == []
    assert asks(2, ["orders"], -5) == []
    assert asks(3, ["orders", "customers"], -4) == ["S7-02"]
    assert asks(4, ["orders"], -24 * 110) == ["S7-02"]  # before the contract
    item = client.get("/v1/providers/p-1").get_json()
    assert (item["name"], item["contract_scopes"]) == ("云帆代运营", ["orders", "inventory"])


@pytest.mark.parametrize("missing", ["license_verified_at", "agreement_ref", "records_kept_until_at"])
def test_a_contract_without_what_the_law_wants_is_refused(client, missing):
    assert rules(put_contract(client, "p-1", **{missing: None})) == ["S7-24"]


def test_thirty_good_jobs_earn_an_a_and_the_night_says_it_once(service, client):
    put_contract(client, "p-1")
    put_jobs(client, "p-1", 30, late=3)

    [row] = night(service)

    assert (row.state, row.score, row.grade, row.fulfilment_score) == ("in_force", 90, "A", 90)
    assert night(service) == []
    assert night(service, days=1) == []  # nothing changed
    item = client.get("/v1/providers").get_json()["items"][0]
    assert (item["grade"], item["score"], item["sample_count"], item["has_badge"]) == ("A", 90, 30, False)


def test_twenty_nine_jobs_are_held_and_said_once(service, client):
    put_jobs(client, "p-1", 29)

    [row] = night(service)
    put_jobs(client, "p-1", 0)

    assert (row.state, row.held_by) == ("held", "S7-30")
    assert night(service, days=1) == []
    assert client.get("/v1/providers/p-1").get_json()["grade"] is None


def test_a_provider_whose_work_is_too_old_is_held(service, client):
    put_jobs(client, "p-1", 30, hours=-24 * 31)

    assert [row.held_by for row in night(service)] == ["S7-30"]


def swung(service, client):
    """A provider that had an A and then did badly."""
    put_jobs(client, "p-1", 30)
    night(service)
    put_jobs(client, "p-1", 90, score=30, novel=30, late=45, hours=-20, name="bad")
    [row] = night(service, days=1)
    return row


def test_a_rating_that_swings_waits_for_a_person_who_is_not_the_rater(service, client, other):
    row = swung(service, client)

    assert (row.state, row.held_by, row.grade_before) == ("held", "S7-31", "A")
    assert client.get("/v1/providers/p-1").get_json()["grade"] == "A"
    done = other.post(f"/v1/provider-ratings/{row.id}/decide", json={"approve": True, "reason": "核对无误"}).get_json()
    assert (done["state"], done["decided_by"]) == ("in_force", "key:second")
    assert client.get("/v1/providers/p-1").get_json()["grade"] == row.grade
    again = other.post(f"/v1/provider-ratings/{row.id}/decide", json={"approve": False, "reason": "再看"})
    assert again.status_code == 409


def test_a_rater_does_not_confirm_their_own_rating(service):
    client = service.client("events", "cases")
    put_jobs(client, "p-1", 29)
    [row] = rate_providers(service.parts, by="officer:second", now=service.clock())
    own = service.app.test_client()
    own.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key('cases', name='second')}"

    answer = own.post(f"/v1/provider-ratings/{row.id}/decide", json={"approve": True, "reason": "自己确认"})

    assert answer.status_code == 403


def test_an_appeal_is_heard_by_somebody_else_and_revokes_the_rating(service, client, other):
    row = swung(service, client)
    other.post(f"/v1/provider-ratings/{row.id}/decide", json={"approve": True, "reason": "核对无误"})
    third = service.app.test_client()
    third.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key('cases', name='third')}"

    asked = client.post(
        f"/v1/provider-ratings/{row.id}/appeal", json={"text": "样本里有他人的单", "evidence_ref": "附件-7"}
    )
    appeal = asked.get_json()
    twice = client.post(f"/v1/provider-ratings/{row.id}/appeal", json={"text": "再说一次"})
    verdict = {"uphold": True, "reason": "确有他人的单"}
    by_confirmer = other.post(f"/v1/provider-appeals/{appeal['appeal_id']}/decide", json=verdict)
    by_asker = client.post(f"/v1/provider-appeals/{appeal['appeal_id']}/decide", json=verdict)
    heard = third.post(f"/v1/provider-appeals/{appeal['appeal_id']}/decide", json=verdict)

    assert asked.status_code == 201
    assert appeal["due_at"] == (service.clock() + timedelta(days=10)).isoformat()
    assert (twice.status_code, by_confirmer.status_code, by_asker.status_code) == (409, 403, 403)
    assert {each.get_json()["type"] for each in (by_confirmer, by_asker)} == {"urn:weiheng:problem:same_person"}
    assert heard.get_json()["state"] == "upheld"
    whole = client.get("/v1/providers/p-1").get_json()
    assert (whole["grade"], whole["ratings"][0]["state"], whole["appeals"][0]["state"]) == ("A", "revoked", "upheld")
    assert third.post(f"/v1/provider-appeals/{appeal['appeal_id']}/decide", json=verdict).status_code == 409


def test_an_appeal_after_its_time_is_refused_and_the_list_shows_what_waits(service, client):
    put_jobs(client, "p-1", 30)
    [row] = night(service)
    client.post(f"/v1/provider-ratings/{row.id}/appeal", json={"text": "分数不对"})
    put_jobs(client, "p-2", 30)
    [late] = night(service, minutes=1)
    service.clock.advance(days=15, seconds=1)

    answer = client.post(f"/v1/provider-ratings/{late.id}/appeal", json={"text": "迟了"})

    assert answer.status_code == 409
    waiting = client.get("/v1/provider-appeals?state=waiting").get_json()["items"]
    assert [each["provider_id"] for each in waiting] == ["p-1"]


def badge(client, action="grant", **more):
    return client.post("/v1/providers/p-1/badge", json={"action": action, "reason": "符合条件", **more})


def test_the_badge_goes_to_an_a_without_violations_and_never_for_money(service, client):
    put_contract(client, "p-1")
    early = badge(client)
    put_jobs(client, "p-1", 30)
    night(service)
    paid = badge(client, paid=True)
    given = badge(client)
    twice = badge(client)

    assert (early.status_code, paid.status_code, given.status_code, twice.status_code) == (409, 409, 200, 409)
    assert "S7-32" in early.get_json()["detail"]
    assert "S7-33" in paid.get_json()["detail"]
    assert client.get("/v1/providers/p-1").get_json()["has_badge"]


def test_a_violation_takes_the_badge_away_within_the_hour(service, client):
    put_contract(client, "p-1")
    put_jobs(client, "p-1", 30)
    night(service)
    badge(client)
    service.clock.advance(minutes=1)
    assert watch_badges(service.parts, now=service.clock()) == []
    told = tell(client, "provider.ops", "p-1", "f-1", {"text": "今晚刷单任务，每单返八元"}, hours=1 / 60)

    [taken] = watch_badges(service.parts, now=service.clock.advance(minutes=40))

    assert rules(told) == ["S7-23", "S7-23c"]
    assert "违规" in taken.withdrawn_why
    assert taken.withdrawn_by == "system"
    assert watch_badges(service.parts, now=service.clock()) == []
    whole = client.get("/v1/providers/p-1").get_json()
    assert (whole["has_badge"], whole["badges"][0]["withdrawn_by"]) == (False, "system")
    assert badge(client).status_code == 409  # for 90 days
    assert _badge_rules(service) == []


def _badge_rules(service):
    with service.parts.db.read() as session:
        rows = session.query(EventDecision).filter_by(kind="provider.badge").order_by(EventDecision.happened_at).all()
        return [firing["rule"] for row in rows if row.facts["action"] == "withdraw" for firing in row.firings]


def test_a_badge_that_outlived_its_day_because_nobody_looked_is_told(service, client):
    put_contract(client, "p-1")
    put_jobs(client, "p-1", 30)
    night(service)
    badge(client)
    tell(client, "provider.ops", "p-1", "f-1", {"signs": ["fake_reviews"]}, hours=0.01)

    watch_badges(service.parts, now=service.clock.advance(hours=24, minutes=2))

    assert _badge_rules(service) == ["S7-34"]


def test_a_fallen_score_takes_the_badge_away(service, client):
    put_contract(client, "p-1")
    put_jobs(client, "p-1", 30)
    night(service)
    badge(client)
    put_jobs(client, "p-1", 30, score=40, hours=-20, name="worse")
    [row] = night(service, days=1)
    assert (row.grade, row.state) == ("B", "in_force")

    [taken] = watch_badges(service.parts, now=service.clock.advance(hours=1))

    assert "评分降为" in taken.withdrawn_why


def test_an_officer_may_take_the_badge_away(service, client):
    put_contract(client, "p-1")
    put_jobs(client, "p-1", 30)
    night(service)
    badge(client)

    assert badge(client, "withdraw").status_code == 200
    assert badge(client, "withdraw").status_code == 404


def test_a_rating_sent_by_somebody_else_is_held_against_the_weights_and_the_grade_before(service, client):
    put_jobs(client, "p-1", 30)
    night(service)
    scores = {"service_score": 80, "fulfilment_score": 80, "innovation_score": 60, "sample_count": 40}
    said = scores | {"newest_at": START.isoformat(), "grade": "B"}

    service.clock.advance(hours=1)
    boasted = tell(
        client, "provider.rate", "p-1", "r-1", said | {"score": 84, "reason": "x", "appeal_until_at": None}, hours=0.1
    )
    fair = {"score": 76, "reason": "履约分下降", "appeal_until_at": (START + timedelta(days=15)).isoformat()}

    assert rules(boasted) == ["S7-31b", "S7-35"]
    assert rules(tell(client, "provider.rate", "p-1", "r-2", said | fair, hours=0.2)) == []


def test_a_raised_commission_needs_notice_and_consent(client):
    def set_to(number, rate, hours, **more):
        said = {"rate_bp": rate, "effective_at": (START + timedelta(days=8)).isoformat(), **more}
        return rules(tell(client, "provider.commission", "p-1", f"k-{number}", said, hours=hours))

    told_at = {"notified_at": START.isoformat(), "consent_ref": "同意书-1"}

    assert set_to(1, 1_000, -9) == []
    assert set_to(2, 1_200, -8) == ["S7-21"]
    assert set_to(3, 1_400, -7, **told_at) == []
    assert set_to(4, 1_501, -6, **told_at) == ["S7-20"]
    assert set_to(5, 900, -5) == []
    tell(
        client, "split.request", "s-1", "sp-1", {"transaction_id": "t", "receivers": [], "max_ratio_bp": 500}, hours=-4
    )
    assert set_to(6, 800, -3) == ["S7-20b"]


def test_equals_are_given_equal_terms(client):
    def gives(provider, bp, url="https://example.com/terms", hours=-1.0):
        said = {"programme_id": "spring", "benefit": "fee_relief", "relief_bp": bp, "conditions_url": url}
        return rules(tell(client, "provider.benefit", provider, f"b-{provider}-{hours}", said, hours=hours))

    assert gives("p-1", 5_000) == []
    assert gives("p-2", 5_000, hours=-0.9) == []
    assert gives("p-3", 6_000, hours=-0.8) == ["S7-01"]
    assert gives("p-4", 6_000, url="https://example.com/others", hours=-0.7) == []
    assert gives("p-5", 5_000, url=None, hours=-0.6) == ["S7-01"]


def test_paid_places_are_labelled(client):
    slot = tell(client, "recommend.slot", "slot-1", "s-1", {"paid": True, "shown_text": "精选好课"})
    boost = tell(client, "traffic.boost", "b-1", "t-1", {"paid": False, "favoured": True, "shown_text": "广告"})

    assert (slot["decision"], rules(slot), boost["decision"]) == ("label", ["S7-13"], "pass")


@pytest.mark.parametrize(
    ("kind", "text", "fired"),
    [
        ("course_page", "十节课学会短视频剪辑，结课发放学习证明", []),
        ("course_page", "报名包赚，学会就派单", ["S7-10"]),
        ("course_page", "结课颁发国家级认证证书", ["S7-10b"]),
        ("course_page", "上百名学员亲身见证", ["S7-14"]),
        ("course_page", "宝妈跟着学，第一个月收入轻松月入3万", ["S7-10d"]),
        ("course_script", "家人们，这款全网最佳，错过不再有", ["S7-12"]),
        ("course_script", "家人们，先看细节再决定", []),
    ],
)
def test_courses_and_their_scripts_are_screened_like_every_text(service, kind, text, fired):
    body = {"content_id": "c-1", "kind": kind, "shop_id": "shop-1", "text": text}

    said = service.client("screen").post("/v1/screenings", json=body).get_json()

    assert set(fired) <= {firing["rule"] for firing in said["firings"]}
    assert bool(fired) == (said["decision"] == "block"), said


def test_a_course_told_as_an_event_is_refused_with_the_door_it_belongs_to(service):
    event = {"id": "e-1", "kind": "course.publish", "subject": "c-1", "shop_id": "shop-1"}
    sent = event | {"occurred_at": START.isoformat(), "data": {"content_kind": "course_page"}}

    answer = service.client("events").post("/v1/events", json=sent)

    assert answer.status_code == 422
    assert "/v1/screenings" in answer.text
    assert "course_page" in answer.text


def test_providers_are_paged_and_kept_to_the_keys_shops(service, client):
    for number in range(3):
        put_contract(client, f"p-{number}")

    first = client.get("/v1/providers?limit=2").get_json()
    second = client.get(f"/v1/providers?limit=2&cursor={first['next_cursor']}").get_json()
    foreign = service.client("events", "cases", shops=["shop-2"])

    assert [each["provider_id"] for page in (first, second) for each in page["items"]] == ["p-0", "p-1", "p-2"]
    assert foreign.get("/v1/providers").get_json()["items"] == []
    assert foreign.get("/v1/providers/p-1").status_code == 404
    assert foreign.post("/v1/providers/p-1/badge", json={"action": "grant", "reason": "x"}).status_code == 404


def test_a_rating_left_unjudged_by_a_crash_is_judged_by_the_next_run(service, client):
    put_jobs(client, "p-1", 30)
    [row] = night(service)

    def crash(session):
        found = session.get_one(ProviderRating, row.id)
        found.state, found.held_by, found.in_force_at = "held", "-", None

    service.parts.db.write(crash)
    [again] = night(service)

    assert (again.id, again.state) == (row.id, "in_force")
    with service.parts.db.read() as session:
        assert session.query(ProviderBadge).count() == 0
