"""Every form of the console and of the merchants' page, and what is written into it: ``@`` stands for a fresh canary.

They are sent in this order, because some need what others made; an argument of an address is the newest of its kind.
``who`` is the officer: two of them, because some deeds need a second person. ``about`` are arguments of the address
that are not the usual ones.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app import models
from app.flows.fetch_fund_bill import FETCH_FUND_BILL
from app.flows.match_bill import match_bill
from app.flows.rate_providers import rate_providers
from app.flows.sign_off_rules import unsigned_today
from app.flows.told_things import told_payments
from app.review import appeals
from app.values.access import Role
from app.web.console.language import CHINESE
from app.web.console.sign_off_pages import key_of
from tests.console import PASSWORD, put_case, put_officer, sign_in, token
from tests.factories import make_case
from tests.flows.test_matching import bill_of
from tests.money import LIN
from tests.partners import put_contract, put_jobs

PDF = b"%PDF-1.4\n"
WORDS = b"# category: brands\n# verdict: review\n# source: law\n# owner: o\nword\n"


@dataclass(frozen=True, slots=True)
class Form:
    endpoint: str
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    who: str = "lin"
    about: dict[str, str] = field(default_factory=dict)


FORMS = (
    Form("console.choose_language", {"language": CHINESE}),
    Form("console.next_case", {"q": "@"}),
    Form("console.save_filter", {"name": "找 @", "q": "@", "shop": "shop-1"}),
    Form("console.forget_filter"),
    Form("console.case_claim"),
    Form("console.case_draft", {"text": "商家电话 @"}),
    Form("console.case_notes", {"text": "{mention} 商家电话 @"}),
    Form("console.put_away_mentions", who="wen"),
    Form("console.label_entity", {"entity": "shop", "value": "关注", "reason": "打 @ 问过", "days": "7"}),
    Form("console.void_mark", {"reason": "打 @ 问过"}),
    Form("console.attach_file", files={"file": ("电话@.pdf", PDF)}),
    Form("console.case_hold", {"span": "1h", "reason": "等 @ 回电"}),
    Form("console.case_release"),
    Form("console.case_escalate", {"reason": "打 @ 问过"}),
    Form("console.case_reassign", {"to": "", "reason": "打 @ 问过"}),
    Form("console.bulk_cases", {"case": "{other_case}", "decision": "block", "reason": "打 @ 问过"}),
    Form("console.undo_bulk"),
    Form("console.case_decide", {"decision": "block", "policy": "absolute_terms", "reason": "有电话 @"}),
    Form(
        "console.choose_telling",
        {"thing": "payment", "telling": "{telling}", "seen": "{telling}", "reason": "打 @ 问过"},
        about={"case_id": "{order_case}"},
    ),
    Form("console.end_shift", {"note": "交班，回 @"}),
    Form("console.take_handover"),
    Form("console.choose_comfort", {"veil": "blur", "break_minutes": "60", "severe_cases": "20"}),
    Form("console.take_break", {"what": "later"}),
    Form("console.mark_gold", {"lesson": "见 @"}),
    Form("console.answer_gold", {"decision": "block"}, who="wen"),
    Form("console.next_review", who="wen"),
    Form("console.say_review", {"decision": "pass", "reason": "打 @ 问过"}, who="wen"),
    Form("console.resolve_review", {"decision": "block", "lesson": "打 @ 问过"}),
    Form("console.give_up_review", who="wen"),
    Form("console.offer_appeal"),
    Form("merchants.appeal", {"text": "请联系 @"}, {"files": ("回执@.pdf", PDF)}),
    Form("console.decide_appeal", {"decision": "upheld", "reason": "打 @ 问过"}, who="wen"),
    Form("console.case_evidence", {"reason": "协查，联系 @", "format": "pdf"}),
    Form("console.undo_claim", {"ground": "evidence", "reason": "打 @", "sure": "1"}),
    Form("console.decide_claim", {"decision": "reject", "ground": "evidence", "reason": "打 @"}),
    Form("console.stop_payouts", {"scope": "shop", "value": "shop-9", "reason": "打 @"}),
    Form("console.start_payouts", {"decision": "ask", "reason": "打 @"}),
    Form("console.check_books"),
    Form("console.explain_difference", {"how": "returned", "reason": "打 @ 问过"}),
    Form("console.decide_letter", {"decision": "replay", "reason": "打 @ 问过"}),
    Form("console.lift_freeze", {"reason": "打 @ 问过"}),
    Form(
        "console.propose_evidence",
        {"shop_id": "shop-1", "kind": "patent", "number": "R-@", "issuer": "某局 @", "note": "联系 @"}
        | {"valid_from": "2026-01-01", "claims": "专利"},
        {"files": ("证书@.pdf", PDF)},
    ),
    Form("console.decide_evidence", {"decision": "refuse", "reason": "打 @ 问过"}, who="wen"),
    Form(
        "console.record_notice",
        {"shop_id": "shop-1", "kind": "complaint_12315", "number": "T-@", "authority": "某局", "title": "投诉 @"}
        | {"text": "投诉人电话 @", "received_on": "2026-11-20"},
        {"files": ("来函@.pdf", PDF)},
    ),
    Form("console.step_notice", {"decision": "answer", "text": "已联系 @"}, {"files": ("答复@.pdf", PDF)}),
    Form(
        "console.ask_inquiry", {"shop_id": "shop-1", "from": "2026-11-01", "to": "2026-11-20", "reason": "协查，联系 @"}
    ),
    Form("console.search_people", {"field": "phone", "value": "@"}),
    Form(
        "console.place_hold",
        {"object_type": "shop", "object_id": "shop-8", "until": "2027-06-30"} | {"reason": "联系 @", "owner": "法务"},
    ),
    Form("console.release_hold", {"reason": "打 @"}),
    Form("console.receive_request", {"kind": "copy", "channel": "客服", "note": "回电 @"}),
    Form("console.answer_request", {"outcome": "answered", "answer": "已回电 @"}),
    Form("console.reveal_person", {"fields": "phone", "purpose": "after_sales", "reason": "打 @"}),
    Form("console.erase_person", {"confirm": "{ref}", "reason": "本人来电 @ 要求"}),
    Form("console.find_segment", {"ref": "buyer:@"}),
    Form("console.decide_rating", {"decision": "approve", "reason": "打 @", "shop_id": "shop-1", "provider_id": "p-1"}),
    Form("console.appeal_rating", {"text": "回电 @", "evidence": "录音 @", "shop_id": "shop-1", "provider_id": "p-1"}),
    Form(
        "console.hear_appeal",
        {"decision": "uphold", "reason": "打 @", "shop_id": "shop-1", "provider_id": "p-1"},
        who="wen",
    ),
    Form("console.set_badge", {"decision": "grant", "reason": "打 @", "shop_id": "shop-1", "provider_id": "p-1"}),
    Form(
        "console.ask_sign_off",
        {"key": "{unsigned}", "basis": "法务意见，联系 @", "signed_by": "法务"}
        | {"valid_from": "2026-11-01", "reason": "见 @"},
    ),
    Form("console.decide_sign_off", {"decision": "approve", "reason": "打 @ 核对过"}, who="wen"),
    Form("console.withdraw_sign_off", {"reason": "打 @ 问过"}),
    Form("console.edit_rule", {"do": "try", "why": "打 @"}),
    Form("console.edit_parameter", {"do": "propose", "default": "3", "why": "打 @"}),
    Form("console.edit_pack", {"do": "try", "why": "打 @"}),
    Form("console.start_backtest", {"candidate": "{candidate}", "days": "7", "most": ""}),
    Form("console.cancel_backtest"),
    Form("console.decide_candidate", {"decision": "refuse", "reason": "打 @"}, who="wen"),
    Form("console.decide_candidate", {"decision": "withdraw", "reason": "打 @"}),
    Form("console.reset_rule", {"reason": "打 @"}),
    Form(
        "console.propose_word", {"word": "杜撰词", "category": "absolute_terms", "verdict": "review", "reason": "打 @"}
    ),
    Form("console.decide_word", {"decision": "refuse", "reason": "打 @"}, who="wen"),
    Form(
        "console.upload_wordlist",
        {"name": "trial", "format": "lines", "category": "absolute_terms", "law": "广告法", "reason": "打 @"},
        {"file": ("表@.txt", WORDS)},
    ),
    Form("console.refresh_wordlists"),
    Form("console.decide_wordlists", {"decision": "refuse", "reason": "打 @"}),
    Form("console.roll_back_wordlists", {"reason": "打 @"}),
    Form("console.roll_back_rules", {"reason": "打 @"}),
    Form("console.propose_wording", {"outcome": "return", "policy": "", "text": "请改好后再提交", "reason": "打 @"}),
    Form("console.decide_wording", {"decision": "approve", "reason": "打 @"}, who="wen"),
    Form("console.enable_webhook"),
    Form("console.replay_webhook", {"since": "2026-11-01"}),
    Form("console.replay_message"),
    Form("console.verify_audit"),
    Form("console.create_officer", {"username": "zhao", "display_name": "赵 @", "roles": "officer", "shops": ""}),
    Form("console.change_officer", {"what": "link", "subject": "u-1"}),
    Form("console.set_skills", {"queues": "content"}),
    Form("console.add_shift", {"kind": "day", "opens": "09:00", "closes": "18:00", "first_day": "2026-11-24"}),
    Form("console.end_roster_shift"),
    Form("console.begin_second_factor", who="wen"),
    Form("console.confirm_second_factor", {"code": "000000"}, who="wen"),
    Form("console.sign_in", {"username": "@", "password": "@"}, who="nobody"),
    Form("console.sign_in_code", {"code": "000000"}, who="nobody"),
    Form("console.sign_in_once", who="nobody"),
    Form(
        "console.change_password",
        {"old": "{password}", "new": "a phrase with {secret_number}", "again": "a phrase with {secret_number}"},
    ),
    Form("console.sign_out", who="wen"),
)
"""In the order in which they are sent."""

_NEWEST: dict[str, Any] = {
    "backtest_id": models.Backtest,
    "bulk_id": models.BulkDeed,
    "filter_id": models.SavedFilter,
    "mark_id": models.EntityMark,
    "review_id": models.SecondReview,
    "gold_id": models.GoldCase,
    "claim_id": models.Claim,
    "stop_id": models.PayoutStop,
    "difference_id": models.BillDifference,
    "freeze_id": models.Effect,
    "evidence_id": models.Evidence,
    "notice_id": models.Notice,
    "hold_id": models.LegalHold,
    "request_id": models.PersonRequest,
    "rating_id": models.ProviderRating,
    "appeal_id": models.ProviderAppeal,
    "sign_off_id": models.RuleSignOff,
    "change_id": models.WordChange,
    "wording_id": models.Wording,
    "webhook_id": models.WebhookEndpoint,
    "message_id": models.OutboxMessage,
    "shift_id": models.OfficerShift,
    "handover_id": models.Handover,
}
_FIXED = {"shop_id": "shop-1", "provider_id": "p-1", "ref": "buyer:o-2", "rule_id": "S2-05", "username": "zhao"}
_FIXED |= {"secret": "unknown", "letter_id": "01a21650-0000-7000-8000-000000000001"}


def forms_of(app: Any) -> set[str]:
    """Every endpoint a form can be sent to."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint.split(".")[0] in {"console", "merchants"}
    }


