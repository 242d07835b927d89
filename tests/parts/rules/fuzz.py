"""The differential fuzz: random conditions over random events, read by C, by generated Python and by the interpreter.

    python -m tests.parts.rules.fuzz --pairs 1000000 --seed 7      # or: make fuzz

A pair is one condition on one event, judged by all three (amounts: by two). The same seed gives the same pairs on any
number of cores. The first difference is made small and printed as a line that can be pasted into ``test_fuzz.py``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from random import Random

from app.rules import durable
from app.rules.compile import amount
from app.rules.definition import KindExpressions, Parameter, parameter_refs
from app.rules.engine import Engine, build_engine
from app.rules.expression import parse_condition, parse_number
from app.rules.pack import load_packs
from app.rules.positions import Place
from app.rules.reading import microseconds
from tests.parts.rules.conditions import KIND, NOW, PARAMETERS, UNITS, asking, is_fit, pack_files
from tests.parts.rules.interpreter import UNKNOWN, Interpreter, parsed
from tests.parts.rules.writer import Writer

KINDS = {KIND.name: KIND}
NAMES = {
    "facts": {fact.name: fact for fact in KIND.facts},
    "parameters": parameter_refs(
        {
            name: Parameter("fuzz", name, value, UNITS.get(name, "count"), "seed", Place("fuzz", 1))
            for name, value in PARAMETERS.items()
        }
    ),
    "where": "the fuzz",
}
CONDITIONS, AMOUNTS, EVENTS = 8, 2, 25
"""Written together, as one engine. Ten expressions on 25 events are 250 pairs."""
PAIRS_A_BATCH = (CONDITIONS + AMOUNTS) * EVENTS
[PACK] = load_packs(pack_files(["r.b"]), kinds=KINDS)

Event = Mapping[str, object]


@dataclass(frozen=True)
class Difference:
    """Conditions and an event on which the readings differ, and how."""

    texts: tuple[str, ...]
    event: Event
    told: str

    def __str__(self) -> str:
        return f"{self.told}\n    ({list(self.texts)!r}, {dict(self.event)!r}),"


def engine_of(texts: Sequence[str]) -> Engine:
    """An engine of one rule per condition, without the way through YAML."""
    [rule] = PACK.rules
    rules = tuple(
        replace(
            rule,
            id=f"F0-{at:04d}",
            when=text,
            by_kind={KIND.name: KindExpressions(parse_condition(text, **NAMES), {})},
        )
        for at, text in enumerate(texts)
    )
    return build_engine([replace(PACK, rules=rules, examples=())], KINDS)


def differences(texts: Sequence[str], events: Sequence[Event]) -> Iterator[Difference]:
    """Every condition and event on which the evaluators and the interpreter do not say the same."""
    engine = engine_of(texts)
    program, now = engine.program(KIND.name), microseconds(NOW)
    assert program is not None
    readings: dict[str, Callable[..., tuple[list[int], list[int]]]] = {"python": program.by_python}
    if durable.AVAILABLE:
        readings["durable"] = program.by_c
    try:
        for event in events:
            interpreter = Interpreter(KIND, event, PARAMETERS, NOW)
            truths = [interpreter.truth(parsed(text), {}) for text in texts]
            sure = [at for at, truth in enumerate(truths) if truth is True]
            wanted = (sure, [at for at, truth in enumerate(truths) if truth is UNKNOWN])
            for name, read in readings.items():
                got = _outcome(lambda read=read, event=event: read(event, now, []))
                if got != wanted:
                    yield Difference(tuple(texts), event, f"{name} says {got!r}, the interpreter {wanted!r}")
    finally:
        engine.close()


def amount_differences(texts: Sequence[str], events: Sequence[Event]) -> Iterator[Difference]:
    """The same for amounts in fen."""
    works = [amount(parse_number(text, **NAMES, unit="fen").root) for text in texts]
    for event in events:
        interpreter = Interpreter(KIND, event, PARAMETERS, NOW)
        for text, work in zip(texts, works, strict=True):
            wanted = interpreter.solid(parsed(text), {})
            got = _outcome(lambda work=work, event=event: work(event.get, microseconds(NOW), []))
            if got != (None if wanted is UNKNOWN else wanted):
                yield Difference((text,), event, f"amount: python says {got!r}, the interpreter {wanted!r}")


def _outcome(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - whatever a wrong compiler makes its code raise is a difference
        return f"{type(error).__name__}: {error}"


def run_batch(name: str) -> Difference | None:
    """One engine on its events; the first difference, if any. ``name`` is all it depends on."""
    writer = Writer(Random(name))
    texts: list[str] = []
    while len(texts) < CONDITIONS:
        text = asking(writer.condition())
        texts += [text] if is_fit(text) else []
    amounts = [f"({writer.amount()} + cap_fen)" for _ in range(AMOUNTS)]
    events = [writer.event() for _ in range(EVENTS)]
    return next(chain(differences(texts, events), amount_differences(amounts, events)), None)


def run(pairs: int, seed: int, *, processes: int, progress: Callable[[int], None] = lambda _: None) -> Difference | int:
    """That many pairs on that many cores: the first difference (as found, not yet small), or how many were compared."""
    names = [f"{seed}-{number}" for number in range(-(-pairs // PAIRS_A_BATCH))]
    if processes == 1:
        answers = map(run_batch, names)
    else:
        pool = ProcessPoolExecutor(processes)
        answers = pool.map(run_batch, names, chunksize=20)
    done = 0
    for difference in answers:
        if difference is not None:
            if processes > 1:
                pool.shutdown(wait=False, cancel_futures=True)
            return difference
        done += PAIRS_A_BATCH
        progress(done)
    return done


def main() -> int:
    from tests.parts.rules.shrink import shrunk

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    began, told = time.monotonic(), time.monotonic()

    def progress(done: int) -> None:
        nonlocal told
        if time.monotonic() - told > 10:
            told = time.monotonic()
            _say(f"{done:,} pairs, {done / (told - began):,.0f} a second, no difference")

    _say(f"seed {options.seed}, readers: python, interpreter{', durable' if durable.AVAILABLE else ''}")
    outcome = run(options.pairs, options.seed, processes=options.processes, progress=progress)
    if isinstance(outcome, Difference):
        _say(f"a difference; made small:\n{shrunk(outcome)}")
        return 1
    _say(f"{outcome:,} pairs in {time.monotonic() - began:.0f} s, 0 differences")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
