"""How values look on a page: instants in China's time, spans of time, names of actors, ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Flask
from flask_babel import format_datetime

from app.text.personal_data import without_personal
from app.text.words import CHINA_TIME
from app.web.console.language import LANGUAGES, is_chinese, language, other, told_in, translated
from app.web.console.officer_names import officer_name
from app.web.console.parts_of_page import PUNCTUATION
from app.web.console.words import name, say

_COUNTED = 10_000
SOON = timedelta(minutes=30)
_PATTERNS = {
    "": ("%Y-%m-%d %H:%M:%S", "d MMM y, HH:mm:ss"),
    "day": ("%Y-%m-%d", "d MMM y"),
    "minute": ("%Y-%m-%d %H:%M", "d MMM y, HH:mm"),
    "short": ("%m-%d %H:%M", "d MMM, HH:mm"),
    "time": ("%H:%M:%S", "HH:mm:ss"),
    "hour": ("%H:%M", "HH:mm"),
}
_GAP = re.compile(r"\{\d+,\d+\}")


def install(app: Flask) -> None:
    """Give the templates their filters and sentences."""
    app.jinja_env.filters.update(instant=instant, span=span, clock=clock, actor=actor, short_id=short_id, word=word)
    app.jinja_env.filters.update(starred=without_personal, counted=counted, file_size=file_size)
    app.jinja_env.filters.update(translated=translated, iso_day=iso_day)
    app.jinja_env.globals.update(
        say=say,
        name=name,
        language=language,
        told_in=told_in,
        account_title=account_title,
        other_language=other,
        languages=LANGUAGES,
    )


def instant(at: datetime, only: str = "") -> str:
    """``2026-11-23 18:00:05`` in China's time, ``23 Nov 2026, 18:00:05`` on an English page; ``only`` a part of it."""
    chinese, english = _PATTERNS[only]
    if is_chinese():
        return at.astimezone(CHINA_TIME).strftime(chinese)
    return str(format_datetime(at, english))


def iso_day(at: datetime) -> str:
    """``2026-11-23`` in China's time in every language, as a date field of a form wants it."""
    return at.astimezone(CHINA_TIME).date().isoformat()


def listed(pieces: Iterable[object], mark: str = "、") -> str:
    """Pieces with the page's punctuation between them."""
    return (mark if is_chinese() else PUNCTUATION[mark]).join(map(str, pieces))


def account_title(title: str) -> str:
    """An account of the ledger; what it is of stands behind its title."""
    kind, _, of = title.partition(" ")
    return f"{translated(kind, 'title')} {of}".rstrip()


def span(length: timedelta) -> str:
    """A span of time in the two units that matter; always positive."""
    seconds = int(abs(length).total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return say("span.days", days=days, hours=hours % 24)
    if hours:
        return say("span.hours", hours=hours, minutes=minutes % 60)
    return say("span.minutes", minutes=minutes) if minutes else say("span.seconds", seconds=seconds)


def counted(count: int) -> str:
    """A number that was counted up to ten thousand: ``10,000+`` beyond."""
    return "10,000+" if count > _COUNTED else f"{count:,}"


def clock(at_ms: int) -> str:
    """A place in a video, ``1:02:03.4`` without the hours it does not have."""
    tenths = at_ms // 100
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    shown = f"{minutes:02d}:{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{shown}" if hours else shown


def actor(who: str | None) -> str:
    """``officer:lin`` as 林晓雯, ``key:hook`` as ``hook``, the service's own names in words."""
    kind, _, own = (who or "").rpartition(":")
    return officer_name(own) if kind == "officer" else account(who)


def account(who: str | None) -> str:
    """The same with an officer's user name, for what leaves the service."""
    kind, _, own = (who or "").rpartition(":")
    return name("actor", kind if kind == "merchant" else own)


def word(listed: str) -> str:
    """A listed word as people write it: the gap of ``根治{0,4}痘痘`` becomes ``根治…痘痘``."""
    return _GAP.sub("…", listed)


def short_id(full: str) -> str:
    """The beginning of a snapshot's hash, enough to tell two apart; other ids whole."""
    return full.removeprefix("sha256:")[:12] if full.startswith("sha256:") else full


def file_size(size: int) -> str:
    """``1476 KB``, ``4.8 MB``; what is smaller than one KB in bytes."""
    if size < 1_024:  # noqa: PLR2004 - one KB
        return f"{size} B"
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{size / 1_024:.0f} KB"
