"""What does it cost a serving process to take up changed rules, opened or compiled, and how long is it deaf?

    python -m bench.follow [--rules 1000] [--rounds 5] [--shipped]

Every round takes up another version of all rules, in a thread that rests as the service's follower does, beside one
that asks for the interpreter again and again. Told are the processor time of the builder, the time until it was done,
and the most processor time it used while the other thread waited: for so long no request would have been served.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app import snapshots
from app.events.kind import load_kinds
from app.flows.open_rules import COMPILING_RESTS_S, OPENING_RESTS_S, OPENING_RESTS_TIMES
from app.rules import pack as packs_read
from app.rules.engine import Engine, build_engine
from app.rules.pack import load_packs
from app.rules.packed import pack, unpack
from app.values.pause import Rests, yielding
from bench.made import made_packs

ASKS_EVERY_S = 0.0003
KINDS = load_kinds()


@dataclass(frozen=True)
class Taken:
    """One change, in milliseconds: processor time, time until done, longest hold."""

    cpu: float
    wall: float
    hold: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shipped", action="store_true", help="the shipped rules instead of generated ones")
    options = parser.parse_args()
    gc.freeze()
    told: dict[str, list[Taken]] = {"compiled anew": [], "opened as kept": []}
    for version in range(options.rounds):
        files = _files(options, version)
        packed = _packed(files)
        told["compiled anew"].append(_taken(partial(_compile, files)))
        told["opened as kept"].append(_taken(partial(_open, packed)))
    print(f"{'':<20}{'CPU ms':>10}{'done after ms':>16}{'longest hold ms':>18}   (median; hold: worst)")
    for name, rows in told.items():
        cpu, wall = (statistics.median(getattr(row, field) for row in rows) for field in ("cpu", "wall"))
        print(f"{name:<20}{cpu:>10.0f}{wall:>16.0f}{max(row.hold for row in rows):>18.1f}")
    return 0


def _files(options: argparse.Namespace, version: int) -> dict[str, str]:
    if options.shipped:
        return snapshots.read_folder("rules", Path(__file__).parents[1] / "rules")
    return made_packs(options.rules, version=version, rules_a_pack=max(1, options.rules // 20))


def _packed(files: dict[str, str]) -> bytes:
    packs = load_packs(files, kinds=KINDS, with_examples=False)
    engine = build_engine(packs, KINDS)
    try:
        return pack(files, packs, engine)
    finally:
        engine.close()


def _open(packed: bytes) -> Engine:
    return unpack(packed, KINDS, pause=Rests(OPENING_RESTS_S, times=OPENING_RESTS_TIMES))


def _compile(files: dict[str, str]) -> Engine:
    pause = Rests(COMPILING_RESTS_S)
    return build_engine(load_packs(files, kinds=KINDS, with_examples=False, pause=pause), KINDS, pause=pause)


def _taken(build: Callable[[], Engine]) -> Taken:
    """Build in a thread that has read nothing before, and ask for the interpreter meanwhile."""
    packs_read.LATELY.forget()
    is_done, told = threading.Event(), []

    def work() -> None:
        build().close()
        told.append(time.thread_time())
        is_done.set()

    builder, holds, before = threading.Thread(target=work), [0.0], 0.0
    began = time.perf_counter()
    with yielding:
        builder.start()
        clock = time.pthread_getcpuclockid(builder.ident or 0)
        while not is_done.is_set():
            time.sleep(ASKS_EVERY_S)
            try:
                used = time.clock_gettime(clock)
            except OSError:  # it has just ended
                break
            holds.append(used - before)
            before = used
    builder.join()
    return Taken(told[0] * 1000, (time.perf_counter() - began) * 1000, max(holds) * 1000)


if __name__ == "__main__":
    sys.exit(main())
