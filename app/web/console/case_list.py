"""Reading the list of cases: filters, pages by keyset on (due_at, id), and the numbers above it.

Whatever the filter on states is, each state is read along its own index and the short results are merged, so a page
costs the same with a million cases as with a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Case, Content, Notice, Screening, Shop
from app.review import second_reviews
from app.review.cases import OPEN_STATES
from app.review.cases import STATES as STORED_STATES
from app.text.words import CHINA_TIME
from app.values.access import Caller
from app.values.case_clocks import QUEUES
from app.web.console.case_search import Found, look_up, typed
from app.web.console.case_subject import notices_of, subject_text
from app.web.console.shown import SOON

DECISIONS = ("block", "review")
SLAS = ("late", "soon")
MINE = ("claimed", "assigned")
PAGE = 50
COUNTED = 10_000
_Place = tuple[datetime, str]
# What a filter on states looks for: the stored states, read each along its own index.
_LOOKED_FOR = {"open": ("open", "second"), "claimed": ("open", "second"), "all": STORED_STATES}
STATES = ("open", "claimed", "second", "held", "decided", "appealed", "upheld", "overturned", "superseded")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty means everything. ``search`` means cases in any state."""

    state: str = "open"
    decision: str = ""
    category: str = ""
    shop: str = ""
    search: str = ""
    is_newest_first: bool = False
    queue: str = ""
    severity: str = ""
    sla: str = ""
    mine: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Filters:
        """From a page's address; what is unknown counts as not said."""
        state = sent.get("state", "open")
        return cls(
            state=state if state in {*STATES, "all"} else "open",
            decision=_one_of(sent, "decision", DECISIONS),
            category=_token(sent.get("category"), 64),
            shop=_token(sent.get("shop"), 128),
            search=typed(sent.get("q"), 200),
            is_newest_first=sent.get("order") == "newest",
            queue=_one_of(sent, "queue", QUEUES),
            severity=_one_of(sent, "severity", ("1", "2", "3", "4", "5")),
            sla=_one_of(sent, "sla", SLAS),
            mine=_one_of(sent, "mine", MINE),
        )

    @property
    def sent(self) -> dict[str, str]:
        """As a page's address again, without what is the default."""
        said = {"decision": self.decision, "category": self.category, "shop": self.shop, "q": self.search}
        said |= {"state": "" if self.state == "open" else self.state}
        said |= {"order": "newest" if self.is_newest_first else ""}
        said |= {"queue": self.queue, "severity": self.severity, "sla": self.sla, "mine": self.mine}
        return {key: value for key, value in said.items() if value}

    @property
    def states(self) -> tuple[str, ...]:
        """The stored states to look in."""
        return STORED_STATES if self.search else _LOOKED_FOR.get(self.state, (self.state,))

    @property
    def shows_state(self) -> bool:
        """Whether the rows' states differ, so that the list has to tell them."""
        return self.state == "all" or bool(self.search)


@dataclass(frozen=True, slots=True)
class Row:
    """A case with what the list shows beside it; ``content_id`` is what it is called, whatever it is about."""

    case: Case
    screening: Screening | None
    content_id: str
    shop_name: str
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows; ``previous`` and ``next`` are the cases to go on from, None where the list ends.

    ``found`` is what a search means; ``is_less`` says that a case the reader reviews blind is left out.
    """

    rows: tuple[Row, ...]
    previous: Case | None
    next: Case | None
    found: Found
    is_less: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the queue stands: now, today since midnight in China, and yesterday up to the same time."""

    open: int
    late: int
    soon: int
    opened_today: int
    opened_before: int
    blocked_today: int
    blocked_before: int


def read_page(
    session: Session,
    filters: Filters,
    *,
    caller: Caller,
    now: datetime,
    after: _Place | None = None,
    before: _Place | None = None,
) -> Page:
    """The page after (or before) a place in the list's order, or the first one."""
    is_back = before is not None and after is None
    start = before if is_back else after
    meant = look_up(session, filters.search, caller=caller) if filters.search else Found()
    rows = _cases(
        session, filters, caller=caller, now=now, start=start, is_back=is_back, limit=PAGE + 1, only=meant.case_ids
    )
    kept, has_more = rows[:PAGE], len(rows) > PAGE
    if is_back:
        kept.reverse()
    has_previous, has_next = (has_more, True) if is_back else (after is not None, has_more)
    return Page(
        rows=_rows(session, kept),
        previous=kept[0] if kept and has_previous else None,
        next=kept[-1] if kept and has_next else None,
        found=meant,
        is_less=bool(second_reviews.blind_cases(session, caller)),
    )


def neighbours(
    session: Session, case: Case, filters: Filters, *, caller: Caller, now: datetime
) -> tuple[Case | None, Case | None]:
    """The cases before and after this one in the list it was opened from."""
    filters, place = replace(filters, search=""), (case.due_at, case.id)
    previous, following = (
        next(iter(_cases(session, filters, caller=caller, now=now, start=place, is_back=back, limit=1)), None)
        for back in (True, False)
    )
    return previous, following


