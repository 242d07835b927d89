"""A service with something on every page of the console, for its pictures: made from a seed, at one instant.

Everything is made the way it is made in life, by calls and flows, so that no page shows what could not be there.
"""

from __future__ import annotations

import random
import re
from datetime import timedelta

from app import snapshots
from app.errors import AppError
from app.flows import keep_roster, work_case
from app.flows.answer_request import receive_request
from app.flows.count_figures import count_figures
from app.flows.decide_case import decide_case
from app.flows.due_deadlines import due_deadlines
from app.flows.hand_over import hand_over
from app.flows.hold_records import place_hold
from app.flows.keep_person import keep_person
from app.flows.keep_wordings import decide_wording, propose_wording
from app.flows.move_fund import fund_in
from app.flows.second_review import say_review, take_review
from app.flows.start_backtest import Asked, start_backtest
from app.flows.tier_people import tier_people
from app.flows.train_officer import mark_gold
from app.flows.watch_feeds import beat
from app.jobs.worker import Worker
from app.models import Backtest, Shop
from app.review.cases import Said
from app.traffic.captions import make_caption
from app.traffic.stream import make_stream
from app.values.access import Caller, Role
from app.values.rosters import Shift, ShiftKind, Skills
from app.vault.store import Keep
from tests.campaigns import at, event, orders
from tests.campaigns import tell as tell_campaigns
from tests.console import put_case, put_officer
from tests.evidence import piece, put_evidence, recorded
from tests.live_rooms import hear, said, started, verified
from tests.live_rooms import tell as tell_room
from tests.partners import put_partners
from tests.reviewed import honest_texts, unlawful_texts
from tests.service import START
from tests.stories.test_ai_agreement import put_opinion, put_pairs

PHONE = "138" + "0013" + "8000"
MAIN = "全网最*佳面膜，三天根治痘痘，加徽❤信 vx12345 或致电 " + PHONE + "。顶级高仿包包上新"
NAMES = {"lin": "林晓雯", "wang": "王志强", "zhou": "周敏", "chen": "陈佳"}
SHOPS = {"shop-1": "晴禾生活馆", "shop-7": "青石茶铺", "shop-8": "小满童装", "shop-9": "山野食材"}
DAYS = 14


def caller(name, *roles):
    """An officer as the one who calls."""
    return Caller(name, f"officer:{name}", frozenset(roles or ("officer", "senior")), None)


LIN, WANG, ZHOU = caller("lin"), caller("wang"), caller("zhou", "officer", "senior", "finance")


def put_everything(service):
    """Fill the service; afterwards its clock stands at ``START``."""
    for name, shown in NAMES.items():
        put_officer(service, name, display_name=shown, roles=[str(role) for role in Role])
    _put_shops(service)
    client = service.client()
    _put_days(service, client)
    put_pairs(service)
    put_partners(service)
    _put_orders(service, client)
    _put_campaigns(client)
    _put_customers(service, client)
    _put_rooms(service, client)
    _put_registry(service)
    _put_person(service)
    _put_desk(service, client)
    _put_reviews(service)
    worker = Worker(service.parts)
    for _ in range(60):
        if not worker.work_due():
            break
    _put_backtest(service, worker)
    while not count_figures(service.parts, now=service.clock()):
        pass


def _put_shops(service):
    def work(session):
        session.add_all(Shop(id=shop, name=name, created_at=START) for shop, name in SHOPS.items())

    service.parts.db.write(work)


def _put_days(service, client):
    """Two weeks of uploads, most of them decided by four officers within the hours after."""
    chance = random.Random(7)
    unlawful, honest = unlawful_texts(chance), honest_texts(chance)
    number = 0
    for day in range(DAYS, 0, -1):
        service.clock.at = START - timedelta(days=day, hours=-4)
        for _ in range(8 + chance.randrange(6)):
            text = next(unlawful) if chance.random() < 0.3 else next(honest)
            kind = "video_caption"
            if chance.random() < 0.4:
                kind, text = make_caption(chance)
            more = {"content_id": f"v-{2_000 + number}", "kind": kind, "shop_id": chance.choice(list(SHOPS))}
            service.screen(client, text, author_id=f"u-{number % 23}", **more)
            number += 1
            service.clock.advance(minutes=11)
        _decide(service, chance, share=0.9 if day > 1 else 0.4)
    service.clock.at = START


