"""Every text of the console that has to exist in English: the tables of sentences and names, and titles from elsewhere.

A new ``*_words.py`` needs nothing here as long as ``words`` knows it. A title that a page shows with the filter
``translated`` comes from a table below; contents, reasons of rules and articles of law are quoted and never translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from app.flows.decide_claim import GROUNDS
from app.flows.show_segments import title_of
from app.funnel.steps import TITLES as STEPS
from app.money.accounts import NATURES
from app.money.causes import CAUSES
from app.review.backend import titles as reviewers
from app.settings import PROJECT
from app.tiering.differences import GONE
from app.tiering.terms import TITLES as SEGMENTS
from app.vault.fields import FIELD_KINDS
from app.vault.purposes import PURPOSES
from app.web.console import account_words, wordlist_words
from app.web.console.words import NAMES, SENTENCES

_CATEGORIES = Path("wordlists") / "categories.yaml"


def messages() -> Iterator[tuple[str, str]]:
    """Each text with the context it is asked with: a sentence's key, a name's group, or ``title``."""
    yield from SENTENCES.items()
    for groups in (NAMES, wordlist_words.NAMES):
        for group, words in groups.items():
            yield from ((group, word) for word in words.values())
    yield from (("title", title) for title in titles())


def titles() -> Iterator[str]:
    """Titles that other parts of the service keep in Chinese and pages show."""
    tables: tuple[Mapping[str, str], ...] = (account_words.ROLES, GROUNDS, STEPS, SEGMENTS)
    for table in tables:
        yield from table.values()
    for kept in (CAUSES, NATURES, FIELD_KINDS, PURPOSES):
        yield from (each.title for each in kept.values())
    known = yaml.safe_load((PROJECT / _CATEGORIES).read_text(encoding="utf-8"))
    yield from (each["title"] for each in known.values())
    yield from (title_of(None), title_of(GONE))
    yield from reviewers().values()
