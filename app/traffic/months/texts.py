"""What a well-run shop writes, is written and says: texts of every content kind, in a seeded order."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent
_EVIDENCE = ("检验报告-2025-0318", "产地证明-2025-0921")
_BY_BUYERS = frozenset({"comment", "review"})
_TOLD_SHARE = 0.5
_OWN_KINDS = ("product", "testimonial", "welfare")
_PLAN: tuple[str, ...] = (
    *("product", "testimonial", "other", "testimonial", "welfare", "product", "testimonial", "other"),
    *("testimonial", "product", "other", "testimonial", "welfare", "other"),
)
"""What comes after what, by 3:5:2: the shop's own videos and articles are declared, reviews and product pages speak."""
_POOLS = {
    "product": frozenset({"product_title", "product_description"}),
    "testimonial": frozenset({"comment", "review"}),
    "welfare": frozenset({"coupon_text", "campaign_text"}),
    "planned": frozenset({"video_caption", "video_title", "video_description", "article", "live_title"}),
    "other": frozenset[str](),
}
_PLACED = frozenset().union(*_POOLS.values())
COURSES = frozenset({"course_page", "course_script"})


@functools.cache
def honest_texts() -> tuple[tuple[str, str, str], ...]:
    """Content kind, category and text."""
    lines = (_FOLDER / "honest_texts.tsv").read_text("utf-8").splitlines()
    return tuple((kind, category, text) for kind, category, text in (line.split("\t") for line in lines[1:]))


@functools.cache
def honest_speech() -> tuple[str, ...]:
    """Utterances of a host."""
    return tuple((_FOLDER / "honest_speech.txt").read_text("utf-8").splitlines()[1:])


def honest_uploads(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Uploads without end, in each pool every text before any comes again; half tell no fact, as many a hook does."""
    pools = {name: _endless(chance, kinds) for name, kinds in _POOLS.items()}
    for part in cycle(_PLAN):
        is_planned = part in _OWN_KINDS and chance.random() < _TOLD_SHARE
        kind, category, text = next(pools["planned" if is_planned else part])
        upload: dict[str, Any] = {"kind": kind, "text": text}
        if category != "general":
            upload["category"] = category
        facts = _told(kind, category) if chance.random() < _TOLD_SHARE else {}
        if is_planned:
            facts["content_type"] = part
        yield upload | ({"facts": facts} if facts else {})


def _endless(chance: random.Random, kinds: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    pool = [each for each in honest_texts() if each[0] in kinds or (not kinds and each[0] not in _PLACED)]
    while True:
        chance.shuffle(pool)
        yield from pool


def _told(kind: str, category: str) -> dict[str, Any]:
    """What a shop that knows its facts says of an upload."""
    if kind in COURSES or kind in _BY_BUYERS:
        return {}
    told: dict[str, Any] = {"ad_label": True, "ai_generated": False, "shopping_link": kind.startswith("video")}
    told["evidence_ids"] = list(_EVIDENCE)
    if category == "beauty":
        told["efficacy_basis_url"] = "https://shop.example/efficacy"
    return told
