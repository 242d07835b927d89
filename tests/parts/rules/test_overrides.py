"""Overrides: the most specific value holds, in both evaluators and in what a firing shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sample_pack import KINDS, ORDER, pack_files

from app.errors import BadDefinition
from app.rules import durable
from app.rules.engine import build_engine
from app.rules.examples import run_examples
from app.rules.overrides import Override, Overrides
from app.rules.pack import load_packs
from app.rules.tree import OverriddenRef, ParameterRef, walk
from app.values.deciding import Verdict
from app.values.rule_scope import EVERYWHERE, SCOPE_KEYS, RuleScope
from tests.parts.rules.drawn import KIND, NOW, PARAMETERS, conditions, facts
from tests.parts.rules.drawn import pack_files as fuzz_files
from tests.parts.rules.interpreter import judge as judge_by_hand

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]
FACTS = {"paid_fen": 6000, "tags": [], "note": ""}
CAP = "cap_fen: {default: 5000, unit: fen, origin: seed}"
OVERRIDES = """cap_fen:
    default: 5000
    unit: fen
    origin: seed
    min: 100
    max: 100000
    overrides:
      - {where: {category: food}, value: 7000, origin: seed}
      - {where: {category: food, supplier_tier: [a, b]}, value: 5500, origin: seed}
      - {where: {shop: shop-7}, value: 8000, origin: seed}"""


def engine_of(evaluator="python", when="paid_fen > cap_fen", overrides=OVERRIDES, **parts):
    change = {CAP: overrides} | parts.pop("change", {})
    packs = load_packs(pack_files(when, change=change, **parts), kinds=KINDS)
    return build_engine(packs, KINDS, evaluator=evaluator)


def judge(engine, scope, **facts):
    return engine.evaluate(ORDER.name, FACTS | facts, now=AT, sample=True, scope=scope)


def problems(overrides, when="paid_fen > cap_fen", **parts):
    with pytest.raises(BadDefinition) as caught:
        engine_of(when=when, overrides=overrides, **parts)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize(
    ("scope", "cap", "chosen_by"),
    [
        (EVERYWHERE, 5000, {}),
        (RuleScope(shop="shop-1", category="toys"), 5000, {}),
        (RuleScope(category="food"), 7000, {"category": "food"}),
        (RuleScope(category="food", supplier_tier="c"), 7000, {"category": "food"}),
        (RuleScope(category="food", supplier_tier="b"), 5500, {"supplier_tier": "b", "category": "food"}),
        (RuleScope(shop="shop-7"), 8000, {"shop": "shop-7"}),
        (RuleScope(shop="shop-7", category="food"), 8000, {"shop": "shop-7"}),
        (
            RuleScope(shop="shop-7", category="food", supplier_tier="a"),
            5500,
            {"supplier_tier": "a", "category": "food"},
        ),
    ],
)
def test_the_most_specific_value_decides_and_is_named(evaluator, scope, cap, chosen_by):
    engine = engine_of(evaluator)

    above, at = judge(engine, scope, paid_fen=cap + 1), judge(engine, scope, paid_fen=cap)

    [firing] = above.firings
    assert at.firings == ()
    assert (above.evaluator, above.doubts) == (evaluator, ())
    assert firing.bindings == {"paid_fen": cap + 1, "cap_fen": cap}
    assert firing.overrides == ({"cap_fen": chosen_by} if chosen_by else {})
    engine.close()


@given(
    st.lists(st.sets(st.sampled_from(SCOPE_KEYS), min_size=1), min_size=1, max_size=6, unique_by=frozenset),
)
def test_more_keys_win_and_of_as_many_the_earlier_in_the_documented_order(key_sets):
    ordered = [tuple(key for key in SCOPE_KEYS if key in keys) for keys in key_sets]
    overrides = [Override(tuple((key, ("x",)) for key in keys), at, "seed") for at, keys in enumerate(ordered)]
    scope = RuleScope(*["x"] * len(SCOPE_KEYS))

    chosen = ordered[Overrides({"$p.n": overrides}).applied(scope)["$p.n"].value]

    for keys in ordered:
        assert len(keys) <= len(chosen)
        if len(keys) == len(chosen) and keys != chosen:
            apart = next(key for key in SCOPE_KEYS if (key in keys) != (key in chosen))
            assert apart in chosen


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_an_amount_is_worked_out_with_the_value_of_the_shop(evaluator):
    engine = engine_of(evaluator, "paid_fen > 0", then="[{compensate: {cause: late, amount_fen: cap_fen}}]")

    amounts = [
        judge(engine, scope).firings[0].effects[0]["compensate"]["amount_fen"]
        for scope in (EVERYWHERE, RuleScope(shop="shop-7"))
    ]

    assert amounts == [5000, 8000]
    engine.close()


def test_an_override_that_names_no_source_waits_for_a_sign_off_where_the_default_pays():
    overrides = OVERRIDES.replace("{shop: shop-7}, value: 8000, origin: seed", "{shop: shop-7}, value: 8000")
    engine = engine_of(overrides=overrides, then="[{compensate: {cause: late, amount_fen: cap_fen}}]")

    [pays], [waits] = judge(engine, EVERYWHERE).firings, judge(engine, RuleScope(shop="shop-7"), paid_fen=9000).firings

    assert (pays.decision, pays.unsigned) == (Verdict.PASS, ())
    assert (waits.decision, waits.unsigned) == (Verdict.REVIEW, ("参数 cap_fen 没有来源",))


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_texts_lists_and_flags_can_be_overridden_too(evaluator):
    overrides = """cap_fen: {default: 5000, unit: fen, origin: seed}
  words: {default: [a], unit: text, origin: seed, overrides: [{where: {shop: s}, value: [b, c]}]}
  way: {default: h5, unit: text, origin: seed, overrides: [{where: {shop: s}, value: miniprogram}]}
  strict: {default: false, unit: flag, origin: seed, overrides: [{where: {shop: s}, value: true}]}"""
    when = "any(t in words for t in tags) and channel == way or strict and not is_spot"
    examples = {"fires": "{tags: [a], channel: h5, is_spot: true}", "quiet": "{tags: [b], channel: h5, is_spot: true}"}
    engine = engine_of(evaluator, when, overrides, **examples)

    def fires(scope, **facts):
        return [not firing.missing for firing in judge(engine, scope, is_spot=True, **facts).firings] == [True]

    assert fires(EVERYWHERE, tags=["a"], channel="h5")
    assert not fires(EVERYWHERE, tags=["b"], channel="miniprogram")
    assert fires(RuleScope(shop="s"), tags=["b"], channel="miniprogram")
    assert not fires(RuleScope(shop="s"), tags=["a"], channel="h5")
    assert [f.rule for f in judge(engine, RuleScope(shop="s"), is_spot=False).firings] == ["T1-01"]
    engine.close()


def test_a_parameter_without_overrides_stays_a_literal_of_the_code():
    [pack] = load_packs(pack_files("paid_fen > cap_fen and late_bp > rate_bp", change={CAP: OVERRIDES}), kinds=KINDS)

    nodes = list(walk(pack.rules[0].by_kind[ORDER.name].condition.root))

    assert [node.name for node in nodes if isinstance(node, ParameterRef)] == ["rate_bp"]
    assert [node.name for node in nodes if isinstance(node, OverriddenRef)] == ["cap_fen"]


def test_facts_that_look_like_a_parameter_change_nothing():
    engine = engine_of()

    [firing] = judge(engine, RuleScope(shop="shop-7"), paid_fen=8001, **{"$orders.cap_fen": 9000}).firings

    assert firing.bindings["cap_fen"] == 8000


@pytest.mark.parametrize(
    ("wrong", "line", "told"),
    [
        ("{where: {}, value: 700}", 19, "for nobody"),
        ("{where: {shop: s}, value: seven}", 19, "is not of the default's type (expected a whole number of fen)"),
        ("{where: {shop: s}, value: 99}", 19, "99 is below the parameter's min (expected at least 100 fen)"),
        ("{where: {shop: s}, value: 100001}", 19, "100001 is above the parameter's max (expected at most 100000 fen)"),
        ("{where: {shopp: s}, value: 700}", 19, "unknown key 'parameters.cap_fen.overrides.2.where.shopp'"),
        ("{where: {shopp: s}, value: 700}", 19, "'shop', did you mean that?"),
        ("{where: {shop: s}, valeu: 700}", 19, "'value', did you mean that?"),
        ("{where: {shop: s}, value: 7.5}", 19, "is not of the default's type"),
        ("{where: {shop: []}, value: 700}", 19, "expected at least one entry"),
        ("{where: {category: [toys, food]}, value: 700}", 19, "neither is more specific"),
        ("{where: {shop: s}, value: 700, origin: guess}", 19, "expected seed, engineering, law:… or platform:…"),
    ],
)
def test_a_wrong_override_is_named_with_its_line_and_what_was_expected(wrong, line, told):
    overrides = OVERRIDES.replace("{where: {shop: shop-7}, value: 8000, origin: seed}", wrong)

    found = problems(overrides)

    assert any(each.startswith(f"rules/orders/pack.yaml:{line}: ") and told in each for each in found), found


@pytest.mark.parametrize(
    ("overrides", "when", "told"),
    [
        ("cap_fen: {default: 5, unit: fen, origin: seed, min: 6}", "paid_fen > cap_fen", "5 is below"),
        ("cap_fen: {default: 5, unit: fen, origin: seed, min: 6, max: 4}", "paid_fen > cap_fen", "above the greatest"),
        ("cap_fen: {default: a, unit: text, origin: seed, max: 4}", "cap_fen in tags", "only a whole number has a max"),
        (
            "cap_fen: {default: 5, unit: fen, origin: seed, overrides: [{where: {shop: s}, value: 0}]}",
            "paid_fen // cap_fen > 1",
            "divides by zero",
        ),
        (
            "cap_fen: {default: h5, unit: text, origin: seed, overrides: [{where: {shop: s}, value: miniprogran}]}",
            "channel == cap_fen",
            "'channel' is never 'miniprogran' (expected 'miniprogram', did you mean that?)",
        ),
    ],
)
def test_bounds_and_every_value_are_checked(overrides, when, told):
    assert any(told in each for each in problems(overrides, when))


def test_an_example_may_say_whose_event_it_is():
    scoped = {"{name: 无, facts: {paid_fen: 5000}}": "{name: 无, facts: {paid_fen: 8000}, scope: {shop: shop-7}}"}
    files = pack_files(change={CAP: OVERRIDES} | scoped)
    packs = load_packs(files, kinds=KINDS)

    assert run_examples(packs, build_engine(packs, KINDS)) == []
    files["orders/examples.yaml"] = files["orders/examples.yaml"].replace("shop: shop-7", "shop: shop-8")
    packs = load_packs(files, kinds=KINDS)
    assert [problem.problem for problem in run_examples(packs, build_engine(packs, KINDS, evaluator="python"))] == [
        "T1-01, example '无': it fires (evaluator python)"
    ]


OTHERS = {"p0": 3, "p1": 0, "p5": -5, "m7": 10, "big": 7, "flag_on": False, "word": "药品", "words": ("food",)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(texts=st.lists(conditions(), min_size=1, max_size=4), event=facts(), shop=st.sampled_from(["s", "t"]))
def test_all_readings_of_a_condition_agree_on_overridden_parameters(texts, event, shop):
    try:
        packs = load_packs(fuzz_files(texts, overrides=OTHERS), kinds={KIND.name: KIND})
    except BadDefinition as error:  # one of a divisor's values is zero
        assume(any(problem.problem != "when: divides by zero" for problem in error.problems))
        raise
    parameters = PARAMETERS | OTHERS if shop == "s" else PARAMETERS
    by_hand = {
        f"F0-{number:02d}": judge_by_hand(text, kind=KIND, facts=event, parameters=parameters, now=NOW)
        for number, text in enumerate(texts)
    }

    for evaluator in EVALUATORS:
        engine = build_engine(packs, {KIND.name: KIND}, evaluator=evaluator)
        found = engine.evaluate(KIND.name, event, now=NOW, scope=RuleScope(shop=shop))
        engine.close()

        assert (found.doubts, found.evaluator) == ((), evaluator)
        assert {f.rule for f in found.firings if not f.missing} == {rule for rule, holds in by_hand.items() if holds}
        assert {f.rule for f in found.firings if f.missing} == {r for r, holds in by_hand.items() if holds is None}
