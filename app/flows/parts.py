"""What a flow is handed: the pieces built once in ``create_app`` or a command, and nothing global."""

from __future__ import annotations

import random
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.db import Database
from app.errors import NotReady
from app.events.provider import Account, Provider
from app.flows.judge_content import Judge
from app.review.backend import Reviewer
from app.rules.counts import RuleCounts
from app.settings import Settings
from app.vault.keyring import Keyring
from app.vault.people import People


class LiveJudge:
    """The judge in force in this process. Swapping is one reference assignment; a request keeps the one it took."""

    def __init__(self) -> None:
        self._judge: Judge | None = None
        self.tripped: frozenset[str] = frozenset()  # rules whose breaker is open, as last followed
        self.swapped = threading.Condition()

    @property
    def current(self) -> Judge:
        """The judge in force; raises NotReady before the first snapshot is loaded."""
        judge = self._judge
        if judge is None:
            raise NotReady("no rules and wordlists are loaded yet", retry_after_s=1)
        return judge

    @property
    def is_ready(self) -> bool:
        """Whether there is a judge."""
        return self._judge is not None

    def swap(self, judge: Judge) -> None:
        """Put a new judge in force."""
        with self.swapped:
            self._judge = judge
            self.swapped.notify_all()


class StoredJudges:
    """The few judges of old snapshots that were asked for last, because building one takes about a second."""

    def __init__(self, most: int = 4) -> None:
        self._judges: OrderedDict[tuple[str, str], Judge] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def get(self, rules_id: str, wordlists_id: str, build: Callable[[], Judge]) -> Judge:
        """The judge of two snapshots, built where it is not known; one is built at a time."""
        with self._lock:
            judge = self._judges.get((rules_id, wordlists_id)) or build()
            self._judges[rules_id, wordlists_id] = judge
            self._judges.move_to_end((rules_id, wordlists_id))
            while len(self._judges) > self._most:
                self._judges.popitem(last=False)
            return judge


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything long-lived that flows use."""

    settings: Settings
    db: Database
    keyring: Keyring
    people: People
    live: LiveJudge
    reviewers: tuple[Reviewer, ...]
    now: Callable[[], datetime]
    stored: StoredJudges = field(default_factory=StoredJudges)
    chance: random.Random = field(default_factory=random.Random)
    counts: RuleCounts = field(default_factory=RuleCounts)
    known_shops: set[str] = field(default_factory=set)
    scheduled: dict[str, int] = field(default_factory=dict)
    candidates: dict[str, Judge] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, Account]] = field(default_factory=dict)
