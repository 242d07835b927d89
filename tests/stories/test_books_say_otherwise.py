"""What the service counts itself stands against what a shop ticks: reviews, splits, stock, badges and consents."""

from __future__ import annotations

from datetime import timedelta

from tests.service import START

CONSENT = {
    "scope": ["人脸"],
    "text_version": "2026-10",
    "text_digest": "sha256:" + "0" * 64,
    "given_at": (START - timedelta(days=9)).isoformat(),
    "channel": "miniprogram",
    "withdrawal": "设置里撤回",
}


def tell(client, kind, subject, data, *, hours):
    """The rules that fired, without those that only could not be known."""
    at = (START + timedelta(hours=hours)).isoformat()
    sent = {"id": f"{kind}-{subject}-{hours}", "kind": kind, "subject": subject, "shop_id": "shop-1"}
    answer = client.post("/v1/events", json=sent | {"occurred_at": at, "data": data}).get_json()["results"][0]
    assert answer["status"] == "accepted", answer
    return {each["rule"] for each in answer["firings"] if not each.get("missing")}


def test_reviews_that_are_gone_are_seen_though_none_was_called_deleted(service):
    client = service.client("events")
    shown = {"review_count": 100, "bad_count": 30, "deleted_count": 0, "front_count": 10, "front_bad_count": 3}
    month = {"name": "bad_review_rate", "value_bp": -7000, "total_change_bp": 0, "deleted_count": 0}

    assert tell(client, "review.display", "p-1", shown, hours=-48) == set()
    assert tell(client, "metrics.monthly", "m-1", month, hours=-40) == set()
    assert tell(client, "review.display", "p-2", shown | {"review_count": 60}, hours=-30) == set()
    fewer = shown | {"review_count": 98, "bad_count": 28}
    assert tell(client, "review.display", "p-1", fewer | {"deleted_count": 2}, hours=-24) == {"S2-16"}
    assert tell(client, "review.display", "p-1", fewer | {"deleted_count": 1}, hours=-23) == {"S2-16", "S2-16c"}
    assert tell(client, "metrics.monthly", "m-2", month, hours=-10) == {"S8-51b"}
    tell(client, "review.display", "p-3", shown, hours=-24 * 70)
    assert tell(client, "review.display", "p-3", fewer, hours=-24 * 5) == set()


def test_a_refund_waits_where_receivers_still_hold_what_is_said_to_be_back(service):
    client = service.client("events")
    refund = {"refund_fen": 10_000, "split_fen": 900, "returned_fen": 900, "available_fen": 10_000}
    got = {"type": "MERCHANT_ID", "account": "1900000109", "amount_fen": 900, "result": "SUCCESS", "fail_reason": ""}
    back = {"transaction_id": "T-1", "order_id": "o-1", "out_return_no": "R-1", "return_account": "1900000109"}

    tell(client, "order.paid", "o-1", {"paid_fen": 10_000, "transaction_id": "T-1"}, hours=-48)
    assert tell(client, "refund.request", "o-1", refund, hours=-47) == set()
    receiver = {"type": "MERCHANT_ID", "account": "1900000109", "amount_fen": 900, "relation": "SERVICE_PROVIDER"}
    asked = {"transaction_id": "T-1", "order_id": "o-1", "receivers": [receiver | {"name_encrypted": True}]}
    tell(client, "split.request", "S-1", asked | {"unsplit_fen": 10_000, "max_ratio_bp": 3000}, hours=-46.5)
    tell(client, "split.result", "S-1", {"transaction_id": "T-1", "state": "finished", "receivers": [got]}, hours=-46)
    assert tell(client, "refund.request", "o-1", refund, hours=-45) == {"S8-16b"}
    tell(client, "split.return", "S-1", back | {"amount_fen": 900, "result": "success"}, hours=-44)
    assert tell(client, "refund.request", "o-1", refund, hours=-43) == set()


def test_more_is_given_back_than_was_paid_and_somebody_hears_of_it(service):
    client = service.client("events")
    asked = {"split_fen": 0, "returned_fen": 0, "available_fen": 10**9}
    done = {"order_id": "o-1", "result": "success", "amount_fen": 9_000}

    tell(client, "order.paid", "o-1", {"paid_fen": 12_990}, hours=-48)
    assert tell(client, "refund.request", "o-1", asked | {"refund_fen": 12_990}, hours=-47) == set()
    assert tell(client, "refund.request", "o-1", asked | {"refund_fen": 12_991}, hours=-46) == {"S8-16c"}
    assert tell(client, "refund.finished", "r-1", done, hours=-45) == set()
    assert tell(client, "refund.finished", "r-1", done, hours=-44) == set()
    assert tell(client, "refund.request", "o-1", asked | {"refund_fen": 3_990}, hours=-43) == set()
    assert tell(client, "refund.request", "o-1", asked | {"refund_fen": 3_991}, hours=-42) == {"S8-16c"}
    assert tell(client, "refund.finished", "r-2", done | {"amount_fen": 3_990}, hours=-41) == set()
    assert tell(client, "refund.finished", "r-3", done | {"amount_fen": 1}, hours=-40) == {"S8-16d"}
    assert tell(client, "refund.request", "o-unknown", asked | {"refund_fen": 5}, hours=-39) == set()


