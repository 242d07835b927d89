"""Finds the inbound providers by itself and reads the operator's accounts with them.

The folder ``app/events/inbound`` is the registration: every module there has one ``PROVIDER``. A provider is pure. It
says whether a request is genuine and what it holds, and what that means as events of ours and as questions to the
platform, because most pushes carry ids alone.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from pydantic import ValidationError

from app.errors import Problem, SettingsError
from app.events import inbound as inbound_package
from app.events.stored import SentEvent
from app.values.media_check import MediaCheck
from app.wechat.accounts import read_accounts_text

SETTING = "WEIHENG_PLATFORM_ACCOUNTS"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; ``headers`` by lower-case names."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A genuine message: the provider's own ``id`` of it (or a digest), its name, and its content in the clear."""

    id: str
    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform is answered, in its own format."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to the platform: ``what`` is one of the provider's lookups, ``asked`` fills it in.

    ``cause`` says which message asks, so that events of the answer have ids of their own.
    """

    what: str
    asked: Mapping[str, str]
    cause: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What follows from a message or an answer; ``ignored`` says why nothing does."""

    events: tuple[SentEvent, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    ignored: str | None = None
    media_checks: tuple[MediaCheck, ...] = ()


class Account(Protocol):
    """An account as far as every provider's has it."""

    @property
    def name(self) -> str:
        """The last part of its address: ``/v1/hooks/<provider>/<name>``."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One call of a lookup: ``body`` None asks by GET."""

    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LookupKind:
    """How to ask, and what the answer means."""

    asking: Callable[[Mapping[str, str]], Asking]
    meaning: Callable[[Any, Lookup, Mapping[str, Any], datetime], Meaning]


class Provider(Protocol):
    """One platform's inbound door."""

    name: str
    max_bytes: int
    lookups: Mapping[str, LookupKind]

    def read_account(self, name: str, given: Mapping[str, Any]) -> Account:
        """An account from its settings; raises ValueError or ValidationError naming the setting."""

    def check_address(self, account: Any, received: Received, *, now: datetime) -> Answer:
        """Answer the platform's GET that tries an address; raises Untrusted."""

    def open(self, account: Any, received: Received, *, now: datetime | None) -> Message:
        """The message, verified and decrypted; without ``now`` its age is not looked at. Raises Untrusted."""

    def accepted(self) -> Answer:
        """What a message that is kept, or was before, is answered."""

    def refused(self, status: int) -> Answer:
        """What a message that is not kept is answered; nothing about why."""

    def meaning(self, account: Any, message: Message, *, received_at: datetime) -> Meaning:
        """What follows from a message; raises Untrusted when it lacks what it must have."""


def load_providers() -> Mapping[str, Provider]:
    """Every provider by name; raises TypeError when a module breaks the folder's promise."""
    found: dict[str, Provider] = {}
    for module in sorted(pkgutil.iter_modules(inbound_package.__path__), key=lambda entry: entry.name):
        provider = getattr(import_module(f"{inbound_package.__name__}.{module.name}"), "PROVIDER", None)
        if provider is None or provider.name != module.name:
            raise TypeError(f"app/events/inbound/{module.name}.py has no PROVIDER of that name")
        found[provider.name] = provider
    return found


def read_accounts(text: str | None, providers: Mapping[str, Provider]) -> Mapping[str, Mapping[str, Account]]:
    """Accounts by provider and name; raises SettingsError naming everything that is wrong."""
    try:
        given = read_accounts_text(text or "")
    except ValueError as error:
        raise SettingsError("the settings are wrong", problems=[Problem(SETTING, str(error))]) from None
    problems: list[Problem] = []
    accounts: dict[str, dict[str, Account]] = {name: {} for name in providers}
    for provider, each in given.items():
        if provider not in providers:
            problems.append(Problem(f"{SETTING}: {provider}", "no such provider", ", ".join(providers)))
            continue
        for name, values in each.items():
            if not _NAME.fullmatch(name):
                problems.append(
                    Problem(
                        f"{SETTING}: {provider}.{name}", "cannot stand in an address", "a name of a-z, 0-9, - and _"
                    )
                )
                continue
            try:
                accounts[provider][name] = providers[provider].read_account(name, values)
            except ValidationError as error:
                problems += [
                    Problem(f"{SETTING}: {provider}.{name}.{'.'.join(map(str, entry['loc']))}", entry["msg"])
                    for entry in error.errors(include_input=False, include_url=False)
                ]
            except ValueError as error:
                problems.append(Problem(f"{SETTING}: {provider}.{name}", str(error)))
    if problems:
        raise SettingsError("the settings are wrong", problems=problems)
    return accounts
