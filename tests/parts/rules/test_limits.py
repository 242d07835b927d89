"""Shares and breakers: a live rule acts for a stable part of the subjects, and a tripped one asks a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_pack import KINDS, pack_files

from app.errors import BadDefinition
from app.rules import durable
from app.rules.engine import build_engine
from app.rules.limits import Band, is_in_share
from app.rules.pack import load_packs
from app.values.answer import decision_answer
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]
ORDER = {"paid_fen": 6000, "tags": [], "note": "私人备注"}
SUBJECTS = [f"author:{number}" for number in range(4000)]
PAYS = "[{compensate: {cause: late, amount_fen: cap_fen}}]"


def with_lines(*lines, **options):
    added = "".join(f"    {line}\n" for line in lines)
    return pack_files(change={"    reason: 迟延发货\n": f"    reason: 迟延发货\n{added}"}, **options)


def engines(files):
    packs = load_packs(files, kinds=KINDS)
    return [build_engine(packs, KINDS, evaluator=evaluator) for evaluator in EVALUATORS]


def judge(engine, **more):
    [firing] = engine.evaluate("order.overdue", ORDER, now=NOW, sample=True, **more).firings
    return firing


@given(st.text(min_size=1, max_size=20), st.text(max_size=40), st.integers(0, 10_000), st.integers(0, 10_000))
def test_who_is_in_a_share_stays_in_it_when_it_grows(rule, subject, one, other):
    small, large = sorted([one, other])

    assert is_in_share(rule, subject, small) <= is_in_share(rule, subject, large)
    assert is_in_share(rule, subject, small) == is_in_share(rule, subject, small)
    assert is_in_share(rule, subject, 10_000)
    assert not is_in_share(rule, subject, 0)


@pytest.mark.parametrize("bp", [500, 1000, 5000])
def test_a_share_holds_about_its_part_of_the_subjects(bp):
    inside = sum(is_in_share("S2-05", subject, bp) for subject in SUBJECTS)

    assert abs(inside / len(SUBJECTS) - bp / 10_000) < 0.03


def test_two_rules_do_not_draw_the_same_subjects():
    both = sum(is_in_share("S2-05", each, 5000) and is_in_share("S2-06", each, 5000) for each in SUBJECTS)

    assert abs(both / len(SUBJECTS) - 0.25) < 0.03


def test_a_share_draws_the_same_subjects_for_ever():
    # made outside of Python: printf 'S2-05\x1fauthor:7' | sha256sum | cut -c1-16, then modulo 10000
    assert not is_in_share("S2-05", "author:7", 1669)
    assert is_in_share("S2-05", "author:7", 1669 + 1)


def test_outside_the_share_a_live_rule_is_a_shadow_and_says_so():
    subject_in = next(each for each in SUBJECTS if is_in_share("T1-01", each, 1000))
    subject_out = next(each for each in SUBJECTS if not is_in_share("T1-01", each, 1000))

    for engine in engines(with_lines("share: {bp: 1000, by: subject}")):
        inside, outside, nobody = (judge(engine, subject=each) for each in (subject_in, subject_out, None))

        assert (inside.shadow, inside.limited_by, inside.decision) == (False, (), Verdict.BLOCK)
        assert (outside.shadow, outside.limited_by, outside.decision) == (True, ("share",), Verdict.BLOCK)
        assert nobody.shadow
        engine.close()


def test_a_shadow_rule_with_a_share_is_a_shadow_for_everybody():
    files = with_lines("share: {bp: 10000}", then="[block]")
    files["orders/pack.yaml"] = files["orders/pack.yaml"].replace("status: live", "status: shadow")

    for engine in engines(files):
        firing = judge(engine, subject="author:1")

        assert (firing.shadow, firing.limited_by) == (True, ())
        engine.close()


@pytest.mark.parametrize(
    ("then", "decision", "limited_by"),
    [
        ("[block]", Verdict.REVIEW, ("tripped",)),
        ("[hold]", Verdict.REVIEW, ("tripped",)),
        ("[review]", Verdict.REVIEW, ()),
        ("[warn]", Verdict.WARN, ()),
        (PAYS, Verdict.REVIEW, ("tripped",)),
    ],
)
def test_a_tripped_rule_blocks_and_pays_nobody_by_itself(then, decision, limited_by):
    for engine in engines(pack_files(then=then)):
        firing = judge(engine, tripped=frozenset({"T1-01"}))
        other = judge(engine, tripped=frozenset({"T9-99"}))

        assert (firing.decision, firing.limited_by, firing.shadow) == (decision, limited_by, False)
        assert other.limited_by == ()
        if then == PAYS:
            assert firing.effects == ({"compensate": {"cause": "late", "amount_fen": 5000}, "tripped": True},)
        engine.close()


def test_an_answer_tells_what_held_a_firing_back():
    [engine, *_] = engines(pack_files())
    firing = judge(engine, tripped={"T1-01"})

    said = decision_answer(Decision(Verdict.REVIEW, (), (), (firing,), (), (), (), ()))

    assert said["firings"][0]["limited_by"] == ["tripped"]


def test_a_content_is_drawn_by_its_author_and_without_one_by_itself():
    known = ContentToScreen("v-1", "comment", "shop-1", {}, author_id="u-9")
    unknown = ContentToScreen("v-1", "comment", "shop-1", {})

    assert (known.subject, unknown.subject) == ("author:u-9", "content:shop-1/v-1")


@pytest.mark.parametrize(
    ("fired", "evaluated", "holds"),
    [(5, 499, True), (300, 499, True), (5, 500, False), (10, 500, True), (100, 500, True), (101, 500, False)],
)
def test_a_band_is_left_only_when_enough_was_evaluated(fired, evaluated, holds):
    band = Band(timedelta(hours=1), min_evaluations=500, low_bp=200, high_bp=2000)

    assert band.holds(fired=fired, evaluated=evaluated) is holds


def test_a_band_is_read_with_its_defaults():
    [pack] = load_packs(with_lines("band: {window: 2h, high_bp: 300}"), kinds=KINDS)

    assert pack.rules[0].band == Band(timedelta(hours=2), 500, 0, 300)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("share: {bp: 10001}", "share.bp"),
        ("share: {bp: 10, by: shop}", "share.by"),
        ("share: {bpp: 10}", "'bp', did you mean that?"),
        ("band: {window: 8d}", "at most 7d"),
        ("band: {window: 1 hour}", "band.window"),
        ("band: {window: 1h, low_bp: 9, high_bp: 3}", "low_bp up to high_bp"),
    ],
)
def test_a_share_or_band_that_makes_no_sense_is_refused_with_its_line(line, told):
    with pytest.raises(BadDefinition) as refused:
        load_packs(with_lines(line), kinds=KINDS)

    assert told in str(refused.value)
    assert "rules/orders/pack.yaml:2" in str(refused.value)
