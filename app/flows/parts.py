"""What a flow is handed: the pieces built once in ``create_app`` or a command, and nothing global."""

from __future__ import annotations

import random
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.db import Database
from app.errors import NotReady
from app.events.provider import Account, Provider
from app.flows.judge_content import Judge
from app.flows.platform_keys import KeyMemory
from app.live.windows import Windows
from app.money.channel import Channel
from app.review.asking import Breakers
from app.review.backend import Reviewer
from app.review.linear.shelf import Shelf
from app.review.review_settings import ReviewSettings
from app.rules.counts import RuleCounts
from app.settings import Settings
from app.shared_clock import SharedClock
from app.values.case_clocks import Clocks
from app.values.claiming import FeedWatch, OrderSource
from app.values.penalties import Ladder, read_ladder
from app.vault.erasure_list import ErasureList
from app.vault.keyring import Keyring
from app.vault.people import People
from app.word_counts import WordCounts


class LiveJudge:
    """The judge in force in this process. Swapping is one reference assignment; a request keeps the one it took."""

    def __init__(self) -> None:
        self._judge: Judge | None = None
        self.tripped: frozenset[str] = frozenset()  # rules whose breaker is open, as last followed
        self.checked_at: datetime | None = None  # when the wordlists were last checked, as last followed
        self.swapped = threading.Condition()
        self.wake: Callable[[], None] | None = None  # set where a follower runs in this process

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


def no_consents(_session: Session, _person: str, _purpose: str, _now: datetime) -> bool:
    """Whether a person's consent to a purpose holds, as long as no register of consents is joined: it never does."""
    return False


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
    erasure_list: ErasureList
    channel: Channel
    feeds: FeedWatch
    shared_clock: SharedClock | None = None  # what ``now`` is; None where ``now`` was given
    consents: Callable[[Session, str, str, datetime], bool] = no_consents
    stored: StoredJudges = field(default_factory=StoredJudges)
    chance: random.Random = field(default_factory=random.Random)
    counts: RuleCounts = field(default_factory=RuleCounts)
    start_refresh: Callable[[str], None] | None = None  # in a process of its own; None: where the worker is
    words: WordCounts = field(default_factory=WordCounts)
    known_shops: set[str] = field(default_factory=set)
    scheduled: dict[str, int] = field(default_factory=dict)
    candidates: dict[str, Judge] = field(default_factory=dict)
    order_source: OrderSource | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, Account]] = field(default_factory=dict)
    platform_keys: KeyMemory = field(default_factory=KeyMemory)
    windows: Windows = field(default_factory=Windows)
    clocks: Clocks = field(default_factory=Clocks)
    review_settings: ReviewSettings = field(default_factory=ReviewSettings)
    breakers: Breakers = field(default_factory=Breakers)
    models: Shelf = field(default_factory=Shelf)
    ladder: Ladder = field(default_factory=lambda: read_ladder("3=warned,6=limited,9=suspended,12=closed"))

    @property
    def confirms(self) -> bool:
        """Whether the platform is asked again, and the feed must be known to be fresh, before money leaves."""
        wanted = self.settings.payout_confirm
        return self.channel.is_real if wanted is None else wanted == "platform"
