"""What was counted, is on record or stands in the words is believed before what is ticked; both sides of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.flows.tell_days import tell_days
from app.flows.tell_months import tell_months
from app.flows.watch_feeds import beat
from app.models import Event, EventDecision
from app.values.china_days import CHINA
from tests.evidence import put_evidence
from tests.service import START

REGISTERED = [
    (
        "live.venue",
        {"is_public_place": True, "filming_notice": True, "captures_faces": False},
        "S5-20b",
        "filming_notice",
    ),
    (
        "topup.create",
        {"paid_fen": 100, "contract_signed": True, "refund_rules_shown": True},
        "S5-32c",
        "prepaid_contract",
    ),
    (
        "benefit.grant",
        {"benefit": "dedicated_service", "general_human_channels": ["电话"], "price_fen": 0},
        "S1-04b",
        "human_service",
    ),
    (
        "recommend.config",
        {"version": "v", "boosts": [], "has_general_option": True, "has_tag_deletion": True, "audience_min_age": 18},
        "S4-05c",
        "option_proof",
    ),
    ("product.publish", {"stock_type": "presale", "promise_hours": 720, "stock_count": 1}, "S3-12b", "dispatch_filing"),
]
GIVEN = {
    "scope": ["手机号"],
    "text_version": "v3",
    "text_digest": "sha256:" + "a" * 64,
    "given_at": (START - timedelta(days=9)).isoformat(),
    "channel": "miniprogram",
    "withdrawal": "设置 - 隐私 - 撤回",
}


@pytest.fixture
def told(service):
    count = iter(range(999))
    events = service.client("events")

    def tell(kind, subject, data, at=None):
        said = {"id": f"e-{next(count)}", "kind": kind, "subject": subject, "shop_id": "shop-1", "data": data}
        at = at or service.clock()
        [result] = events.post("/v1/events", json=said | {"occurred_at": at.isoformat()}).get_json()["results"]
        assert result["status"] == "accepted", result
        return {firing["rule"] for firing in result["firings"]}

    tell.service = service
    return tell


def test_payments_in_advance_add_up_by_customer(told):
    paid = {"paid_fen": 250_000, "contract_signed": True, "refund_rules_shown": True}

    assert "S5-32b" not in told("topup.create", "t-1", paid | {"person_ref": "p-1"})
    assert "S5-32b" not in told("topup.create", "t-2", paid | {"person_ref": "p-2"})
    assert "S5-32b" not in told("topup.create", "t-3", paid | {"person_ref": "p-1"})  # exactly the limit
    assert "S5-32b" in told("topup.create", "t-4", paid | {"person_ref": "p-1", "paid_fen": 1})
    assert "S5-32b" not in told("topup.create", "t-5", paid)


def test_exports_in_pieces_and_ones_own_approval_are_for_a_person(told):
    piece = {"person_count": 250, "fields": ["order_id"], "exporter_ref": "u-1"}

    assert told("crm.export", "x-1", piece) == set()
    assert told("crm.export", "x-2", piece) == set()  # 500 in all: exactly the limit
    assert told("crm.export", "x-3", piece | {"person_count": 1}) == {"S6-45b"}
    assert told("crm.export", "x-4", piece | {"approved_by": "lead"}) == set()
    assert told("crm.export", "x-5", piece | {"approved_by": "u-1"}) == {"S6-45b"}
    assert told("crm.export", "x-6", piece | {"exporter_ref": "u-2"}) == set()


def test_an_employee_who_looks_at_a_hundred_and_one_people_a_day_is_for_a_person(told):
    look = {"viewer_role": "customer_service", "purpose": "售后", "is_masked": True, "viewer_ref": "u-1"}
    at = told.service.clock().isoformat()
    seen = {"kind": "crm.view", "shop_id": "shop-1", "occurred_at": at, "data": look}
    batch = {"events": [seen | {"id": f"v-{n}", "subject": f"buyer-{n}"} for n in range(99)]}
    assert told.service.client("events").post("/v1/events", json=batch).status_code == 200

    assert told("crm.view", "buyer-99", look) == set()
    assert told("crm.view", "buyer-99", look) == set()  # the same person again is no one more
    assert told("crm.view", "buyer-100", look) == {"S6-44c"}
    assert told("crm.view", "buyer-101", look | {"viewer_ref": "u-2"}) == set()


def test_the_register_of_consents_is_asked_about_sensitive_data_recipients_and_invited_people(told):
    people = told.service.client("people")
    stored = {"category": "health", "is_encrypted": True, "separate_consent": True, "person_ref": "buyer-1"}
    exported = {"has_raw_3d": False, "is_plaintext": False, "recipient": "partner-1"}
    invited = {"campaign_id": "c", "inviter_ref": "a", "invitee_ref": "buyer-1", "saved_fields": ["mobile"]}
    invited |= {"invitee_consented": True}
    assert told("pii.store", "f-1", stored) | told("profile.export", "buyer-1", exported) == set()
    people.put("/v1/people/buyer-1/consents/service", json=GIVEN)

    assert told("pii.store", "f-1", stored) == {"S8-32b"}
    assert told("profile.export", "buyer-1", exported) == {"S4-32c"}
    assert "S5-08b" in told("fission.invite", "i-1", invited)

    people.put("/v1/people/buyer-1/consents/health", json=GIVEN | {"sensitive": ["health"], "is_separate": True})
    people.put("/v1/people/buyer-1/consents/x", json=GIVEN | {"recipient": "partner-1", "is_separate": True})
    people.put("/v1/people/buyer-1/consents/invitation", json=GIVEN)
    assert told("pii.store", "f-1", stored) | told("profile.export", "buyer-1", exported) == set()
    assert "S5-08b" not in told("fission.invite", "i-2", invited)


def test_personal_data_in_what_was_stored_or_logged_is_seen_and_kept_starred(told):
    plain = {"category": "contact", "is_encrypted": True, "separate_consent": True}

    assert told("pii.store", "f-1", plain | {"stored_text": "电话 13800138000"}) == {"S8-31b"}
    assert told("pii.store", "f-2", plain | {"stored_text": "gAAAAABmZ0k3Q"}) == set()
    assert told("log.write", "l-1", {"log": "app", "personal_data_kinds": [], "lines": "13800138000 ok"}) == {"S8-35b"}
    assert told("log.write", "l-2", {"log": "app", "personal_data_kinds": [], "lines": "login ok"}) == set()

    with told.service.parts.db.read() as session:
        kept = {event.subject: event.facts for event in session.query(Event)}
    assert "13800138000" not in str(kept)
    assert kept["l-1"]["seen_data_kinds"] == ["mobile"]


def test_data_is_kept_too_long_where_the_consent_was_withdrawn_and_no_order_keeps_it(told):
    people, service = told.service.client("people"), told.service
    for person in ("buyer-1", "buyer-2"):
        people.put(f"/v1/people/{person}/consents/marketing", json=GIVEN)
        people.delete(f"/v1/people/{person}/consents/marketing")
    told("order.paid", "o-1", {"paid_fen": 100, "buyer_ref": "buyer-2"})
    service.clock.advance(days=15)
    assert told("pii.retain", "buyer-1", {"purpose": "marketing"}) == set()
    service.clock.advance(minutes=1)

    assert told("pii.retain", "buyer-1", {"purpose": "marketing"}) == {"S8-36b"}
    assert told("pii.retain", "buyer-1", {"purpose": "service"}) == set()
    assert told("pii.retain", "buyer-2", {"purpose": "marketing"}) == set()


def test_what_nobody_reported_as_done_is_told_with_the_day(told):
    service = told.service
    tried = {"collects_face": False, "collects_body": True, "is_bundled": False, "separate_consent": True, "age": 30}
    tried |= {"guardian_consent": False, "captured_at": (START - timedelta(days=2)).isoformat()}
    told("tryon.session", "s-1", tried, at=START - timedelta(days=2))
    told("tryon.session", "s-2", tried, at=START - timedelta(days=2))
    leak = {"discovered_at": (START - timedelta(days=2)).isoformat(), "harm_prevented": False}
    told("incident.leak", "i-1", leak, at=START - timedelta(days=2))
    assert {"S4-35b", "S8-37b"} <= _day(service)

    done = (START - timedelta(days=1)).isoformat()
    for session in ("s-1", "s-2"):
        told("tryon.session", session, tried | {"image_deleted_at": done})
    reported = {"remedied_at": done, "authority_notified_at": done, "people_notified_at": done}
    told("incident.leak", "i-1", leak | reported)
    service.clock.advance(days=1)
    assert not {"S4-35b", "S8-37b"} & _day(service)


def test_an_order_of_ones_own_channels_without_word_of_the_payment_is_asked_about(told):
    service = told.service
    midnight = START.replace(hour=16, minute=0) - timedelta(days=1)  # in China
    at = midnight - timedelta(hours=30)
    told("order.paid", "o-1", {"paid_fen": 100, "channel": "community", "transaction_id": "T-1"}, at=at)
    told("order.paid", "o-2", {"paid_fen": 100, "channel": "community", "transaction_id": "T-2"}, at=at)
    assert "S6-31c" not in _day(service)  # this shop is told of no payment at all
    for number in (1, 2):
        paid = {"paid_at": at.isoformat(), "paid_fen": 100, "trade_state": "SUCCESS"}
        told("payment.succeeded", f"T-{number}", paid, at=at)
    service.clock.advance(hours=1)
    told(
        "order.paid",
        "o-3",
        {"paid_fen": 100, "channel": "community", "transaction_id": "T-3"},
        at=at + timedelta(days=1),
    )
    service.clock.advance(days=1)

    assert "S6-31c" in _day(service)


def test_quick_repeat_orders_that_lift_a_month_are_for_a_person(told):
    service = told.service
    service.clock.at = START.replace(day=1, hour=0) + timedelta(days=9)
    for number in range(20):
        order = {"paid_fen": 100, "channel": "community", "buyer_ref": f"b-{number}", "transaction_id": f"T-{number}"}
        told("order.paid", f"sep-{number}", order, at=START.replace(month=9, day=5) + timedelta(hours=number))
        told("order.paid", f"oct-{number}", order, at=START.replace(month=10, day=5) + timedelta(hours=number))
        again = START.replace(month=10, day=5) + timedelta(hours=number, minutes=10)
        if number < 10:
            told("order.paid", f"oct-again-{number}", order, at=again)
    told("order.paid", "sep-again", order | {"buyer_ref": "b-1"}, at=START.replace(month=9, day=9))

    assert tell_months(service.parts, now=service.clock()) == 1
    assert "S1-33b" in _decided(service, "metrics.monthly")


def test_bought_exposure_places_and_stopped_pages_count_against_label_badge_and_certificate(told):
    shown = {"content_id": "c-1", "receiver_ref": "u", "is_boosted": False, "is_goods": True, "ad_label": False}
    granted = {"action": "grant", "badge_id": "b", "paid": False, "auctioned": False}
    badge = {"standard_url": "https://shop.example/s", "certified_at": START.isoformat()}
    assert "S4-03b" not in told("recommend.expose", "e-1", shown)
    assert "S7-33b" not in told("provider.badge", "p-1", granted)
    assert "S7-11b" not in told("course.badge", "course-1", badge)

    told("traffic.boost", "b-1", {"beneficiary": "c-1", "paid": True, "favoured": False, "shown_text": "广告"})
    told("recommend.slot", "s-1", {"beneficiary": "p-1", "paid": True, "shown_text": "广告"})
    page = {"kind": "course_page", "text": "包教会包赚，零基础月入过万", "shop_id": "shop-1", "content_id": "course-1"}
    assert told.service.client("screen").post("/v1/screenings", json=page).get_json()["decision"] == "block"

    assert "S4-03b" in told("recommend.expose", "e-2", shown)
    assert "S4-03b" not in told("recommend.expose", "e-3", shown | {"shown_text": "广告 · 好物"})
    assert "S7-33b" in told("provider.badge", "p-1", granted | {"badge_id": "b2"})
    assert "S7-11b" in told("course.badge", "course-1", badge)


def test_a_room_that_needs_a_patrol_needs_a_look_and_goods_told_as_fruit_are_perishable(told):
    venue = {"is_public_place": False, "is_private": True, "audience_from_groups": True, "categories": ["health_food"]}
    for room in ("r-1", "r-2"):
        told("live.venue", room, venue | {"patrol_ref": "guard-1"})
    told("live.room_look", "r-2", {"look_id": "l-1", "operator_shown": True})
    told("product.publish", "sku-1", {"category": "fruit", "title": "草莓"})
    told("product.publish", "sku-2", {"category": "home", "title": "杯子"})
    order = {"paid_fen": 100, "no_reason_return": False, "buyer_ref": "b"}
    told.service.clock.advance(hours=2)

    assert "S9-02b" in told("live.end", "r-1", {})
    assert "S9-02b" not in told("live.end", "r-2", {})
    assert "S3-23b" in told("order.paid", "o-1", order | {"sku_ids": ["sku-1"]})
    assert "S3-23b" not in told("order.paid", "o-2", order | {"sku_ids": ["sku-2"]})
    assert "S3-23b" not in told("order.paid", "o-3", order | {"sku_ids": ["sku-1"], "no_return_confirmed": True})


def test_what_can_only_be_declared_is_asked_about_until_proof_is_registered_and_again_when_it_has_run_out(told):
    for number, (kind, data, rule, _) in enumerate(REGISTERED):
        assert rule in told(kind, f"before-{number}", data), kind
    for number, (*_, proof) in enumerate(REGISTERED):
        put_evidence(told.service, kind=proof, number=f"N-{number}", valid_until="2026-11-30")

    for number, (kind, data, rule, _) in enumerate(REGISTERED):
        assert rule not in told(kind, f"proved-{number}", data), kind
    told.service.clock.advance(days=9)
    for number, (kind, data, rule, _) in enumerate(REGISTERED):
        assert rule in told(kind, f"lapsed-{number}", data), kind


def _day(service):
    beat(service.parts, "shop-1", now=service.clock())
    assert tell_days(service.parts, now=service.clock()) == 1
    midnight = service.clock().astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return _decided(service, "metrics.daily", since=midnight)


def _decided(service, kind, since=START - timedelta(days=99)):
    """The rules of the newest decision; where nothing fired, there is none."""
    with service.parts.db.read() as session:
        rows = session.query(EventDecision).filter(EventDecision.kind == kind, EventDecision.happened_at >= since)
        newest = rows.order_by(EventDecision.happened_at.desc()).first()
        return {firing["rule"] for firing in newest.firings} if newest else set()
