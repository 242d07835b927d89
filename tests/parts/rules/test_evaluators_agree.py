"""The engine as a whole on written packs: each evaluator is the other's oracle, and the interpreter is that of both.

``test_fuzz.py`` compares many more conditions, without the way through YAML, firings and their missing facts.
"""

from __future__ import annotations

from random import Random

import pytest

from app.rules import durable
from app.rules.engine import build_engine
from app.rules.pack import load_packs
from tests.parts.rules.conditions import KIND, NOW, PARAMETERS, asking, is_fit, pack_files
from tests.parts.rules.interpreter import judge
from tests.parts.rules.writer import Writer

KINDS = {KIND.name: KIND}
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]
PACKS = range(60)
IN_A_PACK = {name: value for name, value in PARAMETERS.items() if not isinstance(value, str) or len(value) <= 500}


def written(seed):
    """Four conditions that a pack can hold, and six events without a mistake."""
    writer = Writer(Random(f"pack-{seed}"))
    texts = []
    while len(texts) < 4:
        text = asking(writer.condition())
        texts += [text] if is_fit(text) and not any(name in text for name in ("long", "widest")) else []
    return texts, [writer.event(mistakes=False) for _ in range(6)]


def engine_of(texts, evaluator, **options):
    return build_engine(load_packs(pack_files(texts, **options), kinds=KINDS), KINDS, evaluator=evaluator)


def outcome(engine, event):
    evaluation = engine.evaluate(KIND.name, event, now=NOW)
    assert evaluation.doubts == ()
    assert evaluation.evaluator == engine.evaluator
    return evaluation.firings


@pytest.mark.parametrize("seed", PACKS)
def test_all_three_readings_of_a_pack_agree(seed):
    texts, events = written(seed)
    engines = [engine_of(texts, evaluator) for evaluator in EVALUATORS]

    for event in events:
        by_hand = {
            f"F0-{number:02d}": judge(text, kind=KIND, facts=event, parameters=IN_A_PACK, now=NOW)
            for number, text in enumerate(texts)
        }
        answers = [outcome(engine, event) for engine in engines]

        assert all(answer == answers[0] for answer in answers)
        assert {f.rule for f in answers[0] if not f.missing} == {rule for rule, holds in by_hand.items() if holds}
        assert {f.rule for f in answers[0] if f.missing} == {rule for rule, holds in by_hand.items() if holds is None}
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("seed", PACKS[:20])
def test_a_rule_that_skips_missing_facts_fires_as_before_and_never_asks(seed):
    texts, events = written(seed)
    asks, skips = engine_of(texts, "python"), engine_of(texts, "python", missing="skip")

    for event in events:
        assert outcome(skips, event) == tuple(firing for firing in outcome(asks, event) if not firing.missing)


@pytest.mark.parametrize("seed", PACKS)
def test_what_is_named_as_missing_is_sorted_and_absent_unless_a_divisor_is_zero(seed):
    texts, events = written(seed)
    engine = engine_of(texts, "python")

    for event in events:
        for firing in outcome(engine, event):
            assert firing.missing == tuple(sorted(set(firing.missing)))
            if "//" not in texts[int(firing.rule[-2:])]:
                assert all(event.get(name) is None for name in firing.missing)


@pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")
@pytest.mark.parametrize("seed", PACKS[:20])
def test_an_event_before_leaves_no_trace_in_the_next(seed):
    texts, events = written(seed)
    alone, after = engine_of(texts, "durable"), engine_of(texts, "durable")
    expected = {at: outcome(alone, event) for at, event in enumerate(events)}

    for one in range(len(events)):
        for other in range(len(events)):
            outcome(after, events[one])

            assert outcome(after, events[other]) == expected[other]


@pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")
def test_an_event_alone_in_a_fresh_engine_is_judged_as_after_all_others():
    texts, events = written("fresh")
    used = engine_of(texts, "durable")
    for event in events[:-1]:
        outcome(used, event)

    assert outcome(used, events[-1]) == outcome(engine_of(texts, "durable"), events[-1])