def send_forms(service: Any, plant: Callable[[Any], Any]) -> dict[str, int]:
    """Send them all as two officers who may do everything; the statuses by endpoint."""
    for username in ("lin", "wen"):
        put_officer(service, username, roles=[each.value for each in Role])
    clients = {who: sign_in(service, who)[0] for who in ("lin", "wen")} | {"nobody": service.app.test_client()}
    known = _made(service, plant)
    statuses = {}
    for form in FORMS:
        client = clients[form.who]
        page = "/console/account" if form.who != "nobody" else "/console/sign-in"
        planted = {name: plant(text) for name, text in form.fields.items()}
        data = {name: text.format_map(known) if "{" in text else text for name, text in planted.items()}
        data["csrf_token"] = token(client, page)
        data |= {name: (io.BytesIO(body), plant(file)) for name, (file, body) in form.files.items()}
        about = known | {name: text.format_map(known) for name, text in form.about.items()}
        statuses[form.endpoint] = client.post(_address(service, form.endpoint, about), data=data).status_code
    return statuses


def _made(service: Any, plant: Callable[[Any], Any]) -> dict[str, str]:
    """What the forms need beside each other: cases, a person, a parameter, something unsigned."""
    cases = [put_case(service, content={"content_id": f"f-{number}"}) for number in range(2)]
    fields = plant({"phone": "@", "name": "测@"})
    assert service.client().put("/v1/people/buyer:o-2", json={"shop_id": "shop-1", "fields": fields}).status_code == 200
    put_contract(service.client("events"), "p-1")
    put_jobs(service.client("events"), "p-1", 12)
    rate_providers(service.parts, by="system", now=service.clock())
    stuck = _stuck(service.clock())
    service.parts.db.write(lambda session: session.add_all(stuck))
    bill = bill_of(service.clock(), ("f-1", "", "+5.00"))
    match_bill(service.parts, bill, channel="wechat_pay", caller=LIN, now=service.clock())
    order_case, telling = _told_twice(service)
    pack = next(each for each in service.parts.live.current.engine.packs if each.parameters)
    unsigned = key_of(next(each for each in unsigned_today(service.parts, now=service.clock()) if key_of(each)))
    made = {"case_id": cases[0], "other_case": cases[1], "unsigned": unsigned, "mention": "@wen"}
    made |= {"order_case": order_case, "telling": telling}
    made |= {"password": PASSWORD, "secret_number": plant("@"), "candidate": service.parts.live.current.rules_id}
    return _FIXED | made | {"pack": pack.name, "name": next(iter(pack.parameters))}


