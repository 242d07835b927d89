"""Each evaluator is the other's oracle, and an interpreter that shares no code with either is the oracle of both."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules import durable
from app.rules.engine import build_engine
from app.rules.pack import load_packs
from tests.parts.rules.conditions import KIND, NOW, PARAMETERS, conditions, facts, pack_files
from tests.parts.rules.interpreter import judge

KINDS = {KIND.name: KIND}
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]


def engine_of(texts, evaluator, **options):
    return build_engine(load_packs(pack_files(texts, **options), kinds=KINDS), KINDS, evaluator=evaluator)


def outcome(engine, event):
    evaluation = engine.evaluate(KIND.name, event, now=NOW)
    assert evaluation.doubts == ()
    assert evaluation.evaluator == engine.evaluator
    return evaluation.firings


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(texts=st.lists(conditions(), min_size=1, max_size=5), events=st.lists(facts(), min_size=1, max_size=4))
def test_all_three_readings_of_a_condition_agree(texts, events):
    engines = [engine_of(texts, evaluator) for evaluator in EVALUATORS]

    for event in events:
        by_hand = {
            f"F0-{number:02d}": judge(text, kind=KIND, facts=event, parameters=PARAMETERS, now=NOW)
            for number, text in enumerate(texts)
        }
        answers = [outcome(engine, event) for engine in engines]

        assert all(answer == answers[0] for answer in answers)
        assert {f.rule for f in answers[0] if not f.missing} == {rule for rule, holds in by_hand.items() if holds}
        assert {f.rule for f in answers[0] if f.missing} == {rule for rule, holds in by_hand.items() if holds is None}
    for engine in engines:
        engine.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=conditions(), event=facts())
def test_a_rule_that_skips_missing_facts_fires_as_before_and_never_asks(text, event):
    asking, skipping = engine_of([text], "python"), engine_of([text], "python", missing="skip")

    fired = tuple(firing for firing in outcome(asking, event) if not firing.missing)

    assert outcome(skipping, event) == fired


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=conditions(), event=facts())
def test_what_is_named_as_missing_is_absent_and_settling_it_can_settle_the_rule(text, event):
    for firing in outcome(engine_of([text], "python"), event):
        assert firing.missing == tuple(sorted(set(firing.missing)))
        if "//" not in text:
            assert all(event.get(name) is None for name in firing.missing)


@pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(conditions(), min_size=2, max_size=4), one=facts(), other=facts())
def test_an_event_before_leaves_no_trace_in_the_next(texts, one, other):
    alone, after = engine_of(texts, "durable"), engine_of(texts, "durable")

    expected = outcome(alone, other)
    outcome(after, one)

    assert outcome(after, other) == expected
