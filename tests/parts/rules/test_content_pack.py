"""The shipped content pack: what it says to real uploads, and that it says it within microseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.events.kind import load_kinds
from app.events.kinds.content_submit import content_facts
from app.rules import durable
from app.rules.engine import build_engine
from app.rules.pack import load_packs
from app.values.deciding import Hit, Verdict

FOLDER = Path(__file__).parents[3] / "rules" / "content"
FILES = {f"content/{name}.yaml": (FOLDER / f"{name}.yaml").read_text("utf-8") for name in ("pack", "examples")}
KINDS = load_kinds()
NOW = datetime(2026, 11, 22, 2, 4, 31, tzinfo=UTC)
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]
HONEST = ("今天教大家泡一壶好茶", "水温九十度左右，先温杯再投茶，欢迎来直播间聊聊")


@pytest.fixture(scope="module", params=EVALUATORS)
def engine(request):
    built = build_engine(load_packs(FILES, kinds=KINDS), KINDS, evaluator=request.param)
    yield built
    built.close()


def hit(category: str, verdict: str = "block") -> Hit:
    return Hit("caption", 0, 2, "词", "词", category, category, Verdict(verdict), "source")


def facts_of(*hits: Hit, texts=HONEST, category=None, kind="video_caption", **sent):
    sent = {name.replace("__", "."): value for name, value in sent.items()}
    return content_facts(sent=sent, content_kind=kind, category=category, hits=hits, personal_data=(), texts=texts)


def fired(engine, *hits: Hit, **known):
    evaluation = engine.evaluate("content.submit", facts_of(*hits, **known), now=NOW, sample=True)
    assert evaluation.doubts == ()
    return {(firing.rule, firing.decision.value, *firing.missing) for firing in evaluation.firings}


@pytest.mark.parametrize("category", [None, "food", "cosmetics", "health_food", "drug", "bags", "美妆", "保健食品"])
@pytest.mark.parametrize("kind", KINDS["content.submit"].content_kinds)
def test_an_honest_text_without_facts_raises_nothing_and_asks_nothing(engine, category, kind):
    assert fired(engine, category=category, kind=kind) == set()


CASES = [
    ([hit("absolute_terms")], {}, {("S2-05", "block")}),
    ([hit("absolute_terms", "review")], {}, set()),
    ([hit("absolute_terms")], {"absolute_term_basis": "award"}, {("S2-05b", "review")}),
    ([hit("medical_claims")], {}, {("S2-06", "block")}),
    ([hit("medical_claims")], {"category": "drug"}, set()),
    ([hit("medical_claims", "review")], {"category": "books"}, set()),
    ([hit("medical_claims", "review")], {"category": "cosmetics"}, {("S2-08", "block")}),
    ([hit("medical_claims")], {"category": "cosmetics"}, {("S2-06", "block"), ("S2-08", "block")}),
    ([hit("cosmetics_claims", "review")], {"category": "cosmetics"}, {("S2-08", "review", "efficacy_basis_url")}),
    ([hit("cosmetics_claims", "review")], {"category": "cosmetics", "efficacy_basis_url": ""}, {("S2-08", "block")}),
    ([hit("cosmetics_claims", "review")], {"category": "cosmetics", "efficacy_basis_url": "https://a.cn"}, set()),
    ([hit("cosmetics_claims", "review")], {"category": "drug"}, set()),
    ([hit("elderly_health_fraud")], {}, {("S9-01", "block")}),
    ([hit("elderly_health_fraud", "review")], {}, {("S9-01b", "review")}),
    ([hit("elderly_health_fraud", "review")], {"category": "health_food"}, {("S9-01", "block")}),
    ([hit("elderly_health_fraud", "review")], {"category": "restaurant"}, set()),
    ([], {"msg_sec_check__suggest": "risky"}, {("S8-02a", "block")}),
    ([], {"msg_sec_check__suggest": "review"}, {("S8-02b", "review")}),
    ([], {"msg_sec_check__suggest": "pass", "msg_sec_check__errcode": 0}, set()),
    ([hit("counterfeit")], {"msg_sec_check__suggest": "pass"}, {("S8-02c", "review")}),
    ([], {"msg_sec_check__errcode": 45009}, {("S8-02d", "review")}),
    ([], {"msg_sec_check__errcode": 0}, {("S8-02d", "review")}),
    ([hit("counterfeit"), hit("return_promises"), hit("prohibited_goods"), hit("off_platform_diversion")], {}, set()),
]


@pytest.mark.parametrize(("hits", "known", "expected"), CASES)
def test_the_pack_says(engine, hits, known, expected):
    assert fired(engine, *hits, **known) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("每天一粒增强免疫力",), {("S2-06b", "review", "health_food_notice")}),
        (("每天一粒增强免疫力", "本品不能代替药物"), set()),
        (("每天一粒增强免疫力", "本品不能替代药物"), set()),
        (("新品上架今晚八点见",), set()),
    ],
)
def test_a_health_food_claim_asks_for_its_notice(engine, texts, expected):
    assert fired(engine, texts=texts, category="health_food") == expected


def test_no_firing_repeats_the_text_of_the_content(engine):
    evaluation = engine.evaluate(
        "content.submit", facts_of(texts=("增强免疫力 13800000000",), category="health_food"), now=NOW
    )

    assert len(evaluation.firings) == 1
    assert "13800000000" not in repr(evaluation)


def test_every_rule_of_the_catalogue_promised_here_is_live(engine):
    assert {rule.catalogue_id for rule in engine.rules} >= {"S2-05", "S2-06", "S2-08", "S8-02", "S9-01"}
    assert {rule.status.value for rule in engine.rules} == {"live"}
