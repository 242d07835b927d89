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
_PLANNED_KINDS = frozenset({"video_caption", "video_title", "video_description", "article", "live_title"})
_PLAN = (*["product"] * 3, *["testimonial"] * 5, *["welfare"] * 2)
"""A content plan by 3:5:2: what the shop puts out as its own, it declares."""
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
    """Uploads without end, every text before any comes again; half tell nothing else, as many a shop's hook does."""
    plan = cycle(_PLAN)
    while True:
        order = list(honest_texts())
        chance.shuffle(order)
        for kind, category, text in order:
            upload: dict[str, Any] = {"kind": kind, "text": text}
            if category != "general":
                upload["category"] = category
            facts = _told(kind, category) if chance.random() < _TOLD_SHARE else {}
            if kind in _PLANNED_KINDS:
                facts["content_type"] = next(plan)
            yield upload | ({"facts": facts} if facts else {})


def _told(kind: str, category: str) -> dict[str, Any]:
    """What a shop that knows its facts says of an upload."""
    if kind in COURSES or kind in _BY_BUYERS:
        return {}
    told: dict[str, Any] = {"ad_label": True, "ai_generated": False, "shopping_link": kind.startswith("video")}
    told["evidence_ids"] = list(_EVIDENCE)
    if category == "beauty":
        told["efficacy_basis_url"] = "https://shop.example/efficacy"
    return told
