"""The constructions of ``app/text/data/constructions.yaml``, read once, with the RE2 patterns made of them.

They belong to the code, as the wording of claims does, because a pattern needs its tests; what a shop's officers add
goes into the wordlists.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.text.claims.wording import pattern
from app.text.constructions.tells import tells
from app.text.shipped import read_shipped
from app.text.words import Context, Names, Word, Wordlist
from app.values.deciding import CONSTRUCTIONS, Verdict

WORDLIST = CONSTRUCTIONS
"""What hits of constructions name as their list; no file of words may be called so."""
FILE = Path(__file__).resolve().parent.parent / "data" / "constructions.yaml"
OFFERS = FILE.with_name("offers.yaml")
"""A second file of the same form, with an excuse of its own; it may name the first one's parts."""
PROMISES = FILE.with_name("promises.yaml")
"""A third, of what shops that were punished claimed of their goods."""
ARTICLES = FILE.with_name("articles.yaml")
"""A fourth, of what single articles of the law forbid and the others do not name."""
TALKS = frozenset({"video_title", "video_caption", "video_description", "video_transcript", "image_text", "article"})
"""Kinds in which people also speak without selling."""
_PART = re.compile(r"<([a-z_]+)>")
_SAID = Names(other_than=frozenset({"comment", "review", "nickname"}))
_GOODS = Names(only=frozenset({"product_title", "product_description", "live_title", "coupon_text", "shop_name"}))
_SPOKEN = Names(only=frozenset({"live_speech", "live_notice"}))
_KINDS: Mapping[str, Names] = {
    "all": Names(),
    "said": _SAID,
    "claims": _SAID,
    "goods": _GOODS,
    "told": Names(other_than=_SAID.other_than | _GOODS.only | _SPOKEN.only),
    "spoken": _SPOKEN,
    "live": Names(
        only=frozenset(
            {"live_speech", "live_title", "live_notice", "video_caption", "video_title", "video_transcript", "comment"}
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Construction:
    """One thing that is meant: of which category, by which law, where it is looked for, and what excuses it."""

    name: str
    title: str
    category: str
    source: str
    suggest: str | None
    patterns: tuple[str, ...]
    near: Any
    unless: Any
    kinds: Names
    shops: Names
    is_talked_of: bool

    def covers(self, context: Context) -> bool:
        """Whether it is looked for in that content. An unknown category of the shop is covered: doubt is no pass."""
        return self.kinds.cover(context.kind) and self.shops.cover(context.shop_category)


@cache
def constructions() -> tuple[Construction, ...]:
    """All of them, in the order of the files."""
    parts: dict[str, str] = {}
    found: list[Construction] = []
    for file in (FILE, OFFERS, PROMISES, ARTICLES):
        written = read_shipped(file)
        for name, text in written["parts"].items():
            parts[name] = _filled(text, parts)
        if "sells" in written:
            parts["sells"] = _filled(written["sells"], parts)
        always = _filled(written["unless"], parts)
        of_denials = _filled(written.get("unless_denial", written["unless"]), parts)
        found += [
            _construction(name, said, parts, of_denials if said.get("is_denial") else always)
            for name, said in written["constructions"].items()
        ]
    return tuple(found)


def as_lists(categories: Container[str]) -> tuple[Wordlist, ...]:
    """The constructions of these categories as exemptions may name them: a list of one word for each."""
    return tuple(
        Wordlist(WORDLIST, each.category, Verdict.REVIEW, each.source, "", (Word(each.title, (each.title,)),))
        for each in constructions()
        if each.category in categories
    )


@cache
def sells() -> Any:
    """What makes of a mere talk an advertisement."""
    written = read_shipped(FILE)
    return pattern(
        _filled(written["sells"], {name: _filled(text, written["parts"]) for name, text in written["parts"].items()})
    )


@cache
def patterns() -> tuple[tuple[Construction, Any], ...]:
    """Every pattern with what it means, compiled."""
    return tuple((each, pattern(text)) for each in constructions() for text in each.patterns)


@cache
def asked() -> tuple[tuple[Construction, Any], ...]:
    """The patterns, and behind them the telltales, which give places of finds like patterns do."""
    return (*patterns(), *((each, tells()[each.name]) for each in constructions() if each.name in tells()))


def _construction(name: str, said: Mapping[str, Any], parts: Mapping[str, str], always: str) -> Construction:
    unless = _filled(said["unless"], parts) if "unless" in said else ""
    return Construction(
        name=name,
        title=said["title"],
        category=said["category"],
        source=said["source"],
        suggest=said.get("suggest"),
        patterns=tuple(_filled(each, parts) for each in said["patterns"]),
        near=pattern(_filled(said["near"], parts)) if "near" in said else None,
        unless=pattern("|".join(each for each in (always, unless) if each)),
        kinds=_KINDS[said["kinds"]],
        shops=_names(said.get("shops", "")),
        is_talked_of=said["kinds"] == "said",
    )


def _names(text: str) -> Names:
    named = [each.strip() for each in text.split(",") if each.strip()]
    return Names(other_than=frozenset(each.removeprefix("!") for each in named))


def _filled(text: str, parts: Mapping[str, str]) -> str:
    return _PART.sub(lambda found: parts[found.group(1)], text)
