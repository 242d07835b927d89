"""What a payout channel promises: the same order paid twice pays once, and an unknown outcome can be asked about.

A channel is one file in ``channels/`` with ``open_channel(settings) -> Channel``; the folder is the registration, and
the setting ``payout_channel`` picks one. A channel never raises for what the other side says: it answers ``UNKNOWN``
when the money may or may not have left, and whoever called asks later by the same number.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from app.errors import Problem, SettingsError
from app.money import channels
from app.settings import Settings


class Outcome(StrEnum):
    """What became of an order to pay."""

    PAID = "paid"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ABSENT = "absent"


class Retry(StrEnum):
    """What may follow a failure: the same money later, or only after a person changed something."""

    LATER = "later"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """One order to pay. ``id`` is ours, 32 letters and digits; the buyer is found by the payment's transaction."""

    id: str
    amount_fen: int
    transaction_id: str | None
    remark: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the channel said. ``code`` is its own; ``retry`` counts where it failed; ``reference`` is its number."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
    reference: str | None = None
    retry: Retry = Retry.PERSON


class Channel(Protocol):
    """One way to pay buyers."""

    name: str
    is_real: bool

    def pay(self, order: PayoutOrder, *, now: datetime) -> Answer:
        """Pay, or say what became of the order when its number was used before."""
        ...

    def query(self, order: PayoutOrder, *, now: datetime) -> Answer:
        """What became of the order; ABSENT when the channel never heard of it."""
        ...


@runtime_checkable
class Billing(Protocol):
    """A channel that gives a bill of every movement of the account it pays from; ``billed`` names the account."""

    name: str
    billed: str

    def fund_bill(self, day: date, *, now: datetime) -> bytes:
        """The bill of a day, its digest checked; raises InvalidInput, PlatformRefused, PlatformBusy or Untrusted."""
        ...


def names() -> list[str]:
    """Every channel there is."""
    return sorted(module.name for module in pkgutil.iter_modules(channels.__path__))


def open_channel(settings: Settings) -> Channel:
    """The configured channel; raises SettingsError when there is none of that name, or its settings are wrong."""
    if settings.payout_channel not in names():
        problem = Problem(
            "WEIHENG_PAYOUT_CHANNEL", f"there is no channel {settings.payout_channel}", ", ".join(names())
        )
        raise SettingsError("the settings are wrong", problems=[problem])
    module = importlib.import_module(f"{channels.__name__}.{settings.payout_channel}")
    channel: Channel = module.open_channel(settings)
    return channel
