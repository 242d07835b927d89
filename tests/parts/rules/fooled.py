"""Ways to get a wrong answer out of the C module; run as a child, it prints what C said to each, as JSON.

python -m tests.parts.rules.fooled
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import durable_rules_engine as rete

from tests.parts.rules.crashes import ruleset


def fact(number: int = 1, sid: str = "0", **columns: object) -> str:
    return json.dumps({"id": str(number), "sid": sid, **columns})


def fired(handle: int, state: int) -> list[str]:
    def names() -> Iterator[str]:
        answer = rete.start_action_for_state(handle, state)
        answer = answer and answer[1]
        while answer:
            yield next(iter(json.loads(answer)))
            answer = rete.complete_and_start_action(handle, state)

    return list(names())


def asked(handle: int, message: str) -> list[str] | str:
    """What fired, or what went wrong."""
    try:
        code, state = rete.assert_fact(handle, message)
    except (rete.error, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return fired(handle, state) if code == 0 else []


def an_event_fires_only_its_first_rule() -> object:
    handle = ruleset({"n0": 1.0}, {"n0": 1.0})
    return fired(handle, rete.assert_event(handle, fact(n0=1.0))[1])


def a_choice_fires_once_a_branch() -> object:
    return asked(ruleset({"$or": [{"n0": 1.0}, {"n1": 1.0}]}), fact(n0=1.0, n1=1.0))


def two_facts_of_one_state_share_their_actions() -> object:
    """What happens when a second thread asserts before the first has drained."""
    handle = ruleset({"n0": 1.0}, {"n0": 2.0})
    rete.assert_fact(handle, fact(1, n0=1.0))
    return asked(handle, fact(2, n0=2.0))


def a_batch_answers_for_its_last_fact() -> object:
    return rete.assert_facts(ruleset({"n0": 1.0}), f"[{fact(1, n0=1.0)}, {fact(2, n0=2.0)}]")[0]


def a_join_on_id_fires_nothing() -> object:
    second = {"$and": [{"n1": 1.0}, {"id": {"a": "id"}}]}
    handle = rete.create_ruleset("canary", json.dumps({"r0": {"all": [{"a": {"n0": 1.0}}, {"b": second}]}}))
    rete.assert_fact(handle, fact(1, n0=1.0))
    code, state = rete.assert_fact(handle, fact(2, n1=1.0))
    return [code, fired(handle, state)]


def a_text_of_65537_is_a_text_of_1() -> object:
    return asked(ruleset({"s0": "x"}), fact(s0="x" * 65_537))


def a_small_float_drops_the_fact() -> object:
    return asked(ruleset({"n1": 1.0}), '{"id":"1","sid":"0","n0":1e-07,"n1":1.0}')


def an_integer_is_no_double() -> object:
    """Which is why constants and columns are both written as doubles."""
    second = {"$and": [{"n1": 1.0}, {"n2": {"a": "n2"}}]}
    handle = rete.create_ruleset("canary", json.dumps({"r0": {"all": [{"a": {"n0": 1.0}}, {"b": second}]}}))
    rete.assert_fact(handle, fact(1, n0=1.0, n2=5))
    return asked(handle, fact(2, n1=1.0, n2=5.0))


def numbers_beyond_2_53_are_equal() -> object:
    return asked(ruleset({"n0": float(2**53)}), fact(n0=2**53 + 1))


def sixty_four_rules_fire_at_once() -> object:
    wide = [{"$or": [{"n0": float(number)} for number in range(8)]}] * 64
    return len(asked(ruleset(*wide), fact(n0=1.0)))


def sixty_five_rules_drop_the_fact() -> object:
    wide = [{"$or": [{"n0": float(number)} for number in range(8)]}] * 65
    return asked(ruleset(*wide), fact(n0=1.0))


def the_1025th_state_is_refused() -> object:
    handle = ruleset({"n0": 1.0})
    answers = [asked(handle, fact(1, sid=str(number), n0=1.0)) for number in range(1025)]
    return [answers[1023], answers[1024]]


def a_large_class_is_refused() -> object:
    with suppress(rete.error):
        ruleset({"$mt": {"s0": "[一-龥]{1,200}x"}})
        return "built"
    return "refused"


FOOLED: list[Callable[[], object]] = [
    an_event_fires_only_its_first_rule,
    a_choice_fires_once_a_branch,
    two_facts_of_one_state_share_their_actions,
    a_batch_answers_for_its_last_fact,
    a_join_on_id_fires_nothing,
    a_text_of_65537_is_a_text_of_1,
    a_small_float_drops_the_fact,
    an_integer_is_no_double,
    numbers_beyond_2_53_are_equal,
    sixty_four_rules_fire_at_once,
    sixty_five_rules_drop_the_fact,
    the_1025th_state_is_refused,
    a_large_class_is_refused,
]

if __name__ == "__main__":
    json.dump({each.__name__: each() for each in FOOLED}, sys.stdout, indent=1)