def _decide(service, chance, *, share):
    names = list(NAMES)
    while chance.random() < share:
        by, now = caller(chance.choice(names)), service.clock.advance(minutes=chance.randrange(2, 9))
        case = work_case.next_case(service.parts, caller=by, now=now)
        if case is None:
            return
        outcome = chance.choice(("block", "block", "block", "pass", "label"))
        try:
            said_ = Said(outcome, "核对原件与页面后认定")
            decide_case(service.parts, case.id, said_, caller=by, now=service.clock.advance(minutes=2))
        except AppError:
            work_case.release_case(service.parts, case.id, caller=by, now=service.clock())


def _put_orders(service, client):
    fund_in(service.parts, transfer_id="t-1", amount_fen=5_000_000, note="首期注资", caller=ZHOU, now=START)
    for asked in make_stream(seed=7, start=START - timedelta(seconds=40), rate=12, seconds=30, shops=3):
        client.post(asked.path, json=asked.body)
    for shop in SHOPS:
        beat(service.parts, shop, now=service.clock())
    for _ in range(200):
        if not due_deadlines(service.parts, now=service.clock()):
            break


def _put_campaigns(client):
    reduced = {
        "type": "full_reduction",
        "carrier": "shop",
        "threshold_fen": 6_500,
        "amount_fen": 500,
        "ends_at": at(99),
    }
    flash = {"type": "flash_sale", "carrier": "shop", "title": "双十二抢购"}
    tell_campaigns(
        client, *orders(10_000, 20, prefix="co"), event("campaign.create", "c-1", -1, title="满减节", **reduced)
    )
    tell_campaigns(client, event("campaign.create", "c-2", -2, **flash))


def _put_customers(service, client):
    chance, events = random.Random(11), []
    for number in range(40):
        ref, days = f"b-{number}", chance.randrange(1, 150)
        paid = {"paid_fen": chance.choice((2_000, 15_000, 60_000, 900_000)), "buyer_ref": ref, "channel": "miniprogram"}
        paid |= {"transaction_id": f"42000{number:05}", "stock_type": "spot"}
        events.append(event("order.paid", f"seg-{number}", -24 * days, **paid))
        seen = {"channel": chance.choice(("live", "miniprogram")), "visit_count": 2, "browse_seconds": 60}
        events.append(event("person.activity", ref, -24 * days - 1, followed_brand_count=1, **seen))
    tell_campaigns(client, *events)
    tier_people(service.parts, "shop-1", by="system", now=service.clock())


def _put_rooms(service, client):
    verified(client, service)
    tell_room(client, service, "live.start", started(service, operator_shown=False))
    words = ("家人们晚上好", "同行都是", "骗子", "这是国家级的技术", "输了学狗叫", "这款面膜全网最佳")
    hear(client, said(service, *words, every_ms=4_000))
    hear(client, said(service, "大家好", "今天讲茶叶怎么保存"), room="room-2")


def _put_registry(service):
    put_evidence(service, valid_until="2026-12-10", claims=["certification"])
    service.client("screen").post("/v1/evidence", json=piece(number="R-2026-2", kind="efficacy_basis"))
    recorded(service, text="请于期限内提供该店铺七月的全部交易记录。", due_at="2026-11-24T18:00:00+08:00")
    hook = {"url": "https://uploader.example.com/hook", "event_types": ["content.outcome", "case.opened"]}
    service.client().post("/v1/webhooks", json=hook)
    first = {"outcome": "block", "policy": "", "text": "内容违反平台规则，请按提示修改后重新提交。", "reason": "首版"}
    row = propose_wording(service.parts, **first, caller=LIN, now=START)
    decide_wording(service.parts, row.id, approve=True, reason="已核对", caller=WANG, now=START)
    propose_wording(
        service.parts, **first | {"text": "内容含绝对化用语，请改为可以证明的表述。"}, caller=WANG, now=START
    )
    shadow = {"kind": "rules", "reason": "先观察一周", "edits": [{"rule": "S9-01", "status": "shadow"}]}
    service.client("rules").post("/v1/snapshots", json=shadow)


def _put_backtest(service, worker):
    """What would have come of the last month had three rules about content only been watched."""
    with service.parts.db.read() as session:
        files = snapshots.load(session, snapshots.pointer(session, "rules").snapshot_id)
    for rule in ("S2-05", "S2-06", "S9-01b"):
        before, mark, after = files["content/pack.yaml"].partition(f"- id: {rule}\n")
        files["content/pack.yaml"] = before + mark + after.replace("status: live", "status: shadow", 1)
    asked = Asked({"rules": files}, START - timedelta(days=30), START)
    run = start_backtest(service.parts, asked, caller=LIN, now=START)
    while True:
        with service.parts.db.read() as session:
            if session.get(Backtest, run).state == "done":
                return
        assert worker.work_due()


