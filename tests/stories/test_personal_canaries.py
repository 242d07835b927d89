"""No plaintext at rest: unique personal values go through every endpoint, and no byte of them is found afterwards.

The endpoints come from the OpenAPI document and the forms from the address map, so a new one fails this test until
somebody says how it is driven: every free text gets a canary, a mobile number that exists nowhere else.
"""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from itertools import count

import pytest
from sqlalchemy import select

from app.audit import exporting
from app.flows.seal_audit import keys_of, seal_audit
from app.jobs.worker import Worker
from app.models import Base
from tests.console_forms import FORMS, forms_of, send_forms
from tests.service import make_service

NUMBERS = count(10_000_000)
OF_A_SHOP = {"/v1/contents/{content_id}", "/v1/content-mix", "/v1/funnel", "/v1/marks"}
# What to send, by call: a body in which every ``@`` stands for a fresh canary. None: nothing but the address is sent.
DRIVEN = {
    "GET /healthz": None,
    "GET /readyz": None,
    "GET /metrics": None,
    "POST /v1/screenings": {
        "content_id": "v-1",
        "kind": "video_caption",
        "shop_id": "shop-1",
        "author_id": "u-1",
        "fields": {"title": "加微信 vx@", "body": "电话 @，全网最佳"},
        "segments": [{"source": "asr", "at_ms": 0, "text": "打 @"}],
        "attributes": {"contact": "@"},
    },
    "POST /v1/screenings/batch": {
        "items": [
            {"content_id": "v-2", "kind": "comment", "shop_id": "shop-1", "text": "找我 @"},
            {"content_id": "v-5", "kind": "comment", "shop_id": "shop-1", "text": "好看", "attributes": {"tel": "@"}},
            {"content_id": "v-3", "kind": "no such kind", "shop_id": "shop-1", "text": "找我 @"},
        ]
    },
    "GET /v1/screenings/{screening_id}": None,
    "GET /v1/screenings/{screening_id}/why": None,
    "GET /v1/contents/{content_id}": None,
    "POST /v1/evaluations": {
        "content": {"content_id": "v-4", "kind": "comment", "shop_id": "shop-1", "text": "找我 @"}
    },
    "GET /v1/campaigns": None,
    "GET /v1/campaigns.csv": None,
    "GET /v1/suppliers.csv": None,
    "GET /v1/campaigns/{campaign_id}": None,
    "POST /v1/campaigns/check": {
        "shop_id": "shop-1",
        "campaign": {"type": "flash_sale", "title": "加微信 vx@", "carrier": "shop"},
        "coupons": [{"type": "new_customer", "scope": "电话 @"}],
    },
    "POST /v1/campaigns/what-if": {
        "parameters": {"marketing.resets_max": 1},
        "from_at": "2026-11-01T00:00:00+08:00",
        "to_at": "2026-11-24T00:00:00+08:00",
    },
    "POST /v1/suppliers/what-if": {"parameters": {"top_bp": 1500}},
    "GET /v1/suppliers-across-shops": None,
    "POST /v1/contents/score": {"kind": "comment", "shop_id": "shop-1", "text": "转发三个群才能领，找我 @"},
    "GET /v1/content-mix": None,
    "GET /v1/figures": None,
    "GET /v1/second-reviews": None,
    "GET /v1/second-reviews/agreement": None,
    "POST /v1/second-reviews/next": None,
    "POST /v1/second-reviews/{review_id}/decide": {"decision": "pass", "reason": "打 @ 问过"},
    "POST /v1/second-reviews/{review_id}/resolve": {"decision": "pass", "lesson": "打 @ 问过"},
    "POST /v1/second-reviews/{review_id}/give-up": None,
    "POST /v1/cases/{case_id}/gold": {"lesson": "见 @"},
    "GET /v1/gold-cases": None,
    "POST /v1/cases/{case_id}/files": {"name": "联系@.pdf", "content_base64": "JVBERi0xLjQgdHJpYWw="},
    "GET /v1/cases/{case_id}/files": None,
    "GET /v1/cases/{case_id}/files/{file_id}": None,
    "GET /v1/marks": None,
    "POST /v1/marks": {"shop_id": "shop-1", "entity_type": "shop", "value": "重点", "reason": "打 @ 问过", "days": 7},
    "POST /v1/marks/{mark_id}/void": {"reason": "打 @ 问过"},
    "GET /v1/rosters": None,
    "PUT /v1/rosters/{username}/skills": {"queues": ["content"], "categories": [], "scripts": []},
    "POST /v1/rosters/{username}/shifts": {
        "kind": "day",
        "opens": "09:00",
        "closes": "18:00",
        "first_day": "2026-11-24",
    },
    "POST /v1/rosters/shifts/{shift_id}/end": {},
    "GET /v1/handovers": None,
    "POST /v1/handovers": {"note": "交班 @"},
    "POST /v1/handovers/{handover_id}/take": {},
    "GET /v1/mentions": None,
    "POST /v1/mentions/seen": {},
    "GET /v1/wordings": None,
    "POST /v1/wordings": {"outcome": "block", "policy": "", "text": "请修改后重新提交", "reason": "打 @ 问过"},
    "POST /v1/wordings/{wording_id}/decide": {"approve": True, "reason": "打 @ 问过"},
    "GET /v1/cases": None,
    "GET /v1/cases/{case_id}": None,
    "POST /v1/cases/{case_id}/decide": {"decision": "block", "reason": "文案里有电话 @"},
    "POST /v1/cases/next": {"queue": "content"},
    "POST /v1/cases/bulk": {"case_ids": ["unknown"], "decision": "block", "reason": "打 @ 问过"},
    "GET /v1/cases/bulk/{bulk_id}": None,
    "POST /v1/cases/bulk/{bulk_id}/undo": None,
    "POST /v1/cases/{case_id}/appeals": None,
    "POST /v1/cases/{case_id}/appeal/decide": {"decision": "upheld", "reason": "打 @ 问过"},
    "POST /v1/cases/{case_id}/evidence": {"reason": "协查，联系 @"},
    "GET /v1/appeals/{token}": None,
    "POST /v1/appeals/{token}": {"text": "请联系 @", "files": []},
    "POST /v1/cases/{case_id}/claim": {},
    "POST /v1/cases/{case_id}/release": None,
    "POST /v1/cases/{case_id}/hold": {"until": "2026-11-24T10:00:00+08:00", "reason": "等 @ 回电"},
    "POST /v1/cases/{case_id}/escalate": {"reason": "打 @ 问过"},
    "POST /v1/cases/{case_id}/reassign": {"to": None, "reason": "打 @ 问过"},
    "POST /v1/cases/{case_id}/notes": {"text": "商家电话 @"},
    "GET /v1/cases/{case_id}/timeline": None,
    "GET /v1/cases/{case_id}/opinions": None,
    "GET /v1/reviewers": None,
    "GET /v1/reviewers.csv": None,
    "GET /v1/reviewers/disagreements": None,
    "GET /v1/rules": None,
    "POST /v1/rules/{rule_id}/reset": {"reason": "打 @ 问过"},
    "GET /v1/rules/sign-offs": None,
    "POST /v1/rules/sign-offs": {
        "object_type": "rule",
        "pack": "content",
        "name": "S2-05",
        "basis": "法务意见，联系 @",
        "signed_by": "法务",
        "valid_from": "2026-11-01",
        "reason": "见 @",
    },
    "POST /v1/rules/sign-offs/{sign_off_id}/decide": {"approve": True, "reason": "打 @ 核对过"},
    "POST /v1/rules/sign-offs/{sign_off_id}/withdraw": {"reason": "打 @ 问过"},
    "GET /v1/wordlists": None,
    "GET /v1/snapshots": None,
    "POST /v1/snapshots": {"kind": "rules", "reason": "打 @", "edits": [{"rule": "S2-05", "status": "shadow"}]},
    "GET /v1/snapshots/{snapshot_id}/diff": None,
    "POST /v1/snapshots/{snapshot_id}/activate": {"reason": "打 @"},
    "POST /v1/snapshots/{snapshot_id}/approve": {"reason": "打 @"},
    "POST /v1/snapshots/{snapshot_id}/refuse": {"reason": "打 @"},
    "POST /v1/snapshots/{snapshot_id}/withdraw": {"reason": "打 @"},
    "POST /v1/backtests": {
        "candidate": {
            "wordlists": {
                "categories.yaml": "brands: {title: 商标, law: 商标法, severity: 2}",
                "trial.txt": "# category: brands\n# verdict: review\n# source: 商标法\n# owner: o\n晨雾牌\n",
            }
        },
        "from_at": "2026-11-16T00:00:00+08:00",
        "to_at": "2026-11-24T00:00:00+08:00",
    },
    "GET /v1/backtests": None,
    "GET /v1/backtests/{backtest_id}": None,
    "POST /v1/backtests/{backtest_id}/cancel": None,
    "PUT /v1/people/{person}/consents/{purpose}": {
        "scope": ["订单"],
        "text_version": "v1",
        "text_digest": "sha256:" + "0" * 64,
        "given_at": "2026-11-20T20:00:00+08:00",
        "channel": "miniprogram",
        "withdrawal": "设置 - 撤回",
        "is_under_14": True,
        "guardian": "母亲 @",
        "evidence": "录音 @",
    },
    "GET /v1/people/{person}/consents": None,
    "GET /v1/people/{person}/consents/{purpose}": None,
    "DELETE /v1/people/{person}/consents/{purpose}": None,
    "GET /v1/audit": None,
    "GET /v1/audit/checkpoints": None,
    "GET /v1/audit/{audit_id}/proof": None,
    "GET /v1/snapshots/{snapshot_id}/canary": None,
    "GET /v1/wordlists/sources": None,
    "GET /v1/wordlists/changes": None,
    "GET /v1/wordlists/feedback": None,
    "GET /v1/wordlists/refreshes": None,
    "GET /v1/wordlists/refreshes/{refresh_id}": None,
    "POST /v1/wordlists/refresh": {"reason": "打 @"},
    "POST /v1/wordlists/changes": {"what": "retire", "wordlist": "absolute_terms", "word": "无此词", "reason": "打 @"},
    "POST /v1/wordlists/changes/{change_id}/decide": {"accept": True, "reason": "打 @"},
    "POST /v1/wordlists/uploads": {"name": "trial", "file_name": "a.txt", "data": "eA==", "reason": "打 @"},
    "POST /v1/wordlists/{name}/words": {"words": [{"text": "杜撰急词"}], "reason": "打 @"},
    "PUT /v1/people/{person}": {"shop_id": "shop-1", "fields": {"phone": "@", "name": "测@", "address": "某路 @"}},
    "GET /v1/people/{person}": None,
    "GET /v1/people/{person}/export": None,
    "POST /v1/people/{person}/export": {"purpose": "person_request", "reason": "打 @ 核对过"},
    "POST /v1/people/search": {"field": "phone", "value": "@"},
    "POST /v1/people/{person}/reveal": {"purpose": "after_sales", "reason": "打 @"},
    "POST /v1/people/{person}/requests": {"kind": "copy", "channel": "客服", "note": "回电 @"},
    "DELETE /v1/people/{person}": {"reason": "本人来电 @ 要求"},
    "GET /v1/requests": None,
    "POST /v1/requests/{request_id}/answer": {"outcome": "answered", "answer": "已回电 @"},
    "POST /v1/requests/{request_id}/extend": {"reason": "打 @ 未接"},
    "GET /v1/holds": None,
    "POST /v1/holds": {
        "object_type": "shop",
        "object_id": "shop-9",
        "reason": "联系 @",
        "owner": "法务",
        "ends_at": "2027-06-30T00:00:00+08:00",
    },
    "POST /v1/holds/{hold_id}/release": {"reason": "打 @"},
    "GET /v1/retention": None,
    "POST /v1/evidence": {
        "shop_id": "shop-1",
        "kind": "test_report",
        "number": "R-@",
        "issuer": "某中心 @",
        "note": "联系 @",
        "valid_from": "2026-01-01",
    },
    "GET /v1/evidence": None,
    "GET /v1/evidence/{evidence_id}": None,
    "POST /v1/evidence/{evidence_id}/files": {"files": [{"name": "@.pdf", "content_base64": "JVBERi0xLjQK"}]},
    "GET /v1/evidence/{evidence_id}/files/{file_id}": None,
    "POST /v1/evidence/{evidence_id}/decide": {"verify": False, "reason": "打 @ 问过"},
    "POST /v1/evidence/{evidence_id}/withdraw": {"reason": "打 @ 问过"},
    "POST /v1/notices": {
        "shop_id": "shop-1",
        "kind": "complaint_12315",
        "number": "12315-@",
        "authority": "某局",
        "title": "消费者 @ 投诉",
        "text": "投诉人电话 @",
        "received_on": "2026-11-20",
        "files": [{"name": "@.pdf", "content_base64": "JVBERi0xLjQK"}],
    },
    "GET /v1/notices": None,
    "GET /v1/notices/{notice_id}": None,
    "GET /v1/notices/{notice_id}/files/{file_id}": None,
    "POST /v1/notices/{notice_id}/take": None,
    "POST /v1/notices/{notice_id}/answer": {"text": "已联系 @", "files": []},
    "POST /v1/notices/{notice_id}/close": {"reason": "打 @ 问过"},
    "GET /v1/reports/compliance": None,
    "POST /v1/inquiries": {
        "shop_id": "shop-1",
        "from_at": "2026-11-01T00:00:00+08:00",
        "to_at": "2026-12-01T00:00:00+08:00",
        "reason": "协查函，联系 @",
        "with_personal": True,
    },
    "GET /v1/inquiries": None,
    "GET /v1/inquiries/{inquiry_id}": None,
    "GET /v1/inquiries/{inquiry_id}/file": None,
    "POST /v1/inquiries/{inquiry_id}/cancel": None,
    "POST /v1/events": {
        "id": "e-1",
        "kind": "order.paid",
        "subject": "o-1",
        "shop_id": "shop-1",
        "occurred_at": "2026-11-20T09:00:00+08:00",
        "data": {"paid_fen": 12900},
    },
    "GET /v1/events/why": None,
    "GET /v1/orders": None,
    "GET /v1/orders/{order_id}": None,
    "GET /v1/orders/{order_id}/payments": None,
    "GET /v1/orders/{order_id}/tellings": None,
    "POST /v1/orders/{order_id}/tellings": {
        "thing": "payment",
        "telling": "t-1",
        "seen": ["t-1"],
        "reason": "打 @ 问过",
    },
    "POST /v1/orders/{order_id}/payments": {"telling": "t-1", "reason": "打 @ 问过"},
    "GET /v1/deadlines": None,
    "GET /v1/feeds": None,
    "POST /v1/feeds/{shop_id}/beat": None,
    "POST /v1/feeds/{shop_id}/retire": {"source": "shop:shop-1", "reason": "已与 @ 核对"},
    "POST /v1/live/{room_id}/speech": {
        "shop_id": "shop-1",
        "utterances": [
            {"sequence": 0, "at": "2026-11-20T09:00:00+08:00", "text": "同行都是骗子，打 @"},
            {"sequence": 1, "at": "2026-11-20T09:00:01+08:00", "text": "我的微信是 @ 这是国家级的技术"},
        ],
    },
    "GET /v1/live": None,
    "GET /v1/live/{room_id}": None,
    "POST /v1/claims": {
        "shop_id": "shop-1",
        "order_id": "o-1",
        "cause": "late_dispatch",
        "paid_fen": 100,
        "reason": "打 @",
    },
    "GET /v1/claims": None,
    "GET /v1/claims/{claim_id}": None,
    "POST /v1/claims/{claim_id}/approve": {"reason": "打 @"},
    "POST /v1/claims/{claim_id}/reject": {"ground": "evidence", "reason": "打 @"},
    "POST /v1/claims/{claim_id}/appeal": {"reason": "打 @"},
    "POST /v1/claims/{claim_id}/recover": {"how": "repaid", "reason": "打 @"},
    "GET /v1/fund": None,
    "GET /v1/fund/check": None,
    "GET /v1/fund/report": None,
    "GET /v1/freezes": None,
    "POST /v1/freezes/{freeze_id}/lift": {"reason": "已打 @ 核对"},
    "GET /v1/dead-letters": None,
    "POST /v1/dead-letters/{letter_id}/replay": {"reason": "打 @ 问过"},
    "POST /v1/dead-letters/{letter_id}/discard": {"reason": "打 @ 问过"},
    "GET /v1/fund/months/{month}": None,
    "GET /v1/fund/postings": None,
    "POST /v1/fund/deposits": {"transfer_id": "t-1", "into": "fund", "amount_fen": 100_000, "note": "转账人 @"},
    "POST /v1/fund/agreements": {
        "shop_id": "shop-1",
        "document": "协议，联系 @",
        "limit_fen": 100,
        "management": "由 @ 管",
        "usage": "赔付",
        "refund": "退到 @",
        "valid_from": "2026-11-01",
    },
    "POST /v1/fund/stops": {"scope": "all", "reason": "打 @"},
    "POST /v1/fund/stops/{stop_id}/start": {"reason": "打 @"},
    "POST /v1/fund/stops/{stop_id}/approve": {"approve": True, "reason": "打 @"},
    "GET /v1/segments": None,
    "GET /v1/segment-moves": None,
    "GET /v1/segments/{person}": None,
    "POST /v1/segments/what-if": {"shop_id": "shop-1", "parameters": {"high_brand_count": 2}},
    "GET /v1/funnel": None,
    "GET /v1/reconciliations": None,
    "POST /v1/reconciliations": {"channel": "dry_run", "bill": "@"},
    "POST /v1/reconciliations/{difference_id}/resolve": {"how": "loss", "reason": "打 @"},
    "GET /v1/inbound/dead-letters": None,
    "POST /v1/inbound/dead-letters/{letter_id}/retry": None,
    "POST /v1/profit-sharing/check": {
        "shop_id": "shop-1",
        "out_order_no": "s-1",
        "transaction_id": "42",
        "receivers": [],
    },
    "GET /v1/suppliers": None,
    "GET /v1/suppliers/{supplier_id}": None,
    "GET /v1/providers": None,
    "GET /v1/providers/{provider_id}": None,
    "POST /v1/providers/{provider_id}/badge": {"action": "grant", "reason": "打 @ 问过"},
    "POST /v1/provider-ratings/{rating_id}/decide": {"approve": True, "reason": "打 @ 核对过"},
    "POST /v1/provider-ratings/{rating_id}/appeal": {"text": "请回电 @", "evidence_ref": "录音 @"},
    "GET /v1/provider-appeals": None,
    "POST /v1/provider-appeals/{appeal_id}/decide": {"uphold": True, "reason": "打 @ 核对过"},
    "POST /v1/webhooks": {"url": "https://uploader.example.com/hook", "event_types": ["content.outcome"]},
    "GET /v1/webhooks": None,
    "POST /v1/webhooks/{webhook_id}/rotate": {"overlap_hours": 1},
    "GET /v1/webhooks/{webhook_id}/deliveries": None,
    "POST /v1/webhooks/{webhook_id}/deliveries/{message_id}/replay": None,
    "POST /v1/webhooks/{webhook_id}/replay": {"since": "2026-11-01T00:00:00+08:00"},
    "POST /v1/webhooks/{webhook_id}/enable": None,
    "DELETE /v1/webhooks/{webhook_id}": None,
}
FIRST = (
    "POST /v1/screenings",
    "PUT /v1/people/{person}",
    "POST /v1/claims",
    "POST /v1/evidence",
    "POST /v1/notices",
    "POST /v1/fund/stops",
    "PUT /v1/people/{person}/consents/{purpose}",
    "POST /v1/webhooks",
)


