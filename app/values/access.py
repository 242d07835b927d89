"""The caller as a value: who they are, what they may do, for which shops.

Roles and scopes are kept apart: machines have scopes, officers have roles, and both are bound to shops.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from app import errors


class Scope(StrEnum):
    """What a machine's key may do."""

    SCREEN = "screen"
    EVENTS = "events"
    CASES = "cases"
    MONEY = "money"
    PEOPLE = "people"
    REVEAL = "reveal"
    RULES = "rules"
    WORDLISTS = "wordlists"
    METRICS = "metrics"
    ADMIN = "admin"


class Role(StrEnum):
    """What an officer may do."""

    VIEWER = "viewer"
    OFFICER = "officer"
    SENIOR = "senior"
    RULE_AUTHOR = "rule_author"
    RULE_APPROVER = "rule_approver"
    FINANCE = "finance"
    AUDITOR = "auditor"
    PRIVACY = "privacy"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """A known machine or officer. ``shop_ids`` None means every shop of the organisation."""

    id: str
    name: str
    grants: frozenset[str]
    shop_ids: frozenset[str] | None
    rate_per_minute: int | None = None  # the key's own rate; None: that of the settings, 0: none

    @property
    def person(self) -> str:
        """Who acts, without how: an officer and a key of the same name count as one person."""
        return self.name.partition(":")[2] or self.name

    @property
    def names(self) -> tuple[str, str, str]:
        """Every name under which this person may have acted."""
        return (self.name, f"officer:{self.person}", f"key:{self.person}")

    def require(self, grant: str) -> None:
        """Raise Forbidden unless the caller has this scope or role."""
        if grant not in self.grants:
            raise errors.Forbidden(f"this needs `{grant}`, which {self.name} does not have")

    def require_shop(self, shop_id: str) -> None:
        """Raise Forbidden unless the shop is one of the caller's."""
        if not self.may_see(shop_id):
            raise errors.Forbidden(f"{self.name} is not bound to shop {shop_id}")

    def may_see(self, shop_id: str) -> bool:
        """Whether the shop is one of the caller's."""
        return self.shop_ids is None or shop_id in self.shop_ids

    def only_own(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The condition that keeps a query to the caller's shops."""
        return true() if self.shop_ids is None else column.in_(self.shop_ids)


SYSTEM = Caller("system", "system", frozenset(), None)
"""The service itself, for what nobody asked for: it sees every shop and is granted nothing."""
