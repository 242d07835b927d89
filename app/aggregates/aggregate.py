"""Figures about the past that rules may ask for, worked out in the database as of the instant judged.

The folder ``app/aggregates/past`` is the registration: every module there has ``FACTS`` (the ``past.…`` facts it works
out, which kinds declare to use them), ``PARAMETERS`` (of the packs, such as the length of its window) and ``work_out``.
A figure counts what was known when it was asked; it is kept with the decision that saw it.
"""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.aggregates import past as folder
from app.values.facts import EventKind, Happened
from app.values.policy import Policy

PREFIX = "past."


class Aggregate(Protocol):
    """What a module of the folder promises."""

    FACTS: tuple[str, ...]
    PARAMETERS: tuple[str, ...]

    def work_out(
        self, session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy
    ) -> Mapping[str, Any]:
        """Its facts; None where there is nothing to go by."""


@functools.cache
def load_aggregates() -> Mapping[str, Aggregate]:
    """Every aggregate by the facts it works out; raises TypeError or ValueError when a module breaks the promise."""
    found: dict[str, Aggregate] = {}
    for entry in sorted(pkgutil.iter_modules(folder.__path__), key=lambda each: each.name):
        module: Any = import_module(f"{folder.__name__}.{entry.name}")
        if not all(hasattr(module, name) for name in ("FACTS", "PARAMETERS", "work_out")):
            raise TypeError(f"app/aggregates/past/{entry.name}.py lacks FACTS, PARAMETERS or work_out")
        for fact in module.FACTS:
            if fact in found or not fact.startswith(PREFIX):
                raise ValueError(f"{fact} is worked out twice, or is not named {PREFIX}…")
            found[fact] = module
    return found


def past_facts(
    session: Session, kind: EventKind, event: Happened, facts: Mapping[str, Any], policy: Policy
) -> dict[str, Any]:
    """The figures that a kind declares, as of the event."""
    wanted = [fact.name for fact in kind.facts if fact.name.startswith(PREFIX)]
    if not wanted:
        return {}
    known = load_aggregates()
    worked_out: dict[str, Any] = {}
    for aggregate in {id(known[name]): known[name] for name in wanted}.values():
        worked_out |= aggregate.work_out(session, event, facts, policy)
    return {name: worked_out[name] for name in wanted}