def operations(client):
    """Every call of the API."""
    paths = client.get("/openapi.json").get_json()["paths"]
    described = {f"{method.upper()} {path}" for path, said in paths.items() for method in said}
    routes = {
        (method, re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule))
        for rule in client.application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/") and not rule.rule.startswith("/v1/hooks/")  # platforms' own formats
    }
    assert {f"{method} {path}" for method, path in routes} <= described, "every route is in the OpenAPI document"
    return described


def planted(body, canaries):
    """The body with a fresh canary for every ``@``."""

    def plant(_):
        canaries.append("139" + str(next(NUMBERS)))
        return canaries[-1]

    return json.loads(re.sub("@", plant, json.dumps(body, ensure_ascii=False)))


def drive(service, canaries):
    """Send every call, those that make things first; returns the statuses by call."""
    client = service.client()
    known = {"person": "buyer:o-1", "purpose": "tracking", "content_id": "v-1", "rule_id": "S2-05", "name": "trial"}
    known |= {"order_id": "o-1", "shop_id": "shop-1", "month": "2026-11", "room_id": "room-1"}
    known["snapshot_id"] = client.get("/v1/snapshots?kind=rules").get_json()["items"][0]["id"]
    statuses = {}
    for call in sorted(operations(client), key=lambda each: (each not in FIRST, each.startswith("DELETE"), each)):
        method, path = call.split(" ")
        body = planted(DRIVEN[call], canaries) if DRIVEN[call] is not None else None
        where = path.format_map(defaultdict(lambda: "unknown", known))
        where += "?purpose=person_request&reason=x" if call == "GET /v1/people/{person}/export" else ""
        where += "?kind=rules" if path == "/v1/snapshots" and method == "GET" else ""
        where += "?shop_id=shop-1&event_id=e-1" if path == "/v1/events/why" else ""
        where += "?shop_id=shop-1" if path in OF_A_SHOP and method == "GET" else ""
        headers = {"Idempotency-Key": f"k-{len(statuses)}"} if method == "POST" else {}
        answer = client.open(where, method=method, json=body, headers=headers)
        said = answer.get_json(silent=True) if answer.is_json else None
        if answer.status_code < 300 and isinstance(said, dict):
            made = {"POST /v1/webhooks": "webhook_id", "POST /v1/backtests": "backtest_id"}
            made |= {"POST /v1/rules/sign-offs": "sign_off_id", "POST /v1/holds": "hold_id"}
            made |= {"POST /v1/people/{person}/requests": "request_id", "POST /v1/wordlists/{name}/words": "change_id"}
            if call in made and "id" in said:
                known[made[call]] = said["id"]
            known |= {
                name: said[name]
                for name in ("claim_id", "stop_id", "evidence_id", "notice_id", "inquiry_id")
                if said.get(name)
            }
            known |= {name: said[name] for name in ("screening_id", "case_id") if said.get(name) and name not in known}
            if call == "GET /v1/audit":
                seal_audit(service.parts, now=service.clock())
                known["audit_id"] = said["items"][0]["id"]
        statuses[call] = answer.status_code
        fits = not isinstance(said, dict) or said.get("detail") != "the request does not fit the contract"
        assert fits, (call, said)
    return statuses


