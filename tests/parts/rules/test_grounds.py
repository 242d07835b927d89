"""What a block or payment rests on: references in force, sources, and sign-offs for exactly the value that holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sample_pack import KINDS, ORDER, pack_files

from app.errors import BadDefinition
from app.rules.engine import build_engine
from app.rules.notices import notices, unsigned
from app.rules.pack import load_packs
from app.values.answer import decision_answer
from app.values.deciding import Decision, Verdict
from app.values.rule_scope import RuleScope
from app.values.sign_off import NOTHING_SIGNED, SignOff, SignOffs

FACTS = {"paid_fen": 6000, "tags": [], "note": ""}
CHINA = timezone(timedelta(hours=8))
LAW = "law: {text: 电子商务法第二十条, confidence: 法条}"
PAYS = "[{compensate: {cause: late, amount_fen: guess_fen}}]"
GUESS = "guess_fen: {default: 100, unit: fen, origin: engineering}"


def load(then="[block]", **change):
    return load_packs(pack_files(then=then, change=change), kinds=KINDS)


def law(validity, then="[block]"):
    return load_packs(pack_files(then=then, change={LAW: LAW.replace("}", f", {validity}}}")}), kinds=KINDS)


def notices_of(packs, today):
    """What wants somebody, beside the titles that the sample's parameters have not."""
    found = notices(packs, today=today, sign_offs=NOTHING_SIGNED)
    return [each for each in found if "has no title" not in each.problem]


def judge(packs, at=datetime(2026, 6, 1, 12, tzinfo=UTC), *signed, **scope):
    engine = build_engine(packs, KINDS)
    found = engine.evaluate(ORDER.name, FACTS, now=at, scope=RuleScope(**scope), sign_offs=SignOffs(signed))
    engine.close()
    return found.firings[0]


def sign_off(name="guess_fen", value=100, *, object_type="parameter", pack="orders", since="2026-01-01", until=None):
    until = None if until is None else date.fromisoformat(until)
    return SignOff(
        "s-1", object_type, pack, name, value, "商家协议第三条", "王芳", "officer:li", date.fromisoformat(since), until
    )


@pytest.mark.parametrize(
    ("validity", "at", "decision"),
    [
        ("valid_to: 2026-06-01", datetime(2026, 6, 1, 23, 59, 59, tzinfo=CHINA), Verdict.BLOCK),
        ("valid_to: 2026-06-01", datetime(2026, 6, 2, tzinfo=CHINA), Verdict.REVIEW),
        ("valid_from: 2026-06-01", datetime(2026, 6, 1, tzinfo=CHINA), Verdict.BLOCK),
        ("valid_from: 2026-06-01", datetime(2026, 5, 31, 23, 59, 59, tzinfo=CHINA), Verdict.REVIEW),
        ("checked_at: 2025-01-01", datetime(2026, 6, 1, tzinfo=CHINA), Verdict.BLOCK),
    ],
)
def test_a_block_needs_a_reference_in_force_on_that_day_in_china(validity, at, decision):
    firing = judge(law(validity), at)

    assert firing.decision is decision
    assert firing.unsigned == (() if decision is Verdict.BLOCK else ("引用的依据均不在有效期内",))


def test_a_payment_whose_references_lapsed_waits_and_no_sign_off_helps():
    packs = law("valid_to: 2026-05-31", then="[{compensate: {cause: late, amount_fen: cap_fen}}]")
    mark = packs[0].rules[0].grounds.mark

    for signed in ((), (sign_off("T1-01", mark, object_type="rule"),)):
        firing = judge(packs, datetime(2026, 6, 1, tzinfo=UTC), *signed)

        assert firing.decision is Verdict.REVIEW
        assert firing.effects[0]["unsigned"] == ["引用的依据均不在有效期内"]


def test_a_milder_verdict_asks_for_no_reference_in_force():
    assert judge(law("valid_to: 2026-01-02", then="[warn]")).decision is Verdict.WARN


def test_a_firing_cites_what_is_in_force():
    both = {"references: [law]": "references: [law, new]", LAW: LAW.replace("}", ", valid_to: 2026-05-31}")}
    both[LAW] += "\n  new: {text: 新法第一条, confidence: 法条, valid_from: 2026-06-01}"
    packs = load_packs(pack_files(change=both), kinds=KINDS)

    assert judge(packs, datetime(2026, 5, 1, tzinfo=UTC)).references == ("电子商务法第二十条",)
    assert judge(packs, datetime(2026, 7, 1, tzinfo=UTC)).references == ("新法第一条",)


def test_when_only_hearsay_is_still_in_force_the_block_waits_for_a_sign_off():
    change = {"references: [law]": "references: [law, hearsay]", LAW: LAW.replace("}", ", valid_to: 2026-05-31}")}
    packs = load_packs(pack_files(change=change), kinds=KINDS)
    mark = packs[0].rules[0].grounds.mark

    assert judge(packs, datetime(2026, 5, 1, tzinfo=UTC)).decision is Verdict.BLOCK
    assert judge(packs).unsigned == ("没有经核实的依据",)
    assert judge(packs, datetime(2026, 6, 1, tzinfo=UTC), sign_off("T1-01", mark, object_type="rule")).unsigned == ()