def _told_twice(service: Any) -> tuple[str, str]:
    """A case about an order whose payment was told twice, and the first of the tellings."""
    at, client = service.clock() - timedelta(hours=1), service.client("events")
    event = {"kind": "order.paid", "subject": "o-7", "shop_id": "shop-1", "occurred_at": at.isoformat()}
    for number in (1, 2):
        sent = event | {"id": f"paid-{number}", "data": {"paid_fen": 100 * number}}
        assert client.post("/v1/events", json=sent).status_code == 200
    with service.parts.db.read() as session:
        order = session.scalars(select(models.Order).where(models.Order.subject == "o-7")).one()
    about = {"subject_type": "order", "subject": "o-7", "content_pk": None, "screening_id": None}
    case_id = service.parts.db.write(lambda session: make_case(session, **about).id)
    return case_id, told_payments(order)[0]["telling"]


def _stuck(now: Any) -> list[Any]:
    """A freeze, and a piece of work whose attempts are used up."""
    about = {"shop_id": "shop-1", "subject_type": "order", "subject": "o-9", "root": "order:o-9"}
    rule = {"rule": "S8-19", "pack": "profit_sharing", "verb": "freeze", "number": 0, "occasion": "x", "data": {}}
    at = {"happened_at": now, "opened_at": now}
    letter = {"kind": FETCH_FUND_BILL, "payload": {"provider": "wechat_pay", "account": "1", "what": "fund_bill"}}
    letter["payload"]["asked"] = {"day": "2026-11-20"}
    return [
        models.Effect(**about, **rule, **at, result={}, decision_id=models.new_id()),
        models.QueueRow(
            id=_FIXED["letter_id"], **letter, state="failed", due_at=now, attempts=8, created_at=now, finished_at=now
        ),
    ]


def _address(service: Any, endpoint: str, known: dict[str, str]) -> str:
    """The form's address, with the newest row of each kind it names."""
    [rule] = [each for each in service.app.url_map.iter_rules() if each.endpoint == endpoint and "POST" in each.methods]
    values = {name: known[name] if name in known else _newest(service, name) for name in rule.arguments}
    with service.app.test_request_context():
        return service.app.url_map.bind("localhost").build(endpoint, values, method="POST")


def _newest(service: Any, name: str) -> str:
    with service.parts.db.read() as session:
        if name == "token":
            appeal = session.scalars(select(models.Appeal).order_by(models.Appeal.id.desc())).first()
            return appeals.token_of(appeal, service.parts.keyring.appeals) if appeal else "unknown"
        if name == "snapshot_id":
            return session.scalars(select(models.Snapshot.id).order_by(models.Snapshot.created_at.desc())).first()
        model = _NEWEST[name]
        return session.scalars(select(model.id).order_by(model.id.desc())).first() or "unknown"
