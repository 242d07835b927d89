"""Whoever writes rules asks what they would say; whoever got a decision asks why it came out as it did."""

from __future__ import annotations

import shutil

import orjson
import pytest
from sqlalchemy import func, select

from app import snapshots
from app.flows.follow_snapshots import follow_once
from app.metrics import REPLAYS_DIFFERENT
from app.models import Base, DataKey, Screening
from app.settings import PROJECT

TEA = "改善睡眠的好茶，今日上新"
CONTENT = {"content_id": "v-1", "kind": "video_caption", "shop_id": "shop-1", "category": "tea", "text": TEA}
NUMBER = "138" + "0013" + "8000"


def rows(service):
    with service.parts.db.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}


def rule(answer, rule_id):
    return next(each for each in answer["rules"] if each["rule"] == rule_id)


def part(told, path):
    found = told["condition"]
    for step in path.split("."):
        found = found["parts"][int(step)]
    return found


def test_a_content_is_judged_like_a_real_one_and_nothing_is_stored(service):
    client = service.client("rules", "screen")
    before = rows(service)

    what_if = client.post("/v1/evaluations", json={"content": CONTENT | {"text": "全网最佳 " + TEA}}).get_json()

    assert rows(service) == before
    real = service.screen(client, "全网最佳 " + TEA, category="tea").get_json()
    same = ("decision", "hits", "personal_data", "firings", "labels", "advice", "doubts", "snapshot")
    assert {name: what_if[name] for name in same} == {name: real[name] for name in same}
    assert what_if["decision"] == "block"
    assert rule(what_if, "S2-05")["outcome"] == "fired"


def test_it_says_which_part_failed_first_and_what_it_saw(sqlite_service):
    client = sqlite_service.client("rules")

    told = rule(client.post("/v1/evaluations", json={"content": CONTENT}).get_json(), "S2-06b")
    english = rule(client.post("/v1/evaluations", json={"content": CONTENT, "language": "en"}).get_json(), "S2-06b")

    assert english["because"] == "Because category (tea) is none of health-food categories"
    assert (told["outcome"], told["first_failed"], told["failed"]) == ("not_fired", "2", 2)
    assert told["because"] == "因为 类目（category） = tea 不在 保健食品类目 中"
    failed = part(told, "2")
    assert failed["text"] == "category in health_food_categories"
    assert [(seen["name"], seen["value"], seen["origin"]) for seen in failed["values"]] == [
        ("category", "tea", "sent"),
        ("health_food_categories", ["health_food", "保健食品", "保健品"], "law:广告法第十八条"),
    ]
    assert part(told, "5")["outcome"] is None
    text = part(told, "3.1")
    length = text["values"][0]["length"]
    assert (text["outcome"], text["values"][0]["state"], length) == (True, "withheld", 11)  # as folded


def test_facts_are_judged_without_a_text_and_what_is_left_out_is_empty(sqlite_service):
    client = sqlite_service.client("rules")
    hit = {"category": "absolute_terms", "verdict": "block", "word": "最佳", "wordlist": "w", "field": "text"}
    facts = {"content_kind": "article", "hits": [hit], "citation": {"source": "某报告"}}

    told = client.post(
        "/v1/evaluations", json={"kind": "content.submit", "facts": facts, "rules": ["S2-05"]}
    ).get_json()

    assert told["decision"] == "block"
    assert [each["rule"] for each in told["rules"]] == ["S2-05"]
    assert [each["rule"] for each in told["firings"]] == ["S2-05"]
    assert told["near_misses"][0] == "S2-05b"
    assert len(told["near_misses"]) <= 10


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "content.submitt", "facts": {}}, "kind"),
        ({"kind": "content.submit", "facts": {"content_kind": "comment", "categry": "tea"}}, "facts.categry"),
        ({"kind": "content.submit", "facts": {"content_kind": "comment", "ad_label": "yes"}}, "facts.ad_label"),
        ({"kind": "content.submit", "facts": {}}, "facts.content_kind"),
        ({"content": CONTENT | {"facts": {"ad_labl": True}}}, "facts.ad_labl"),
        ({"content": CONTENT | {"kind": "film"}}, "content.kind"),
        ({"content": CONTENT, "rules": ["S2-05", "S2-99"]}, "rules.1"),
        ({"content": CONTENT, "snapshot": {"rules": "sha256:" + "0" * 64}}, "snapshot.rules"),
        ({"content": CONTENT, "now": "2026-11-22"}, "now"),
        ({"kind": "content.submit"}, ""),
        ({}, ""),
        ({"content": CONTENT, "kind": "content.submit", "facts": {}}, ""),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(sqlite_service, body, field):
    answer = sqlite_service.client("rules").post("/v1/evaluations", json=body)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_a_shop_bound_key_asks_for_its_own_shops_only(sqlite_service):
    client = sqlite_service.client("rules", shops=["shop-2"])

    assert client.post("/v1/evaluations", json={"content": CONTENT}).status_code == 403
    assert client.post("/v1/evaluations", json={"content": CONTENT | {"shop_id": "shop-2"}}).status_code == 200


def test_rules_not_yet_in_force_and_old_snapshots_can_be_asked(sqlite_service):
    client, body = sqlite_service.client(), {"content": CONTENT | {"text": "全网最佳"}}
    early = client.post("/v1/evaluations", json=body | {"now": "2015-08-31T15:59:59+00:00"}).get_json()

    assert rule(early, "S2-05")["outcome"] == "not_in_force"
    assert "2015-09-01" in rule(early, "S2-05")["because"]


