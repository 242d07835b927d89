"""The hardest live voice wins, doubt means a person, and the order never depends on chance."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deciding import decide
from app.values.deciding import Exempted, Firing, Hit, Opinion, PersonalDatum, Verdict

VERDICTS = list(Verdict)
ANSWERS = {
    Verdict.PASS: "pass",
    Verdict.ALERT: "pass",
    Verdict.WARN: "pass",
    Verdict.LABEL: "label",
    Verdict.REVIEW: "review",
    Verdict.HOLD: "review",
    Verdict.BLOCK: "block",
}
NAMES = st.sampled_from(["a", "b", "c"])
HITS = st.builds(
    Hit,
    field=NAMES,
    start=st.integers(0, 3),
    end=st.integers(4, 6),
    text=NAMES,
    word=NAMES,
    category=NAMES,
    wordlist=NAMES,
    verdict=st.sampled_from(VERDICTS),
    source=NAMES,
    segment=st.none() | st.integers(0, 2),
)
DATA = st.builds(PersonalDatum, field=NAMES, start=st.integers(0, 3), end=st.integers(4, 6), kind=NAMES)
FIRINGS = st.builds(
    Firing,
    rule=st.sampled_from(["S1-01", "S1-02", "S2-01"]),
    pack=NAMES,
    decision=st.sampled_from(VERDICTS),
    reason=NAMES,
    references=st.just(("law",)),
    shadow=st.booleans(),
    effects=st.sampled_from([(), ({"label": "advertisement"},), ({"label": "ai"},)]),
)
OPINIONS = st.builds(Opinion, reviewer=NAMES, verdict=st.sampled_from(VERDICTS), score_bp=st.integers(0, 10_000))


def firing(verdict: Verdict, *, shadow: bool = False, effects=(), reason: str = "因为", rule: str = "S1-01") -> Firing:
    return Firing(rule, "content", verdict, reason, ("law",), shadow=shadow, effects=effects)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_single_firing_is_answered_by_one_of_four(verdict):
    decision = decide(hits=(), personal_data=(), firings=[firing(verdict)])

    assert decision.decision.value == ANSWERS[verdict]


def test_nothing_found_passes():
    decision = decide(hits=(), personal_data=(), firings=())

    assert decision.decision is Verdict.PASS
    assert (decision.labels, decision.advice, decision.doubts) == ((), (), ())


def test_what_is_exempted_is_told_in_order_and_decides_nothing():
    one, other = (
        Exempted(name, 0, 2, "最佳", "最佳", "absolute", "absolute_terms", "注册商标", date(2026, 12, 31))
        for name in ("body", "title")
    )

    decision = decide(hits=(), personal_data=(), firings=(), exempted=[other, one])

    assert decision.decision is Verdict.PASS
    assert decision.exempted == (one, other)


def test_a_shadow_block_changes_nothing_but_is_kept():
    shadow = firing(Verdict.BLOCK, shadow=True, effects=({"label": "advertisement"},))

    decision = decide(hits=(), personal_data=(), firings=[shadow])

    assert decision.decision is Verdict.PASS
    assert decision.labels == ()
    assert decision.firings == (shadow,)


@pytest.mark.parametrize(("verdict", "expected"), [("pass", "review"), ("label", "review"), ("block", "block")])
def test_a_doubt_asks_for_a_person_and_softens_nothing(verdict, expected):
    decision = decide(hits=(), personal_data=(), firings=[firing(Verdict(verdict))], doubts=("词库过期",))

    assert decision.decision.value == expected
    assert decision.doubts == ("词库过期",)


def test_labels_and_advice_come_from_live_firings_each_once():
    firings = [
        firing(Verdict.LABEL, effects=({"label": "advertisement"},), rule="S1-02"),
        firing(Verdict.LABEL, effects=({"label": "advertisement"},), rule="S1-03"),
        firing(Verdict.WARN, reason="请注意"),
        firing(Verdict.ALERT, reason="请注意", rule="S1-04"),
        firing(Verdict.WARN, reason="影子", shadow=True),
    ]

    decision = decide(hits=(), personal_data=(), firings=firings)

    assert decision.decision is Verdict.LABEL
    assert decision.labels == ("advertisement",)
    assert decision.advice == ("请注意",)


@given(
    st.lists(HITS, max_size=5),
    st.lists(DATA, max_size=4),
    st.lists(FIRINGS, max_size=5),
    st.lists(OPINIONS, max_size=3),
    st.lists(NAMES, max_size=3),
    st.randoms(use_true_random=False),
)
def test_the_order_of_what_was_found_does_not_change_the_decision(
    hits, data, firings, opinions, doubts, chance: random.Random
):
    found = {"hits": hits, "personal_data": data, "firings": firings, "opinions": opinions, "doubts": doubts}
    shuffled = {name: chance.sample(values, len(values)) for name, values in found.items()}

    assert repr(decide(**found)) == repr(decide(**shuffled))


@given(st.lists(HITS, max_size=4), st.lists(FIRINGS, max_size=4), FIRINGS)
def test_one_more_firing_never_makes_the_answer_milder(hits, firings, more):
    before = decide(hits=hits, personal_data=(), firings=firings)
    after = decide(hits=hits, personal_data=(), firings=[*firings, more])

    assert after.decision.hardness >= before.decision.hardness
    assert more.shadow is False or after.decision is before.decision
