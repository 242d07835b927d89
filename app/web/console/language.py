"""Which language a page is in, and what the console says in it. The Chinese text is the key of the English catalogue.

Sentences stand in their tables in Chinese and are translated where they are shown, so a table stays plain data. An
English page still quotes Chinese: contents, names of shops, reasons of rules, articles of law. ``parts`` marks those.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, get_locale

CHINESE, ENGLISH = "zh-CN", "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
CATALOGUE = Path(__file__).parent.parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"
COOKIE = "weiheng-language"
_KEPT = "_flask_babel"
_LOCALES = {CHINESE: "zh_Hans_CN", ENGLISH: "en_GB"}  # English with the day first, as dates are read here


def install(app: Flask) -> None:
    """Let every page know its language."""
    Babel(
        app,
        default_locale=_LOCALES[CHINESE],
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: _LOCALES[_chosen()],
    )


def language() -> str:
    """The page's language, ``zh-CN`` or ``en``; Chinese outside of a page."""
    return CHINESE if is_chinese() else ENGLISH


def is_chinese() -> bool:
    """Whether nothing has to be translated.

    A page of fifty cases asks a thousand times, so what Flask-Babel has found for this page, or what is in force inside
    of ``in_chinese``, is read where it keeps it; asking it each time was an eighth of the page's work.
    """
    if not has_app_context():
        return True
    locale = getattr(g.get(_KEPT), "babel_locale", None) or get_locale()
    return locale is None or locale.language != "en"


def told_in() -> Literal["zh", "en"]:
    """The page's language as differences between snapshots are told in it."""
    return "zh" if is_chinese() else "en"


def other() -> str:
    """The language to switch to."""
    return ENGLISH if is_chinese() else CHINESE


@contextmanager
def in_chinese() -> Iterator[None]:
    """What is made inside is Chinese whoever asks for it: papers for the platform, texts a merchant is sent."""
    if not has_request_context():
        yield
        return
    with force_locale(_LOCALES[CHINESE]):
        yield


def translated(text: str, context: str = "") -> str:
    """The text in the page's language; a context tells apart what Chinese says in one word and English in two."""
    if is_chinese() or not text:
        return text
    catalogue = _catalogue()
    if context:
        found = str(catalogue.pgettext(context, text))
        if found != text:
            return found
    return str(catalogue.gettext(text))


@cache
def _catalogue() -> Translations:
    """The catalogue, compiled in memory: there is one file to edit and none that could be older than it."""
    with CATALOGUE.open("rb") as file:
        read = read_po(file, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


def _chosen() -> str:
    """What the officer chose, else this browser's last choice, else what the browser reads, Chinese first."""
    if not has_request_context():
        return CHINESE
    own: Any = None
    if request.blueprint == "merchants":  # that page reads no cookie
        own = request.args.get("language")
    else:
        officer = g.get(
            "_login_user"
        )  # who was looked up already; nobody is looked up for this, the database may be down
        own = getattr(officer, "language", None) or request.cookies.get(COOKIE)
    if own in LANGUAGES:
        return str(own)
    best = request.accept_languages.best_match((CHINESE, "zh", ENGLISH), default=CHINESE)
    return ENGLISH if best == ENGLISH else CHINESE
