"""Getting the engine of a snapshot of rules: what was compiled once is opened, everything else is compiled here.

this machine's folder ─ there, and sealed by us? ─▶ open
      └ no: the database (PostgreSQL) ─ there, and sealed by us? ─▶ keep in the folder, open
             └ no: one process of this machine compiles the stored files; kept in both ─▶ the others open it
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import structlog

from app import snapshots
from app.db import Database
from app.flows.rule_packs import RulePacks
from app.metrics import RULES_TAKEN
from app.rules.engine import Engine, build_engine
from app.rules.pack import load_packs
from app.rules.packed import NoPack, pack, unpack
from app.settings import Settings
from app.values.facts import EventKind
from app.values.pause import Rests, no_pause

OPENING_RESTS_S = 0.5  # of the two seconds within which every process has followed, as what follows
OPENING_RESTS_TIMES = 10.0
"""A thousand rules take some 30 ms: in pieces of one, each with ten of rest, they take a tenth of the interpreter."""
COMPILING_RESTS_S = 0.6
_log = structlog.get_logger(__name__)


def open_rules(
    settings: Settings,
    rules_id: str,
    kinds: Mapping[str, EventKind],
    *,
    db: Database,
    before: Engine | None = None,
    rests: bool = False,
) -> Engine:
    """The engine of a stored snapshot; ``before`` as for building one. ``rests``: requests are answered beside it.

    Raises:
        NotFound: no such snapshot.
        BadDefinition: this program cannot read it.
    """
    kept = RulePacks(settings, db)
    opened = _opened(kept, settings, rules_id, kinds, before, rests=rests)
    if opened is not None:
        return opened
    with _alone(kept):
        opened = _opened(kept, settings, rules_id, kinds, before, rests=rests)
        if opened is not None:
            return opened
        with db.read() as session:
            files = snapshots.load(session, rules_id)
        pause = Rests(COMPILING_RESTS_S) if rests else no_pause
        packs = load_packs(files, kinds=kinds, with_examples=False, pause=pause)
        engine = build_engine(packs, kinds, evaluator=settings.evaluator, before=before, pause=pause)
        kept.put(rules_id, pack(files, packs, engine))
    RULES_TAKEN.labels("compiled").inc()
    _log.info("rules_compiled", rules=rules_id)
    return engine


def _opened(
    kept: RulePacks,
    settings: Settings,
    rules_id: str,
    kinds: Mapping[str, EventKind],
    before: Engine | None,
    *,
    rests: bool,
) -> Engine | None:
    packed = kept.get(rules_id)
    if packed is None:
        return None
    pause = Rests(OPENING_RESTS_S, times=OPENING_RESTS_TIMES) if rests else no_pause
    try:
        engine = unpack(packed, kinds, evaluator=settings.evaluator, before=before, pause=pause)
    except NoPack as error:
        kept.refuse(rules_id, why=str(error))
        return None
    RULES_TAKEN.labels("opened").inc()
    return engine


@contextlib.contextmanager
def _alone(kept: RulePacks) -> Iterator[None]:
    """One process of this machine at a time; where no lock can be had, each for itself."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            held.enter_context(kept.building())
        yield