def test_stock_is_held_against_the_paid_orders_that_name_it(service):
    client = service.client("events")
    for number in range(3):
        tell(client, "order.paid", f"o-{number}", {"paid_fen": 100, "sku_ids": ["sku-1"]}, hours=-30)

    assert tell(client, "inventory.event", "sku-1", {"stock_count": 3, "open_order_count": 0}, hours=-20) == set()
    assert tell(client, "inventory.event", "sku-1", {"stock_count": 2, "open_order_count": 0}, hours=-19) == {"S3-14c"}
    sent = {"waybill_id": "SF1"}
    tell(client, "order.deliver", "o-0", sent, hours=-18)
    assert tell(client, "inventory.event", "sku-1", {"stock_count": 2, "open_order_count": 0}, hours=-17) == set()


def test_a_badge_kept_after_what_was_blocked_is_told(service):
    client = service.client("events")
    keep = {"action": "keep", "paid": False, "auctioned": False}
    doing = {"finding_id": "f-1", "signs": ["fake_orders"], "text": "招募刷单任务", "same_device_order_count": 99}

    assert tell(client, "provider.badge", "pv-1", keep | {"badge_id": "b-1"}, hours=-30) == set()
    assert tell(client, "provider.ops", "pv-1", doing, hours=-20)
    assert tell(client, "provider.badge", "pv-1", keep | {"badge_id": "b-2"}, hours=-10) == {"S7-34b"}


def test_the_register_of_consents_answers_for_who_tries_on_and_who_buys_from_abroad(service):
    client = service.client()
    session = {"collects_face": True, "collects_body": False, "is_bundled": False, "separate_consent": True, "age": 30}
    session |= {"guardian_consent": False, "person_ref": "b-1"}
    abroad = {"customs_fen": 100, "buyer_ref": "b-1", "risk_notice_shown": True, "separate_consent": True}

    assert tell(client, "tryon.session", "t-1", session, hours=-30) == set()
    client.put("/v1/people/b-1/consents/service", json=CONSENT | {"is_under_14": True, "guardian": "母亲"})
    assert tell(client, "tryon.session", "t-2", session, hours=-20) == {"S4-33b", "S4-34b"}
    assert tell(client, "crossborder.order", "x-1", abroad, hours=-20) == {"S9-07b"}
    client.put("/v1/people/b-1/consents/tryon", json=CONSENT)
    client.put("/v1/people/b-1/consents/crossborder_customs", json=CONSENT)
    assert tell(client, "tryon.session", "t-3", session, hours=-10) == set()
    assert tell(client, "crossborder.order", "x-2", abroad, hours=-10) == set()
    assert tell(client, "tryon.session", "t-4", session | {"person_ref": "somebody"}, hours=-9) == set()


def test_what_is_said_of_an_order_afterwards_is_held_against_what_was_said_when_it_was_paid(service):
    client = service.client("events")
    paid = {"paid_fen": 5_000, "category": "fresh", "buyer_ref": "b-1"}
    false = {"confirmed_by": "officer-1", "claimed": True}
    upheld = {"order_id": "o-1", "type": "fake", "status": "upheld", "identify_fee_fen": 0}
    refused = {"type": "return", "status": "merchant_refused", "custom_made": True, "no_return_confirmed": True}
    tell(client, "order.paid", "o-1", paid, hours=-48)
    tell(client, "order.paid", "o-2", paid | {"no_return_confirmed": True}, hours=-48)

    assert "S8-41b" in tell(client, "ad.false_confirmed", "o-1", false | {"price_fen": 5_001}, hours=-40)
    assert "S8-41b" not in tell(client, "ad.false_confirmed", "o-1", false | {"price_fen": 5_000}, hours=-39)
    assert "S8-43c" in tell(client, "guarantee.update", "g-1", upheld | {"product_fen": 5_001}, hours=-38)
    assert "S3-26b" in tell(client, "aftersale.update", "as-1", refused | {"order_id": "o-1"}, hours=-30)
    assert "S3-26b" not in tell(client, "aftersale.update", "as-2", refused | {"order_id": "o-2"}, hours=-30)
    assert tell(client, "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-20) == {"S3-22b"}
    pictures = {"quality_inspect_type": "fresh", "quality_inspect_pics": ["waybill", "box", "opened", "item"]}
    assert tell(client, "order.deliver", "o-2", {"waybill_id": "SF2"} | pictures, hours=-20) == set()
