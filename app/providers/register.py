"""The register of service providers: who works for a shop, by which contract, with which rating and badge."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import EventDecision, ProviderAppeal, ProviderBadge, ProviderRating, ServiceProvider
from app.models.provider import violations
from app.values.access import Caller

OWN = (
    "name",
    "provider_type",
    "contract_id",
    "contract_starts_at",
    "contract_ends_at",
    "contract_scopes",
    "data_agreement_ref",
    "agreement_ref",
    "license_verified_at",
    "commission_bp",
    "commission_from_at",
)
RATED = ("score", "grade", "service_score", "fulfilment_score", "innovation_score", "sample_count", "in_force_at")


@dataclass(frozen=True, slots=True)
class Entry:
    """A provider of a shop with the rating that holds and the badge that stands."""

    row: ServiceProvider
    rating: ProviderRating | None
    badge: ProviderBadge | None

    def answer(self) -> dict[str, Any]:
        """As plain JSON."""
        own = {"provider_id": self.row.subject, "shop_id": self.row.shop_id}
        own |= {name: getattr(self.row, name) for name in OWN}
        rated = {name: getattr(self.rating, name, None) for name in RATED}
        return own | rated | {"has_badge": self.badge is not None}


def listed(
    session: Session,
    *,
    caller: Caller,
    shop_id: str | None = None,
    provider_type: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """Providers of the caller's shops, by shop and id; ``after`` is the last seen."""
    wanted = (
        select(ServiceProvider)
        .where(caller.only_own(ServiceProvider.shop_id))
        .order_by(ServiceProvider.shop_id, ServiceProvider.subject)
    )
    if shop_id is not None:
        wanted = wanted.where(ServiceProvider.shop_id == shop_id)
    if provider_type is not None:
        wanted = wanted.where(ServiceProvider.provider_type == provider_type)
    if after is not None:
        later = (ServiceProvider.shop_id == after[0]) & (ServiceProvider.subject > after[1])
        wanted = wanted.where((ServiceProvider.shop_id > after[0]) | later)
    if limit is not None:
        wanted = wanted.limit(limit)
    return _with_ratings(session, session.scalars(wanted).all())


def find(session: Session, provider_id: str, *, caller: Caller, shop_id: str | None) -> Entry:
    """One provider.

    Raises:
        NotFound: none of the caller's shops knows it.
        Conflict: several do and ``shop_id`` was not given; names them.
    """
    own = (ServiceProvider.subject == provider_id) & caller.only_own(ServiceProvider.shop_id)
    if shop_id is not None:
        own &= ServiceProvider.shop_id == shop_id
    found = session.scalars(select(ServiceProvider).where(own).limit(10)).all()
    if not found:
        raise NotFound(f"no provider {provider_id}")
    if len(found) > 1:
        shops = ", ".join(sorted(row.shop_id for row in found))
        raise Conflict(f"several shops have {provider_id}: add shop_id, one of {shops}")
    return _with_ratings(session, found)[0]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the register stands: providers, those with a rating in force, badges, held ratings, open appeals."""

    providers: int
    rated: int
    badged: int
    held: int
    appeals: int


def numbers(session: Session, *, caller: Caller) -> Numbers:
    """The numbers over all of the caller's shops."""
    stood = ProviderRating.in_force_at.is_not(None)
    pair = select(ProviderRating.shop_id, ProviderRating.provider_id).where(
        stood, caller.only_own(ProviderRating.shop_id)
    )
    counted = (
        (ServiceProvider, caller.only_own(ServiceProvider.shop_id)),
        (ProviderBadge, caller.only_own(ProviderBadge.shop_id) & ProviderBadge.standing.is_not(None)),
        (ProviderRating, caller.only_own(ProviderRating.shop_id) & (ProviderRating.state == "held")),
        (ProviderAppeal, caller.only_own(ProviderAppeal.shop_id) & (ProviderAppeal.state == "waiting")),
    )
    providers, badged, held, appeals = (
        session.scalar(select(func.count()).select_from(model).where(which)) or 0 for model, which in counted
    )
    rated = session.scalar(select(func.count()).select_from(pair.distinct().subquery())) or 0
    return Numbers(providers, rated, badged, held, appeals)


def badges(session: Session, shop_id: str, provider_id: str) -> Sequence[ProviderBadge]:
    """Every badge a provider ever had, the newest first."""
    own = (ProviderBadge.shop_id == shop_id) & (ProviderBadge.provider_id == provider_id)
    return session.scalars(select(ProviderBadge).where(own).order_by(ProviderBadge.id.desc()).limit(50)).all()


def violations_of(session: Session, shop_id: str, provider_id: str, *, now: datetime) -> Sequence[EventDecision]:
    """What a provider did in a year that the rules block, the newest first."""
    wanted = violations(shop_id, provider_id, since=now - timedelta(days=365), until=now)
    return session.scalars(wanted.limit(20)).all()


def as_csv(entries: Sequence[Entry]) -> Iterator[str]:
    """The list as a file, a line at a time; starts with a mark so that spreadsheets read it as UTF-8."""
    columns = ("shop_id", "provider_id", *OWN, *RATED, "has_badge")
    yield "\ufeff" + _line(columns)
    for each in entries:
        said = each.answer()
        yield _line([_plain(said[name]) for name in columns])


def _with_ratings(session: Session, rows: Sequence[ServiceProvider]) -> list[Entry]:
    keys = [(row.shop_id, row.subject) for row in rows]
    rated: dict[tuple[str, str], ProviderRating] = {}
    badged: dict[tuple[str, str], ProviderBadge] = {}
    for start in range(0, len(keys), 300):
        part = keys[start : start + 300]
        own = tuple_(ProviderRating.shop_id, ProviderRating.provider_id).in_(part)
        stood = select(ProviderRating).where(own, ProviderRating.in_force_at.is_not(None))
        for rating in session.scalars(stood.order_by(ProviderRating.in_force_at, ProviderRating.id)):
            rated[rating.shop_id, rating.provider_id] = rating
        mine = tuple_(ProviderBadge.shop_id, ProviderBadge.provider_id).in_(part)
        for badge in session.scalars(select(ProviderBadge).where(mine, ProviderBadge.standing.is_not(None))):
            badged[badge.shop_id, badge.provider_id] = badge
    return [Entry(row, rated.get((row.shop_id, row.subject)), badged.get((row.shop_id, row.subject))) for row in rows]


def _plain(value: object) -> object:
    if isinstance(value, list):
        value = " ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _line(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()
