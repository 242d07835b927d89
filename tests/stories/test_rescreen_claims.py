"""Texts that claim something and hold nothing else pass in bulk where each of them passes by itself, and only there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app import snapshots
from app.deciding import NOTHING_FOUND
from app.flows.judge_content import judge_content
from app.flows.judge_many import Quiet
from app.rules.engine import build_engine
from app.rules.limits import Share
from app.rules.pack import load_packs
from app.text.claims import find_claims
from app.text.match import TextField
from app.values.content import ContentToScreen

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = (PROJECT / "tests/parts/text/claim_samples.tsv").read_text("utf-8").splitlines()
SAID = [line.split("\t")[-1] for line in SAMPLES if line and not line.startswith("#")]
TEXTS = [*SAID, *[one + "，" + other for one, other in zip(SAID, SAID[7:], strict=False)]]
ABOUTS = (("video_caption", "", "s0"), ("video_caption", "cosmetics", "s1"), ("product_title", "health_food", "s0"))


@pytest.fixture(scope="module")
def trying(judge):
    """A judge whose rules all act for one of 10,000 subjects."""
    packs = load_packs(snapshots.read_folder("rules", PROJECT / "rules"), kinds=judge.kinds)
    tried = [replace(pack, rules=tuple(replace(rule, share=Share(1)) for rule in pack.rules)) for pack in packs]
    made = replace(judge, engine=build_engine(tuple(tried), judge.kinds))
    yield made
    made.engine.close()


def content_of(at, name, text, about):
    kind, category, shop = about
    return ContentToScreen(f"c{at}", kind, shop, {name: text}, f"u{at % 5}", category or None)


def compared(judge, now, name="text"):
    """Of every text that claims something whether it was called quiet; each is held to what it is by itself."""
    quiet = Quiet(judge, now=now)
    claiming = []
    for about in ABOUTS:
        for start in range(0, len(TEXTS), 100):
            texts = TEXTS[start : start + 100]

            loud = quiet.loud(texts, [name] * len(texts), [about] * len(texts))

            for at, text in enumerate(texts):
                content = content_of(at, name, text, about)
                alone = judge_content(judge, content, now=now, advises=False)
                if at in loud:
                    assert judge_content(judge, content, now=now, advises=False, scan=loud[at]) == alone
                else:
                    assert alone.decision is NOTHING_FOUND
                if find_claims([TextField(name, text)]):
                    claiming.append(at not in loud)
    return claiming


def test_what_claims_something_is_quiet_where_the_rules_say_nothing_to_it(judge, now):
    claiming = compared(judge, now)

    assert sum(claiming) > 50
    assert len(claiming) - sum(claiming) > 50


def test_a_rule_that_is_held_back_for_a_text_is_still_asked_about_it(trying, now):
    claiming = compared(trying, now, name="title")

    assert sum(claiming) > 50
    assert len(claiming) - sum(claiming) > 50


def test_what_a_shop_may_claim_by_a_value_of_its_own_is_not_told_of_another(judge, now):
    files = snapshots.read_folder("rules", PROJECT / "rules")
    for_all = "  advertising_kinds:\n"
    own = f"{for_all}    overrides: [{{where: {{shop: s1}}, value: [article]}}]\n"
    assert for_all in files["content/pack.yaml"]
    files |= {"content/pack.yaml": files["content/pack.yaml"].replace(for_all, own)}
    made = replace(judge, engine=build_engine(tuple(load_packs(files, kinds=judge.kinds)), judge.kinds))
    quiet = Quiet(made, now=now)

    for shops in (("s1", "s0", "s2"), ("s0", "s1", "s2")):
        loud = quiet.loud(["九成用户反馈皮肤变白了"] * 3, ["text"] * 3, [("video_caption", "", shop) for shop in shops])

        assert {shops[at] for at in loud} == {"s0", "s2"}
    made.engine.close()
