"""The declarative base and the column types every table shares, so a key or an amount looks the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from uuid_utils import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
ORG = "default"  # one deployment serves one organisation today; the column is there so that more can be added


def new_id() -> str:
    """A fresh, time-ordered UUID; made by us before the INSERT, so that it can be bound into sealed values."""
    return str(uuid7())


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC. Naive values are refused, because a naive instant is a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without zone for SQLite, which has none."""
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant needs a time zone"
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """On SQLite the same in one step: every row has a few instants, and each took three calls."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """On SQLite the same in one step."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _to_sqlite(value: datetime | None) -> str | None:
    """As SQLAlchemy writes an instant into SQLite, which has texts for them: in UTC, to the microsecond."""
    if value is None:
        return None
    assert value.tzinfo is not None, "an instant needs a time zone"
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _from_sqlite(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

Key = Annotated[str, mapped_column(String(36))]
Name = Annotated[str, mapped_column(String(128))]
Digest = Annotated[str, mapped_column(String(80))]
Blob = Annotated[bytes, mapped_column(LargeBinary)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Which columns of a table hold sealed values, and under whose key: that of ``prefix`` + the value of ``owner``.

    Every model with such columns says so in ``sealed``; renewing and shredding keys go by it. Without ``owner`` all
    rows are sealed under the one key named ``prefix``. ``key`` is the column that names the row they are bound to.
    """

    columns: tuple[str, ...]
    prefix: str = ""
    owner: str | None = None
    key: str = "id"

    def is_owner(self, person: str) -> bool:
        """Whether rows of this table can be sealed under that key."""
        return person.startswith(self.prefix) if self.owner else person == self.prefix


class Base(DeclarativeBase):
    """Base of all tables; ``dict`` and ``list`` columns are JSON."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: Json, list[str]: Json, datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy's
    sealed: ClassVar[Sealed | None] = None