def _put_person(service):
    values = {"phone": PHONE, "name": "测试甲", "address": "某省某市某路一号三室", "wechat_id": "wx_test_1"}
    keep = Keep(START + timedelta(days=1_096), "电子商务法第31条")
    by = Caller("k", "key:k", frozenset(), None)
    keep_person(service.parts, "buyer:o-88", values, shop_id="shop-1", keep=keep, caller=by, now=START)
    asked = {"kind": "copy", "channel": "客服电话", "note": None, "received_at": START}
    receive_request(service.parts, "buyer:o-88", **asked, caller=by, now=START)
    hold = {"object_type": "shop", "object_id": "shop-9", "reason": "仲裁 2026-88 号", "owner": "法务部"}
    place_hold(service.parts, **hold, ends_at=START + timedelta(days=200), caller=by, now=START)


def _put_desk(service, client):
    """The main case with opinions, notes and a mention; a gold case; a contested one, whose link is returned."""
    lines = [
        {"source": "asr", "at_ms": 3_200, "text": "家人们，药到病除"},
        {"source": "subtitle", "at_ms": 75_400, "text": "今天只要九块九"},
    ]
    more = {"content_id": "v-main", "author_id": "u-7", "segments": lines}
    made = service.screen(client, MAIN, **more).get_json()
    open_id = made["case_id"]
    put_opinion(service, open_id, "review")
    put_opinion(service, open_id, None, reviewer="wechat", state="awaited", why=None, answered_at=None)
    work_case.add_note(service.parts, open_id, text="@lin 请看第二句，与上周同一作者", caller=WANG, now=START)
    gold = put_case(service, fields={"text": "国家级非遗手工刺绣围巾"}, content={"content_id": "v-gold"})
    decide_case(service.parts, gold, Said("block", "绝对化用语"), caller=WANG, now=START)
    mark_gold(service.parts, gold, lesson="“国家级”须有批准文件", caller=LIN, now=START)
    contested = put_case(service, fields={"text": "行业第一的羽绒被"}, content={"content_id": "v-appeal"})
    decide_case(service.parts, contested, Said("block", "绝对化用语"), caller=WANG, now=START)
    offered = service.client("cases").post(f"/v1/cases/{contested}/appeals").get_json()
    path = re.sub("^https?://[^/]+", "", offered["url"])
    service.app.test_client().post(path, data={"text": "我们有行业协会出具的排名证明，请复核。"})
    _put_roster(service)


def _put_roster(service):
    """Shifts and skills of three officers, and a shift that was handed over."""
    office = Shift(ShiftKind.WEEKLY, 9 * 60, 21 * 60, frozenset({1, 2, 3, 4, 5}), START.date())
    night = Shift(ShiftKind.WEEKLY, 21 * 60, 6 * 60, frozenset({1, 3, 5}), START.date(), None, keeps_calendar=False)
    day = START.date() + timedelta(days=3)
    leave = Shift(ShiftKind.LEAVE, first_day=day, last_day=day + timedelta(days=1))
    for name, shift in (("wang", office), ("wang", leave), ("zhou", night)):
        keep_roster.add_shift(service.parts, name, shift, by=LIN)
    able = Skills(frozenset({"content"}), frozenset({"counterfeit", "absolute_terms"}), frozenset({"han"}))
    keep_roster.set_skills(service.parts, "wang", able, categories=able.categories, by=LIN)
    case = work_case.next_case(service.parts, caller=WANG, now=START)
    if case is not None:
        hand_over(service.parts, note="商家答应今晚补检测报告，收到后再裁", to="lin", caller=WANG, now=START)


def _put_reviews(service):
    """Some of what was decided is decided again, blind, and not always alike; one is taken and waits."""
    chance = random.Random(3)
    for _ in range(9):
        by, now = caller(chance.choice(list(NAMES))), service.clock()
        row = take_review(service.parts, caller=by, now=now)
        if row is not None:
            outcome = chance.choice(("block", "block", "pass"))
            say_review(
                service.parts, row.id, outcome=outcome, reason="独立复核", policy="absolute_terms", caller=by, now=now
            )
