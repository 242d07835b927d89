"""Carrying out what firings bring about, each once, and taking it back when it turns out never to have held.

judged events ─ wanted effects by natural key ─ in the register and open? nothing ─ else the verb's file carries it out
time line told anew ─ open in the register but not wanted ─ the verb's file withdraws it

The folder ``app/flows/effects`` is the registration: one file a verb of ``then:``, with ``carry_out`` and ``withdraw``.
"""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app import effects as register
from app.effects import EffectKey
from app.events.stored import as_json
from app.events.timeline import ORDER
from app.flows import effects as folder
from app.flows.judge_line import JudgedEvent
from app.flows.parts import Parts
from app.models import Effect
from app.rules.effects import EFFECTS, MONEY
from app.rules.limits import TRIPPED
from app.values.deciding import Firing, Verdict

OPEN_CASE, FREEZE = "open_case", "freeze"
DOUBT = "-"
"""Stands for the rule where the engine itself is in doubt."""
_TOLD = frozenset({Verdict.REVIEW, Verdict.HOLD, Verdict.BLOCK})


@dataclass(frozen=True, slots=True)
class Ask:
    """One effect to carry out, with everything that led to it.

    ``data`` are the arguments as the rule has them, amounts worked out (``amount_fen`` is a whole number of fen).
    ``unsigned`` says why it must wait for a person, ``is_tripped`` that the rule's breaker is open: then the effect is
    prepared and not acted on.
    """

    parts: Parts
    key: EffectKey
    root: str
    data: Mapping[str, Any]
    firing: Firing
    judged: JudgedEvent
    unsigned: tuple[str, ...]
    is_tripped: bool
    now: datetime
    decision_id: str = ""
    effect_id: str = ""

    @property
    def order_id(self) -> str | None:
        """The order it is about, where that is known."""
        return self.judged.order_id


class Verb(Protocol):
    """What a file of ``app/flows/effects`` promises. ``VERB`` is the word of ``then:``."""

    VERB: str

    def carry_out(self, session: Session, ask: Ask) -> Mapping[str, Any]:
        """Do it inside this transaction; the answer (ids, plain JSON) is kept in the register and told."""

    def withdraw(self, session: Session, effect: Effect, *, parts: Parts, now: datetime) -> None:
        """Take it back as far as that is still possible, and say so where it is not."""


@functools.cache
def load_verbs() -> Mapping[str, Verb]:
    """Every verb's file by its word; raises TypeError or ValueError when one breaks the folder's promise."""
    found: dict[str, Verb] = {}
    for entry in sorted(pkgutil.iter_modules(folder.__path__), key=lambda each: each.name):
        module: Any = import_module(f"{folder.__name__}.{entry.name}")
        if not all(hasattr(module, name) for name in ("VERB", "carry_out", "withdraw")):
            raise TypeError(f"app/flows/effects/{entry.name}.py lacks VERB, carry_out or withdraw")
        if module.VERB in found:
            raise ValueError(f"two files carry out {module.VERB}")
        found[module.VERB] = module
    return found


def wanted_effects(parts: Parts, judged: JudgedEvent, *, root: str, now: datetime) -> list[Ask]:
    """What an event's live firings ask for; doubt and hard verdicts ask for a case where nothing else brings one."""
    asks: list[Ask] = []
    for firing in judged.firings:
        if firing.shadow:
            continue
        verbs = [
            (verb if verb in load_verbs() else OPEN_CASE, data, each)  # what nobody carries out, a person does
            for each in firing.effects
            for verb, data in each.items()
            if verb in EFFECTS
        ]
        if firing.unsigned:  # nothing is withheld from anybody on hearsay: a person decides
            verbs = [each for each in verbs if each[0] != FREEZE]
        has_person = any(verb == OPEN_CASE or verb in MONEY for verb, _, _ in verbs)
        if firing.decision in _TOLD and not has_person:
            verbs.append((OPEN_CASE, {}, {}))
        counted: dict[str, int] = {}
        for verb, data, whole in verbs:
            counted[verb] = counted.get(verb, 0) + 1
            key = _key(judged, firing.rule, verb, counted[verb])
            arguments = as_json(data if isinstance(data, Mapping) else {})
            asks.append(
                Ask(parts, key, root, arguments, firing, judged, firing.unsigned, bool(whole.get(TRIPPED)), now)
            )
    if judged.doubts:
        reason = "；".join(judged.doubts)
        doubt = Firing(DOUBT, "engine", Verdict.REVIEW, reason, ())
        key = _key(judged, DOUBT, OPEN_CASE, 1)
        asks.append(Ask(parts, key, root, {}, doubt, judged, (), is_tripped=False, now=now))
    return asks


def carry_effects(
    session: Session, parts: Parts, asks: Sequence[Ask], *, shop_id: str, root: str, is_whole: bool, now: datetime
) -> Collection[Effect]:
    """Bring the register in line with what is asked for, and say what stands in it for the line.

    ``is_whole`` says that all of the line was judged anew: then what is not asked for any more is taken back.
    """
    if not asks and not is_whole:
        return ()
    there = register.of_root(session, shop_id, root)
    wanted = {ask.key: ask for ask in asks}
    if is_whole:
        for key, row in there.items():
            if row.state == register.OPEN and key not in wanted:
                _withdraw(session, row, parts, now)
    for key, ask in wanted.items():
        known = there.get(key)
        if known is None and key.subject_type != ORDER:  # a parcel may stand on two orders' lines
            known = register.find(session, key)
        if known is not None and known.state == register.LIFTED and known.data == ask.data:
            continue  # a person has looked at these very figures
        if known is not None and known.state == register.OPEN:
            if known.data == ask.data:
                continue
            _withdraw(session, known, parts, now)  # the same effect by other figures
        there[key] = _carry_out(session, ask, known)
    return there.values()


def _withdraw(session: Session, row: Effect, parts: Parts, now: datetime) -> None:
    load_verbs()[row.verb].withdraw(session, row, parts=parts, now=now)
    register.withdraw(session, row, now=now)


def _carry_out(session: Session, ask: Ask, known: Effect | None) -> Effect:
    row = register.opened(
        session,
        ask.key,
        root=ask.root,
        pack=ask.firing.pack,
        data=ask.data,
        decision_id=ask.decision_id,
        happened_at=ask.judged.event.at,
        now=ask.now,
        known=known,
    )
    row.result = dict(load_verbs()[ask.key.verb].carry_out(session, replace(ask, effect_id=row.id)))
    return row


def _key(judged: JudgedEvent, rule: str, verb: str, number: int) -> EffectKey:
    event = judged.event
    return EffectKey(event.shop_id, judged.kind.subject, event.subject, rule, verb, number, judged.occasion)
