"""What was read in a content's pictures goes the way of its other texts: judged with them, and kept with its hits.

lines ─ what is personal in them starred, and then a person looks ─ segments of the source ``ocr`` ─ words and rules
─ hits in them, kept beside the lines for the case's page
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.flows.judge_content import Judged
from app.models import ReviewerOpinion
from app.review.asking import Asked
from app.review.backend import Abstained
from app.text.personal_data import find_personal_data, without_personal
from app.values.content import ContentToScreen, Segment
from app.values.deciding import PICTURE_HITS, PICTURE_LINES, Hit, Opinion, Verdict

_OURS = frozenset({PICTURE_LINES, PICTURE_HITS})


def starred_lines(asked: Asked) -> Asked:
    """The same without personal data in the lines; where there was some, an opinion that a person should look."""
    said = asked.said
    if not isinstance(said, Opinion | Abstained) or not said.facts.get(PICTURE_LINES):
        return asked
    lines: Any = said.facts[PICTURE_LINES]
    is_personal = any(find_personal_data(text) for _, text, _ in lines)
    facts = {**said.facts, PICTURE_LINES: [[number, without_personal(text), bp] for number, text, bp in lines]}
    if isinstance(said, Opinion) and is_personal:
        reason = f"画面中有联系方式或个人信息，请人工查看。{said.reason}"
        return replace(asked, said=replace(said, facts=facts, verdict=Verdict.REVIEW, reason=reason))
    return replace(asked, said=replace(said, facts=facts))


def with_lines(content: ContentToScreen, said: Sequence[ReviewerOpinion]) -> ContentToScreen:
    """The content as if its pictures' words had been sent with it."""
    lines = [Segment("ocr", 0, text) for row in said for _, text, _ in row.facts.get(PICTURE_LINES, ())]
    return replace(content, segments=(*content.segments, *lines))


def without_lines(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a reviewer found that rules ask for by name."""
    return {name: value for name, value in facts.items() if name not in _OURS and value is not None}


def keep_hits(session: Session, said: Sequence[ReviewerOpinion], content: ContentToScreen, judged: Judged) -> None:
    """Note beside each line which words were found in it."""
    at = len(content.segments)
    for row in said:
        count = len(row.facts.get(PICTURE_LINES, ()))
        found = [
            _told(hit, hit.segment - at)
            for hit in judged.decision.hits
            if hit.segment is not None and at <= hit.segment < at + count
        ]
        at += count
        if found and (kept := session.get(ReviewerOpinion, row.id)) is not None:
            kept.facts = {**kept.facts, PICTURE_HITS: found}


def read_in_pictures(row: ReviewerOpinion) -> list[dict[str, Any]]:
    """Each line with its hits, as plain data."""
    hits = row.facts.get(PICTURE_HITS, ())
    return [
        {
            "picture": number,
            "text": text,
            "score_bp": score_bp,
            "hits": [{name: hit[name] for name in hit if name != "line"} for hit in hits if hit["line"] == at],
        }
        for at, (number, text, score_bp) in enumerate(row.facts.get(PICTURE_LINES, ()))
    ]


def _told(hit: Hit, line: int) -> dict[str, Any]:
    names = ("start", "end", "word", "category", "source")
    return {"line": line, "verdict": hit.verdict.value} | {name: getattr(hit, name) for name in names}
