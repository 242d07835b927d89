"""What does judging an event by rules cost? durable-rules and generated Python, beside four other engines.

    python -m bench.rules            # from the project's root, after `make bench` has installed the others

One event kind with 45 fields and 10, 100 or 1,000 rules of three conditions each, of which a few fire; every engine has
to fire the same ones. CPU µs an event, the best of some rounds; the ratio is against the first row in the same run.
After that what is usual here: a kind of 30 rules, and captions with the facts the service makes of them, by all packs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import business_rules
import cel
import rule_engine
import zen
from business_rules import actions, variables
from business_rules.fields import FIELD_NUMERIC

from app.events.kind import load_kinds
from app.flows.judge_content import judge_content
from app.flows.screen_file import judge_from_folders
from app.rules import durable
from app.rules.definition import KindExpressions, Parameter, parameter_refs
from app.rules.engine import Engine, build_engine
from app.rules.expression import parse_condition
from app.rules.pack import load_packs
from app.rules.positions import Place
from app.settings import Settings
from app.values.content import ContentToScreen
from app.values.facts import EventKind, Fact, FactType, Presence
from bench.made import made_packs

SIZES = (10, 100, 1_000)
TYPICAL = 30
BAR_US = 60.0
NOW = datetime(2026, 11, 23, tzinfo=UTC)
NUMBERS, TEXTS, FLAGS = range(25), range(10), range(10)
WORDS = [f"w{number}" for number in range(20)]
KIND = EventKind(
    "bench.event",
    "nothing",
    (
        *(Fact(f"n{number}", FactType.INT, Presence.REQUIRED) for number in NUMBERS),
        *(Fact(f"t{number}", FactType.TEXT, Presence.REQUIRED) for number in TEXTS),
        *(Fact(f"b{number}", FactType.BOOL, Presence.REQUIRED) for number in FLAGS),
    ),
)
Rule = tuple[int, int, int, str, int, bool]
Event = dict[str, object]
Judge = Callable[[Event], list[int]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="10 and 100 rules only; exit 1 when the bar is missed")
    options = parser.parse_args()
    chance = random.Random(20261123)
    events = [made_event(chance) for _ in range(20)]
    print(f"{'CPU µs an event of 45 fields':<30}" + "".join(f"{f'{size:,} rules':>13}{'ratio':>8}" for size in SIZES))
    table: dict[str, dict[int, float]] = {}
    for size in SIZES[:2] if options.quick else SIZES:
        rules = made_rules(random.Random(size), size)
        expected = None
        for name, judge in judges(rules):
            fired = [judge(event) for event in events]
            expected = expected or fired
            if fired != expected:
                raise SystemExit(f"{name} fires other rules than the first engine")
            table.setdefault(name, {})[size] = spent_us(judge, events, rounds=3)
    first = next(iter(table.values()))
    for name, spent in table.items():
        print(f"{name:<30}" + "".join(f"{us:>13,.1f}{us / first[size]:>7.1f}×" for size, us in spent.items()))
    missed = typical()
    return missed if options.quick else 0


def made_event(chance: random.Random) -> Event:
    event: Event = {f"n{number}": chance.randrange(1_000) for number in NUMBERS}
    event |= {f"t{number}": chance.choice(WORDS) for number in TEXTS}
    return event | {f"b{number}": chance.random() < 0.5 for number in FLAGS}


def made_rules(chance: random.Random, count: int) -> list[Rule]:
    """A number beyond a threshold, a text that is a certain one, and a flag that is set."""
    return [
        (
            chance.choice(NUMBERS),
            chance.randrange(1_000),
            chance.choice(TEXTS),
            chance.choice(WORDS),
            chance.choice(FLAGS),
            True,
        )
        for _ in range(count)
    ]


def judges(rules: list[Rule]) -> list[tuple[str, Judge]]:
    ours = [("durable-rules, hardened", by_engine(rules, "durable"))] if durable.AVAILABLE else []
    return [
        *ours,
        ("generated Python", by_engine(rules, "python")),
        ("CEL (Rust)", by_cel(rules)),
        ("zen-engine (Rust)", by_zen(rules)),
        ("business-rules", by_business_rules(rules)),
        ("rule-engine", by_rule_engine(rules)),
    ]


def engine_of(rules: list[Rule], evaluator: str) -> Engine:
    [pack] = load_packs(made_packs(1), kinds=load_kinds())
    names = {"facts": {fact.name: fact for fact in KIND.facts}, "where": KIND.name}
    made = {
        f"p{value}": Parameter("made", f"p{value}", value, "count", "seed", Place("made", 1)) for _, value, *_ in rules
    }
    refs = parameter_refs(made)
    written = [f"n{n} > p{value} and t{t} == '{word}' and b{b}" for n, value, t, word, b, _ in rules]
    loaded = tuple(
        replace(
            pack.rules[0],
            id=f"B{at:05d}",
            on=(KIND.name,),
            by_kind={KIND.name: KindExpressions(parse_condition(text, parameters=refs, **names), {})},
        )
        for at, text in enumerate(written)
    )
    return build_engine([replace(pack, rules=loaded, examples=())], {KIND.name: KIND}, evaluator=evaluator)


def by_engine(rules: list[Rule], evaluator: str) -> Judge:
    program = engine_of(rules, evaluator).program(KIND.name)
    read = program.by_c if evaluator == "durable" else program.by_python
    return lambda event: read(event, 0, [])[0]


def by_cel(rules: list[Rule]) -> Judge:
    """One program for all rules, so that the event is handed over once."""
    written = [f"n{n} > {value} && t{t} == '{word}' && b{b}" for n, value, t, word, b, _ in rules]
    program = cel.compile("[" + ", ".join(written) + "]")
    return lambda event: [at for at, fires in enumerate(program.execute(event)) if fires]


def by_zen(rules: list[Rule]) -> Judge:
    """One decision table that collects; a column for each field that some rule asks for."""
    fields = sorted({name for n, _, t, _, b, _ in rules for name in (f"n{n}", f"t{t}", f"b{b}")})
    rows = [
        {
            "_id": str(at),
            **dict.fromkeys(fields, ""),
            f"n{n}": f"> {value}",
            f"t{t}": f'"{word}"',
            f"b{b}": "true",
            "fired": str(at),
        }
        for at, (n, value, t, word, b, _) in enumerate(rules)
    ]
    inputs = [{"id": name, "name": name, "field": name} for name in fields]
    content = {
        "hitPolicy": "collect",
        "rules": rows,
        "inputs": inputs,
        "outputs": [{"id": "fired", "name": "fired", "field": "fired"}],
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content, "position": {"x": 1, "y": 0}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda event: [row["fired"] for row in decision.evaluate(event)["result"]]


def by_business_rules(rules: list[Rule]) -> Judge:
    def conditions(n: int, value: int, t: int, word: str, b: int) -> list[dict[str, object]]:
        return [
            {"name": f"n{n}", "operator": "greater_than", "value": value},
            {"name": f"t{t}", "operator": "equal_to", "value": word},
            {"name": f"b{b}", "operator": "is_true", "value": True},
        ]

    written = [
        {"conditions": {"all": conditions(n, value, t, word, b)}, "actions": [{"name": "fire", "params": {"at": at}}]}
        for at, (n, value, t, word, b, _) in enumerate(rules)
    ]

    def reader(name: str) -> Callable[..., object]:
        def read(self):
            return self.event[name]

        read.__name__ = name
        wrap = {
            "n": variables.numeric_rule_variable,
            "t": variables.string_rule_variable,
            "b": variables.boolean_rule_variable,
        }
        return wrap[name[0]]()(read)

    def hold(self, event):
        self.event = event

    members = {fact.name: reader(fact.name) for fact in KIND.facts}
    readers = type("Variables", (variables.BaseVariables,), {"__init__": hold, **members})

    class Actions(actions.BaseActions):
        def __init__(self) -> None:
            self.fired: list[int] = []

        @actions.rule_action(params={"at": FIELD_NUMERIC})
        def fire(self, at):
            self.fired.append(at)

    def judge(event: Event) -> list[int]:
        done = Actions()
        business_rules.run_all(written, readers(event), done, stop_on_first_trigger=False)
        return done.fired

    return judge


def by_rule_engine(rules: list[Rule]) -> Judge:
    written = [rule_engine.Rule(f"n{n} > {value} and t{t} == '{word}' and b{b}") for n, value, t, word, b, _ in rules]
    return lambda event: [at for at, rule in enumerate(written) if rule.matches(event)]


def typical() -> int:
    """Firings and all, through ``Engine.evaluate``; 1 when the bar is missed."""
    chance = random.Random(5)
    events = [made_event(chance) for _ in range(20)]
    engine = engine_of(made_rules(chance, TYPICAL), "auto")
    rows = {
        f"a kind of {TYPICAL} rules": spent_us(
            lambda event: engine.evaluate(KIND.name, event, now=NOW), events, rounds=3
        )
    }
    with tempfile.TemporaryDirectory() as folder:
        judge = judge_from_folders(Settings.model_validate({"data_dir": folder}))
    for name, text in (("a clean caption", "云南小番茄 五斤装 顺丰包邮"), ("two hits", "全网最佳面膜 国家级品质")):
        content = ContentToScreen("v-1", "video_caption", "shop-1", {"text": text}, "u-1")
        seen = judge_content(judge, content, now=NOW)
        rows[f"content.submit, {name}"] = spent_us(
            lambda facts: judge.engine.evaluate("content.submit", facts, now=NOW), [seen.facts] * 20, rounds=3
        )
    print(f"\nCPU µs an event, firings included, by {engine.evaluator} (bar {BAR_US:g})")
    for name, us in rows.items():
        print(f"  {name:<34}{us:>8.1f}  {'met' if us <= BAR_US else 'MISSED'}")
    return int(any(us > BAR_US for us in rows.values()))


def spent_us(judge: Callable[[Event], object], events: list[Event], *, rounds: int) -> float:
    """Microseconds of CPU for one event, best of some rounds."""
    began = time.process_time()
    for event in events:
        judge(event)
    times = max(1, int(0.15 / max(time.process_time() - began, 1e-6)))
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            for event in events:
                judge(event)
        best = min(best, (time.process_time() - began) / times / len(events))
    return best * 1e6


if __name__ == "__main__":
    sys.exit(main())