SETTINGS = {"outbox_allow_private": False, "rule_approval": "required"}
SETTINGS |= {"second_review_shares": "content=10000,orders=10000,senior=10000"}


@pytest.fixture
def service(sqlite_database, judge, tmp_path):
    return make_service(sqlite_database, tmp_path, judge, **SETTINGS)


def test_every_endpoint_is_driven(service):
    assert operations(service.app.test_client()) - {"GET /openapi.json"} == set(DRIVEN)


def test_every_form_of_the_console_is_sent(service):
    assert forms_of(service.app) == {form.endpoint for form in FORMS}


def test_no_canary_is_found_in_the_database_the_logs_the_exports_or_the_audit(service, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    canaries = []

    statuses = drive(service, canaries)
    forms = send_forms(service, lambda body: planted(body, canaries))
    broken = service.client().post("/v1/screenings", data="{" + planted("@", canaries), content_type="application/json")
    worker = Worker(service.parts)
    while worker.work_due():
        pass
    seal_audit(service.parts, now=service.clock())
    with service.parts.db.read() as session:
        exporting.export(session, tmp_path / "export", keys_of(service.parts))

    assert broken.status_code == 400
    assert len(canaries) >= 165
    assert {call: status for call, status in forms.items() if status >= 500 or status == 400} == {}
    assert len([status for status in forms.values() if status < 400]) >= 62, forms
    assert {call: status for call, status in statuses.items() if status >= 500 or status == 400} == {}
    assert len([status for status in statuses.values() if status < 300]) >= 30, statuses
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"weiheng.db", "weiheng.db-wal", "rows.ndjson"} <= {file.name for file in files}
    kept = {str(file.relative_to(tmp_path)): file.read_bytes() for file in files}
    out, err = capfd.readouterr()
    kept |= {"log": caplog.text.encode(), "stdout": out.encode(), "stderr": err.encode()}
    found = {(name, canary) for name, data in kept.items() for canary in canaries if canary.encode() in data}
    assert found == set()


def test_no_canary_is_found_in_any_row_of_postgresql(postgres_database, judge, tmp_path):
    service, canaries = make_service(postgres_database, tmp_path, judge, **SETTINGS), []

    statuses = drive(service, canaries) | send_forms(service, lambda body: planted(body, canaries))

    assert {call: status for call, status in statuses.items() if status >= 500} == {}
    seen, rows = set(), 0
    with postgres_database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                rows += 1
                kept = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
                seen |= {(table.name, canary) for canary in canaries if canary.encode() in kept}
    assert rows > 200
    assert seen == set()


def test_the_search_would_find_a_canary(service, tmp_path):
    canaries = []
    body = planted({"content_id": "138@", "kind": "comment", "shop_id": "shop-1", "text": "好"}, canaries)
    service.client().post("/v1/screenings", json=body)

    data = b"".join(file.read_bytes() for file in tmp_path.glob("weiheng.db*"))

    assert canaries[0].encode() in data