@pytest.mark.parametrize(
    ("signed", "acts"),
    [
        (sign_off(), True),
        (sign_off(value=101), False),
        (sign_off(value="100"), False),
        (sign_off(value=True), False),
        (sign_off("cap_fen"), False),
        (sign_off(pack="others"), False),
        (sign_off(object_type="rule"), False),
        (sign_off(since="2026-06-01", until="2026-06-01"), True),
        (sign_off(since="2026-06-02"), False),
        (sign_off(until="2026-05-31"), False),
    ],
)
def test_a_payment_is_made_on_a_sign_off_in_force_for_exactly_its_value(signed, acts):
    firing = judge(load(PAYS), datetime(2026, 6, 1, 12, tzinfo=UTC), signed)

    assert firing.decision is (Verdict.PASS if acts else Verdict.REVIEW)
    assert firing.sign_offs == ((signed,) if acts else ())
    assert ("unsigned" in firing.effects[0]) is not acts


def test_the_sign_off_must_be_for_the_value_the_shop_has():
    packs = load(PAYS, **{GUESS: GUESS.replace("}", ", overrides: [{where: {shop: s}, value: 200}]}")})
    at = datetime(2026, 6, 1, tzinfo=UTC)

    decisions = [judge(packs, at, sign_off(value=value), shop="s").decision for value in (100, 200)]

    assert decisions == [Verdict.REVIEW, Verdict.PASS]
    assert [each.need.value for each in unsigned(packs, today=at.date(), sign_offs=NOTHING_SIGNED)] == [100, 200]
    assert [each.need.value for each in unsigned(packs, today=at.date(), sign_offs=SignOffs([sign_off()]))] == [200]


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"title: 迟延": "title: 晚"}, True),
        ({"paid_fen > cap_fen": "paid_fen > guess_fen"}, False),
        ({"[block]": "[block, {label: x}]"}, False),
        ({"一篇报道": "另一篇报道"}, False),
    ],
)
def test_a_rule_reworded_after_it_was_signed_waits_again(change, holds):
    hearsay = {"references: [law]": "references: [hearsay]"}
    signed = sign_off("T1-01", load(**hearsay)[0].rules[0].grounds.mark, object_type="rule")

    firing = judge(load(**hearsay, **change), datetime(2026, 6, 1, tzinfo=UTC), signed)

    assert (firing.decision is Verdict.BLOCK) is holds


def test_the_answer_names_what_is_unsigned_and_on_whose_word_it_rests():
    at = datetime(2026, 6, 1, tzinfo=UTC)
    waits, pays = judge(load(PAYS), at), judge(load(PAYS), at, sign_off())

    [one], [other] = (decision_answer(Decision(Verdict.PASS, firings=(each,)))["firings"] for each in (waits, pays))

    assert (one["unsigned"], "sign_offs" in one) == (["参数 guess_fen 没有来源"], False)
    assert "unsigned" not in other
    assert other["sign_offs"] == [
        {
            "id": "s-1",
            "object_type": "parameter",
            "name": "guess_fen",
            "value": 100,
            "basis": "商家协议第三条",
            "signed_by": "王芳",
            "approved_by": "officer:li",
            "valid_from": "2026-01-01",
            "valid_to": None,
        }
    ]


@pytest.mark.parametrize(
    ("today", "told"),
    [
        ("2026-04-01", []),
        ("2026-04-02", ["the reference 'law' lapses after 2026-06-01; it is used by T1-01"]),
        ("2026-06-01", ["the reference 'law' lapses after 2026-06-01; it is used by T1-01"]),
        (
            "2026-06-02",
            [
                "the reference 'law' lapsed after 2026-06-01; it is used by T1-01",
                "T1-01 acts as review: 引用的依据均不在有效期内",
            ],
        ),
    ],
)
def test_a_reference_is_named_sixty_days_before_it_lapses(today, told):
    found = notices_of(law("valid_to: 2026-06-01"), date.fromisoformat(today))

    assert [each.problem for each in found] == told
    assert [each.field for each in found] == ["rules/orders/pack.yaml:5", "rules/orders/pack.yaml:13"][: len(told)]


@pytest.mark.parametrize(
    ("today", "told"),
    [
        ("2026-12-01", []),
        ("2026-12-02", ["the review of T1-01 is due on 2027-01-01"]),
        ("2027-01-02", ["the review of T1-01 was due on 2027-01-01"]),
    ],
)
def test_a_rule_is_named_thirty_days_before_its_review(today, told):
    found = notices_of(load(), date.fromisoformat(today))

    assert [each.problem for each in found] == told


def test_a_retired_rule_asks_for_nothing():
    packs = law("valid_to: 2026-06-01")
    assert notices_of(packs, date(2028, 1, 1))

    retired = load(**{"status: live": "status: retired", LAW: LAW.replace("}", ", valid_to: 2026-06-01}")})
    assert notices_of(retired, date(2028, 1, 1)) == []


def test_a_parameter_without_a_title_is_named_and_one_with_a_title_is_not():
    titled = load(**{"  cap_fen: {": "  cap_fen: {title: 赔付上限, title_en: most paid, "})

    found = notices(titled, today=date(2026, 6, 1), sign_offs=NOTHING_SIGNED)

    assert [each.problem.split("'")[1] for each in found] == ["rate_bp", "guess_fen", "grace_days"]
    assert found[0].field == "rules/orders/pack.yaml:8"
    assert [titled[0].parameters["cap_fen"].called(language) for language in ("zh", "en")] == ["赔付上限", "most paid"]
    assert titled[0].parameters["rate_bp"].called("en") == "rate_bp"


def test_a_reference_that_ends_before_it_begins_does_not_load():
    with pytest.raises(BadDefinition, match=r"pack.yaml:5: 'law' ends before it begins"):
        law("valid_from: 2026-02-01, valid_to: 2026-01-01")
