"""What a reviewer backend promises: an opinion on a content, an answer that comes later, or none.

A backend is one file in ``backends/`` with ``open_backend(settings, given) -> Reviewer | None``; the folder is the
registration, and ``given`` is its own part of ``WEIHENG_REVIEWERS``. A backend that times out or answers nonsense
abstains: doubt is the flow's to handle, never a pass. What a backend is shown has its personal data starred.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from pydantic import ValidationError

from app.errors import Problem, SettingsError
from app.review import backends
from app.review.backend_settings import EVERYBODY, SETTING, read_sections
from app.settings import Settings
from app.values.content import ContentToScreen, Medium
from app.values.deciding import Opinion, Verdict


@dataclass(frozen=True, slots=True)
class Material:
    """What a reviewer is shown. ``folded`` is the text as words are looked for in it; ``digest`` names all of it.

    ``verdict`` and ``found`` are what words and rules said before. Personal data is starred in both texts.
    """

    content: ContentToScreen
    folded: str
    digest: str
    verdict: Verdict = Verdict.PASS
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reviewer may use: the time, ways to the platform, the policy in force, what it was asked today."""

    now: datetime
    allow_private: bool
    ask_wechat: Callable[[str | None, str, Mapping[str, Any]], Mapping[str, Any]]
    policy: Callable[[], Mapping[str, str]]
    asked_today: Callable[[str], int]
    model: Any = None


@dataclass(frozen=True, slots=True)
class Abstained:
    """No opinion. ``is_failure``: the other side's fault, asking again may help; ``facts`` are known all the same."""

    why: str
    is_failure: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Awaited:
    """An answer that the platform sends later, one for each of ``traces``; ``so_far`` is what it has said already."""

    traces: tuple[str, ...]
    so_far: Opinion | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Said: TypeAlias = Opinion | Abstained | Awaited


class Reviewer(Protocol):
    """Looks at contents.

    ``version`` changes whenever the same content might be judged otherwise. An ``is_quick`` one is asked within the
    screening and calls nobody; the others are asked after the answer has gone out. One that ``is_advice`` is shown and
    measured, and decides nothing.
    """

    name: str
    title: str
    version: str
    timeout_s: float
    is_quick: bool
    is_advice: bool

    def wants(self, content: ContentToScreen, verdict: Verdict) -> bool:
        """Whether this content, of which words and rules say ``verdict``, is this reviewer's business."""
        ...

    def sees(self, medium: Medium) -> bool:
        """Whether it looks at media of this type."""
        ...

    def review(self, material: Material, desk: Desk) -> Said:
        """The opinion, or why there is none, or that it comes later."""
        ...


def titles() -> Mapping[str, str]:
    """What every reviewer of the folder is called in Chinese, set up or not."""
    names = sorted(module.name for module in pkgutil.iter_modules(backends.__path__))
    return {name: str(importlib.import_module(f"{backends.__name__}.{name}").TITLE) for name in names}


def lacking(name: str) -> tuple[str, str] | None:
    """What keeps a reviewer that is set up from working on this machine, and what to do; None where nothing does.

    A backend's file may have a ``lacking()`` of its own, where it needs more than settings.
    """
    module: Any = importlib.import_module(f"{backends.__name__}.{name}")
    asked = getattr(module, "lacking", None)
    found: tuple[str, str] | None = None if asked is None else asked()
    return found


def open_backends(settings: Settings) -> tuple[Reviewer, ...]:
    """Every configured backend, found in the folder; raises SettingsError naming what is wrong."""
    sections = read_sections(settings)
    names = sorted(module.name for module in pkgutil.iter_modules(backends.__path__))
    problems = [
        Problem(f"{SETTING}: {each}", "no such reviewer", ", ".join(names))
        for each in sorted({*sections} - {*names, EVERYBODY})
    ]
    opened: list[Reviewer] = []
    for name in names:
        module = importlib.import_module(f"{backends.__name__}.{name}")
        try:
            backend = module.open_backend(settings, sections.get(name))
        except ValidationError as error:
            problems += [
                Problem(f"{SETTING}: {name}.{'.'.join(map(str, each['loc']))}", each["msg"])
                for each in error.errors(include_input=False, include_url=False)
            ]
            continue
        if backend is not None:
            opened.append(backend)
    if problems:
        raise SettingsError("the settings are wrong", problems=problems)
    return tuple(opened)