def read_numbers(session: Session, *, caller: Caller, now: datetime) -> Numbers:
    """The numbers over all of the caller's shops, counted up to ``COUNTED``: nobody reads a queue to the last digit.

    A blocked content always opens a case, or joins one that is open.
    """
    today = now.astimezone(CHINA_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday, day = today - timedelta(days=1), timedelta(days=1)
    mine = caller.only_own(Case.shop_id)

    def standing(*due: ColumnElement[bool]) -> int:
        return min(COUNTED + 1, sum(_counted(session, Case.state == state, mine, *due) for state in OPEN_STATES))

    def opened(decision: str, begin: datetime, end: datetime) -> int:
        return _counted(session, Case.decision == decision, Case.opened_at >= begin, Case.opened_at <= end, mine)

    blocked, blocked_before = opened("block", today, now), opened("block", yesterday, now - day)
    return Numbers(
        open=standing(),
        late=standing(Case.due_at < now),
        soon=standing(Case.due_at >= now, Case.due_at < now + SOON),
        opened_today=min(COUNTED + 1, blocked + opened("review", today, now)),
        opened_before=min(COUNTED + 1, blocked_before + opened("review", yesterday, now - day)),
        blocked_today=blocked,
        blocked_before=blocked_before,
    )


def _counted(session: Session, *wanted: ColumnElement[bool]) -> int:
    """How many there are, at most one more than ``COUNTED``."""
    found = select(literal(1)).select_from(Case).where(*wanted).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def shops(session: Session, *, caller: Caller, limit: int) -> Sequence[Shop]:
    """The caller's shops, up to ``limit``."""
    return session.scalars(select(Shop).where(caller.only_own(Shop.id)).order_by(Shop.id).limit(limit)).all()


def _cases(
    session: Session,
    filters: Filters,
    *,
    caller: Caller,
    now: datetime,
    start: _Place | None,
    is_back: bool,
    limit: int,
    only: Sequence[str] = (),
) -> list[Case]:
    is_falling = filters.is_newest_first != is_back
    order = (Case.due_at.desc(), Case.id.desc()) if is_falling else (Case.due_at, Case.id)
    wanted = _conditions(filters, caller, now)
    if filters.search:
        if not only:
            return []
        wanted.append(Case.id.in_(only))
    if set(filters.states) - set(OPEN_STATES) and (blind := second_reviews.blind_cases(session, caller)):
        wanted.append(Case.id.not_in(blind))  # its state alone may tell: only what was decided against is appealed
    if start is not None:
        wanted.append(_beyond(start, is_falling=is_falling))
    found: list[Case] = []
    if filters.search:  # few, by their keys: a state beside would have SQLite read along the state's index
        return list(session.scalars(select(Case).where(*wanted).order_by(*order).limit(limit)))
    for state in filters.states:
        found += session.scalars(select(Case).where(Case.state == state, *wanted).order_by(*order).limit(limit))
    return sorted(found, key=lambda case: (case.due_at, case.id), reverse=is_falling)[:limit]


def _conditions(filters: Filters, caller: Caller, now: datetime) -> list[ColumnElement[bool]]:
    wanted = [caller.only_own(Case.shop_id)]
    if filters.state == "claimed" and not filters.search:
        wanted.append(Case.claimed_until > now)
    plain: tuple[tuple[InstrumentedAttribute[Any], object], ...] = (
        (Case.queue, filters.queue),
        (Case.decision, filters.decision),
        (Case.category, filters.category),
        (Case.shop_id, filters.shop),
        (Case.severity, int(filters.severity or 0)),
    )
    wanted += [column == value for column, value in plain if value]
    if filters.sla:
        wanted.append(Case.due_at < now if filters.sla == "late" else Case.due_at < now + SOON)
    if filters.mine == "claimed":
        wanted += [Case.claimed_by == caller.name, Case.claimed_until > now]
    if filters.mine == "assigned":
        wanted.append(Case.assigned_to == caller.name)
    return wanted


def _beyond(place: _Place, *, is_falling: bool) -> ColumnElement[bool]:
    """Past the place in the list's order. Compared as a pair, because that is one search in the index."""
    pair = tuple_(Case.due_at, Case.id)
    edge = tuple_(literal(place[0], Case.due_at.type), literal(place[1], Case.id.type))
    return pair < edge if is_falling else pair > edge


def _rows(session: Session, cases: Sequence[Case]) -> tuple[Row, ...]:
    screenings = session.scalars(select(Screening).where(Screening.id.in_([case.screening_id for case in cases])))
    contents = session.scalars(select(Content).where(Content.id.in_([case.content_pk for case in cases])))
    named = session.scalars(select(Shop).where(Shop.id.in_({case.shop_id for case in cases})))
    by_id = {row.id: row for row in screenings}
    ids = {row.id: row.content_id for row in contents}
    names = {row.id: row.name for row in named}
    notices = notices_of(session, cases)
    return tuple(
        Row(
            case,
            by_id.get(case.screening_id or ""),
            ids.get(case.content_pk or "") or subject_text(case, notices.get(case.id)),
            names.get(case.shop_id, case.shop_id),
            notices.get(case.id),
        )
        for case in cases
    )


def _one_of(sent: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    value = sent.get(name, "")
    return value if value in known else ""


def _token(sent: str | None, longest: int) -> str:
    text = (sent or "").strip()
    return text if len(text) <= longest and text.isprintable() else ""
