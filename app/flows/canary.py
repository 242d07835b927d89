"""The canary: a candidate judges what was screened last, and a fixed sample of honest titles, before it judges anybody.

newest screenings (ids, then a hundred at a time) ─ by what is in force ─┐
                                                  └ by the candidate ────┴ what would change, with samples
honest titles ─────────────────────────────────── the same, and none may be newly stopped

Both sides judge now, so that a difference is the candidate's and not that of a snapshot of last week. It runs in the
process of the refresh, which is a gentle one of its own, and in small portions, so that no transaction stays open.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.backtesting.judgement import Judgement, difference
from app.errors import InvalidInput
from app.flows.backtest import ToReplay
from app.flows.judge_content import Judge, judge_content
from app.flows.parts import Parts
from app.flows.stored_things import opened
from app.models import Screening
from app.values.content import ContentToScreen
from app.values.deciding import Verdict

PORTION = 100
SAMPLES = 50
_HONEST = Path(__file__).resolve().parent.parent / "text" / "data"
_KINDS = {
    "honest_shop_titles.tsv": "product_title",
    "honest_video_titles.tsv": "video_title",
    "honest_live_speech.tsv": "live_speech",
}
_STOPPED = (Verdict.REVIEW.value, Verdict.BLOCK.value)


@dataclass
class Canary:
    """What was seen: decisions before and after, and contents whose decision would change, hardest first."""

    looked_at: int = 0
    unreadable: int = 0
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    honest: int = 0
    honest_hits: list[dict[str, Any]] = field(default_factory=list)

    @property
    def new_blocks(self) -> int:
        """Contents that would be blocked and were not."""
        return sum(count for (one, other), count in self.decisions.items() if other == "block" and one != "block")

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        changed = sum(count for (one, other), count in self.decisions.items() if one != other)
        return {
            "looked_at": self.looked_at,
            "unreadable": self.unreadable,
            "changed": changed,
            "new_blocks": self.new_blocks,
            "decisions": [
                {"before": one, "after": other, "count": count}
                for (one, other), count in sorted(self.decisions.items())
            ],
            "samples": self.samples,
            "honest": {"looked_at": self.honest, "hits": self.honest_hits},
        }


def run_canary(
    parts: Parts, before: Judge, after: Judge, *, most: int, now: datetime, beat: Callable[[], None]
) -> Canary:
    """Judge by both; ``beat`` is called between portions (and renews the lease of the refresh)."""
    seen = Canary()
    with parts.db.read() as session:
        ids = list(session.scalars(select(Screening.id).order_by(Screening.id.desc()).limit(most)))
    for start in range(0, len(ids), PORTION):
        for thing in opened(parts.db, parts.people, ids[start : start + PORTION]):
            _replay(seen, thing, before, after)
        beat()
    for text, kind in honest_sample():
        _honest(seen, text, kind, before, after, now=now)
    beat()
    return seen


def canary_holds(seen: Canary, *, new_blocks_bp: int) -> list[str]:
    """Why a person has to look at what the canary saw."""
    holds = []
    if seen.honest_hits:
        shown = "、".join(dict.fromkeys(word for hit in seen.honest_hits for word in hit["words"]))[:200]
        holds.append(f"误伤 {len(seen.honest_hits)} 条正常样本：{shown}")
    if seen.new_blocks * 10_000 > new_blocks_bp * seen.looked_at:
        holds.append(f"最近 {seen.looked_at} 条内容中将新拦截 {seen.new_blocks} 条")
    return holds


@functools.cache
def honest_sample() -> tuple[tuple[str, str], ...]:
    """The honest titles with their content kinds."""
    return tuple(
        (line.partition("\t")[2], kind)
        for name, kind in _KINDS.items()
        for line in (_HONEST / name).read_text("utf-8").splitlines()
        if line and not line.startswith("# ")
    )


def _replay(seen: Canary, thing: ToReplay | None, before: Judge, after: Judge) -> None:
    try:
        pair = None if thing is None else (thing.again(before), thing.again(after))
    except InvalidInput:
        pair = None
    if thing is None or pair is None:
        seen.unreadable += 1
        return
    one, other = pair
    seen.looked_at += 1
    seen.decisions[one.decision, other.decision] += 1
    if one.decision != other.decision and len(seen.samples) < SAMPLES:
        seen.samples.append(
            {
                "screening_id": thing.id,
                "shop_id": thing.shop_id,
                "before": one.decision,
                "after": other.decision,
                "words": _words(one, other),
            }
        )


def _words(one: Judgement, other: Judgement) -> list[str]:
    return [f"{wordlist}/{word}" for wordlist, word in difference(one, other).words][:10]


def _honest(seen: Canary, text: str, kind: str, before: Judge, after: Judge, *, now: datetime) -> None:
    content = ContentToScreen("honest", kind, "honest", {"text": text})
    seen.honest += 1
    verdict = judge_content(after, content, now=now).decision
    if verdict.decision.value in _STOPPED:
        was = judge_content(before, content, now=now).decision
        if was.decision.hardness < verdict.decision.hardness:
            known = {(hit.wordlist, hit.word) for hit in was.hits}
            words = [hit.word for hit in verdict.hits if (hit.wordlist, hit.word) not in known]
            seen.honest_hits.append({"text": text, "words": words[:10]})