def put_other_rules(service, folder, old, new):
    """Store the shipped rules with one change, not activated; returns the snapshot's id."""
    shutil.copytree(PROJECT / "rules", folder)
    pack = folder / "content/pack.yaml"
    text = pack.read_text("utf-8")
    assert old in text
    pack.write_text(text.replace(old, new), "utf-8")
    files = snapshots.read_folder("rules", folder)
    return service.parts.db.write(
        lambda session: snapshots.store(session, "rules", files, summary={}, by="t", now=service.clock())
    )


def test_any_stored_snapshot_can_be_asked_and_the_live_one_stays_in_force(sqlite_service, tmp_path):
    client = sqlite_service.client()
    other = put_other_rules(sqlite_service, tmp_path / "rules", "[health_food, 保健", "[tea, health_food, 保健")
    live = sqlite_service.parts.live.current

    told = client.post("/v1/evaluations", json={"content": CONTENT, "snapshot": {"rules": other}}).get_json()

    assert told["snapshot"]["rules"] == other
    assert rule(told, "S2-06b")["outcome"] == "unknown"
    assert rule(told, "S2-06b")["missing"] == ["health_food_notice"]
    assert told["decision"] == "review"
    assert sqlite_service.parts.live.current is live


def test_a_stored_decision_is_explained_as_it_was_after_the_rules_have_changed(service, tmp_path):
    client = service.client()
    said = service.screen(client, TEA, category="tea").get_json()
    other = put_other_rules(service, tmp_path / "rules", "[health_food, 保健", "[tea, health_food, 保健")
    now = service.clock.advance(hours=1)
    service.parts.db.write(lambda session: snapshots.activate(session, "rules", other, by="t", now=now))
    assert follow_once(service.parts)
    before = rows(service)
    told = client.get(f"/v1/screenings/{said['screening_id']}/why").get_json()
    english = client.get(f"/v1/screenings/{said['screening_id']}/why?language=en").get_json()

    assert told["replayed"] == {"same": True, "differences": []}
    assert rule(english, "S2-06b")["because"] == "Because category (tea) is none of health-food categories"
    assert client.get(f"/v1/screenings/{said['screening_id']}/why?language=de").status_code == 422
    assert (told["decision"], told["snapshot"]) == (said["decision"], said["snapshot"])
    assert rule(told, "S2-06b")["outcome"] == "not_fired"
    assert told["now"] == "2026-11-23T10:00:00+00:00"
    assert rows(service) == before


def test_a_pending_decision_and_unseen_media_are_replayed_as_they_were(sqlite_service):
    client = sqlite_service.client()
    media = [{"type": "image", "url": "https://cdn.example.com/1.jpg"}]
    said = sqlite_service.screen(client, media=media).get_json()

    told = client.get(f"/v1/screenings/{said['screening_id']}/why").get_json()

    assert (told["decision"], told["replayed"]["same"]) == ("review", True)


def test_a_sealed_decision_is_explained_without_its_text_or_personal_data(sqlite_service):
    client = sqlite_service.client()
    text = f"全网最佳，致电 {NUMBER}"
    facts = {"efficacy_basis_url": f"https://example.com/{NUMBER}"}
    said = sqlite_service.screen(client, text, facts=facts, category="cosmetics").get_json()

    answer = client.get(f"/v1/screenings/{said['screening_id']}/why")

    assert answer.get_json()["replayed"]["same"]
    assert NUMBER not in answer.text
    assert "致电" not in answer.text

    def shred(session):
        session.scalar(select(DataKey)).wrapped = None

    sqlite_service.parts.db.write(shred)
    sqlite_service.parts.people.keys._cache.clear()
    gone = client.get(f"/v1/screenings/{said['screening_id']}/why")
    assert (gone.status_code, gone.get_json()["type"]) == (500, "urn:weiheng:problem:seal_broken")


def test_a_decision_that_comes_out_differently_says_so_and_is_counted(sqlite_service):
    client = sqlite_service.client()
    said = sqlite_service.screen(client, "全网最佳面膜").get_json()

    def tamper(session):
        row = session.get(Screening, said["screening_id"])
        row.answer = orjson.dumps(said | {"decision": "pass", "firings": [], "hits": []})

    sqlite_service.parts.db.write(tamper)
    counted = REPLAYS_DIFFERENT._value.get()
    told = client.get(f"/v1/screenings/{said['screening_id']}/why").get_json()

    assert told["replayed"] == {
        "same": False,
        "differences": [
            {"field": "decision", "stored": "pass", "now": "block"},
            {"field": "firings", "stored": [], "now": ["S2-05 block"]},
            {"field": "hits", "stored": 0, "now": 1},
        ],
    }
    assert REPLAYS_DIFFERENT._value.get() == counted + 1


def test_the_why_of_another_shop_is_not_found_and_needs_both_scopes(sqlite_service):
    said = sqlite_service.screen(sqlite_service.client(), TEA).get_json()
    path = f"/v1/screenings/{said['screening_id']}/why"

    assert sqlite_service.client(shops=["shop-2"]).get(path).status_code == 404
    assert sqlite_service.client("screen").get(path).status_code == 403
    assert sqlite_service.client("rules").get(path).status_code == 403
