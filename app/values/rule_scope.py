"""Whose event is judged, as far as it may change a rule's thresholds.

It stands on the ground floor because flows know it and rules ask for it, and neither looks inside the other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleScope:
    """The shop of an event and what kind of shop it is; what is not known is None and matches no override."""

    shop: str | None = None
    merchant_type: str | None = None
    supplier_tier: str | None = None
    category: str | None = None


EVERYWHERE = RuleScope()
SCOPE_KEYS = ("shop", "merchant_type", "supplier_tier", "category")
"""From the most specific to the least."""
