"""Contents are scored and their mix is counted over HTTP; who publishes has had both a machine and a person look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import snapshots
from app.flows.tell_upkeep import SHOP, tell_upkeep, tell_wordlists
from app.flows.wordlist_freshness import Freshness, Level
from app.models import Event, EventDecision
from tests.service import START

GOOD = "这件羽绒服用90%白鸭绒，充绒量120克，零下10度也暖和。你们更喜欢黑色还是米色？评论区告诉我，点击链接看详情。"
FORCED = "关注我才能领券，转发三个群截图给客服，不转发不发货，公屏刷起来！"


def score(client, text, **more):
    answer = client.post("/v1/contents/score", json={"shop_id": "shop-1", "kind": "video_caption", "text": text} | more)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def event(client, kind, subject, data=None, *, shop="shop-1", id_=None, hours=0):
    at = (START + timedelta(hours=hours)).isoformat()
    told = {"id": id_ or f"{kind}-{subject}", "kind": kind, "subject": subject, "shop_id": shop, "occurred_at": at}
    return client.post("/v1/events", json=told | {"data": data or {}}).get_json()["results"][0]


def fired(told):
    return sorted(firing["rule"] for firing in told["firings"])


def test_a_score_is_explained_and_force_is_worth_nothing(sqlite_service):
    client = sqlite_service.client("screen")

    good, forced, short = score(client, GOOD), score(client, FORCED), score(client, "好看")

    assert (good["grade"], good["decision"], good["firings"]) == ("passable", "pass", [])
    assert good["score"] == sum(each["score"] * each["weight"] for each in good["dimensions"]) // 100
    assert all(
        max(0, min(100, sum(feature["points"] for feature in each["features"]))) == each["score"]
        for each in good["dimensions"]
    )
    assert {firing["rule"] for firing in forced["firings"]} == {"S2-30", "S2-32"}
    assert forced["dimensions"][2]["score"] == 0
    assert forced["hints"]
    assert (short["score"], short["grade"], short["firings"]) == (None, None, [])


def test_a_screening_has_a_quality_when_it_asks_for_one_and_a_poor_text_goes_to_a_person(sqlite_service):
    client = sqlite_service.client("screen")
    poor = "家人们谁懂啊！！！绝绝子！！！闭眼入！！！"

    plain = sqlite_service.screen(client, poor, content_id="v-1").get_json()
    asked = sqlite_service.screen(client, poor, content_id="v-1", score=True).get_json()

    assert "quality" not in plain
    assert plain["decision"] == "pass"
    assert (asked["decision"], asked["version"]) == ("review", 2)
    assert [firing["rule"] for firing in asked["firings"]] == ["S2-30"]
    assert client.get(f"/v1/screenings/{asked['screening_id']}").get_json()["quality"] == asked["quality"]


def test_a_score_of_another_shop_or_of_nothing_is_refused(sqlite_service):
    client = sqlite_service.client("screen", shops=["shop-1"])

    theirs = client.post("/v1/contents/score", json={"shop_id": "shop-2", "kind": "comment", "text": GOOD})
    empty = client.post("/v1/contents/score", json={"shop_id": "shop-1", "kind": "comment"})

    assert (theirs.status_code, empty.status_code) == (403, 422)
    assert client.get("/v1/content-mix?shop_id=shop-2").status_code == 403


def test_the_mix_counts_each_content_once_by_its_present_version_and_unknown_ones_apart(service):
    client = service.client()
    told = [("product", 3), ("testimonial", 5), ("welfare", 2)]
    for name, count in told:
        for number in range(count):
            service.screen(client, content_id=f"{name}-{number}", facts={"content_type": name})
    service.screen(client, "今天天气不错", content_id="u-1")
    service.screen(client, "全网最佳面霜", content_id="blocked", facts={"content_type": "product"})
    service.clock.advance(minutes=1)

    mix = client.get("/v1/content-mix?shop_id=shop-1").get_json()

    assert [(each["name"], each["count"], each["share_bp"]) for each in mix["parts"]] == [
        ("product", 3, 3000),
        ("testimonial", 5, 5000),
        ("welfare", 2, 2000),
        ("unknown", 1, 909),
    ]
    assert (mix["decision"], mix["firings"]) == ("pass", [])
    service.screen(client, content_id="product-0", facts={"content_type": "welfare"})
    for number in range(6):
        service.screen(client, content_id=f"more-{number}", facts={"content_type": "welfare"})
    leaning = client.get("/v1/content-mix?shop_id=shop-1").get_json()
    assert [each["count"] for each in leaning["parts"]] == [2, 5, 9, 1]
    assert [firing["rule"] for firing in leaning["firings"]] == ["S2-01", "S2-01b"]
    service.clock.advance(days=8)
    assert [each["count"] for each in client.get("/v1/content-mix?shop_id=shop-1").get_json()["parts"]] == [0, 0, 0, 0]


def test_a_content_is_published_after_a_machine_and_where_there_is_doubt_a_person_passed_it(service):
    client = service.client()
    service.screen(client, "今天天气不错", content_id="low")
    doubtful = service.screen(client, "全网第一的面霜，全网最佳", content_id="mid").get_json()

    assert event(client, "content.publish", "low")["decision"] == "pass"
    assert fired(event(client, "content.publish", "unknown")) == ["S8-01"]
    assert fired(event(client, "content.publish", "mid", id_="p-1")) == ["S8-01"]
    reviewed = service.screen(client, "本店系列里最佳的一款", content_id="mid-2").get_json()
    assert (doubtful["decision"], reviewed["decision"]) == ("block", "review")
    assert fired(event(client, "content.publish", "mid-2", id_="p-2")) == ["S8-01"]

    decision = {"decision": "pass", "reason": "自家系列比较，属实"}
    client.post(f"/v1/cases/{reviewed['case_id']}/decide", json=decision)

    assert fired(event(client, "content.publish", "mid-2", id_="p-3")) == ["S8-01b"]
    other = service.app.test_client()
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name='editor')}"
    again = service.screen(other, "正红色是本店系列里最佳的口红颜色", content_id="mid-3").get_json()
    client.post(f"/v1/cases/{again['case_id']}/decide", json=decision)
    assert event(client, "content.publish", "mid-3", id_="p-4")["decision"] == "pass"
    assert fired(event(client, "content.publish", "mid-3", {"submitted_by": "key:hook"}, id_="p-5")) == ["S8-01b"]


def test_a_testimony_needs_a_real_order_that_arrived_of_the_same_buyer_and_goods(service):
    client = service.client()
    paid = {"paid_fen": 9900, "stock_type": "spot", "buyer_ref": "b-1"}
    paid["items"] = [{"sku_id": "s-1", "count": 1, "unit_fen": 9900}]
    event(client, "order.paid", "o-1", paid, hours=-90)
    facts = {"order_id": "o-1", "author_ref": "b-1", "sku_id": "s-1", "ai_generated": False, "ad_label": False}
    facts |= {"shopping_link": False, "portrait_consent": True, "author_age_years": 30, "has_used": True}

    early = event(client, "testimonial.submit", "t-1", facts, hours=-80)
    event(client, "order.confirm", "o-1", {}, hours=-70)
    real = event(client, "testimonial.submit", "t-2", facts, hours=-60)
    wrong = event(client, "testimonial.submit", "t-3", facts | {"sku_id": "s-9", "author_ref": "b-7"}, hours=-50)
    made_up = event(client, "testimonial.submit", "t-4", {k: v for k, v in facts.items() if k != "order_id"}, hours=-40)

    assert fired(early) == ["S2-10c"]
    assert (real["decision"], real["firings"]) == ("pass", [])
    assert fired(wrong) == ["S2-10d", "S2-10e"]
    assert fired(made_up) == ["S2-10"]


def test_the_service_tells_its_records_rules_and_mixes_once_a_day_and_old_lists_once_a_level(service):
    service.screen(service.client(), "今天天气不错")

    assert tell_upkeep(service.parts, now=service.clock()) == 3
    assert tell_upkeep(service.parts, now=service.clock()) == 0

    checked_at = service.clock() - timedelta(seconds=7201)
    seen = Freshness(checked_at, 7201, Level.EXPIRED)
    tell_wordlists(service.parts, seen, now=service.clock())
    assert tell_wordlists(service.parts, Freshness(checked_at, 7300, Level.EXPIRED), now=service.clock()) == 0
    with service.parts.db.read() as session:
        kinds = sorted(session.scalars(select(Event.kind).where(Event.source == "weiheng")))
        firings = session.scalars(select(EventDecision.firings).where(EventDecision.kind == "wordlist.age")).all()
        own = set(session.scalars(select(Event.shop_id).where(Event.kind != "content.plan")))
    assert kinds[:3] == ["content.plan", "review.record", "ruleset.load"]
    assert sorted(firing["rule"] for row in firings for firing in row) == ["S8-03", "S8-04"]
    assert own == {SHOP}


@pytest.mark.parametrize("text", ["使用28天后皮肤水分提升47%，效果看得见"])
def test_what_a_merchant_has_to_change_is_told_with_its_place_and_clause(sqlite_service, text):
    said = sqlite_service.screen(sqlite_service.client("screen"), text).get_json()

    [fix] = said["fixes"]
    place = fix["where"][0]
    assert said["decision"] == "review"
    assert text[place["start"] : place["end"]] == place["said"] == "提升47%"
    assert (fix["rule"], fix["clauses"]) == ("S0-01", ["广告法第十一条"])
    assert said["advice"] == [f"正文“提升47%”：{fix['what']}。修改：{fix['remedy']}"]


def test_a_change_of_the_wordlists_is_told_once_with_how_many_words_changed(sqlite_service):
    parts, now = sqlite_service.parts, sqlite_service.clock()
    with parts.db.read() as session:
        version = snapshots.pointer(session, "wordlists").snapshot_id
        files = snapshots.load(session, version)
    some = {name: text for name, text in files.items() if name in {"categories.yaml", "superstition.txt"}}

    def store(session, files, at):
        stored = snapshots.store(session, "wordlists", files, summary={}, by="source:official", now=at)
        snapshots.activate(session, "wordlists", stored, by="source:official", now=at)

    parts.db.write(lambda session: store(session, some, now))
    tell_wordlists(parts, Freshness(now, 0, Level.FRESH), now=now)
    more = some | {"minors.txt": files["minors.txt"]}
    parts.db.write(lambda session: store(session, more, now + timedelta(hours=1)))

    assert tell_wordlists(parts, Freshness(now, 0, Level.FRESH), now=now + timedelta(hours=1)) == 1
    assert tell_wordlists(parts, Freshness(now, 0, Level.FRESH), now=now + timedelta(hours=2)) == 0
    with parts.db.read() as session:
        wanted = select(Event).where(Event.kind == "wordlist.update").order_by(Event.happened_at.desc())
        told = session.scalars(wanted).first()
        rules = session.scalars(select(EventDecision.firings).where(EventDecision.kind == "wordlist.update")).all()
    assert told.facts["changed_count"] > told.facts["before_count"] // 5
    assert "S8-05" in {firing["rule"] for row in rules for firing in row}
