"""What the registry knows of contents that are screened, and which of it a decision rested on.

contents ─ one look-up for all ─ the fact ``past.evidence`` of each
judged content ─ judged once more as if nothing were registered ─ another outcome? → the pieces it rested on
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.events.flat import flat_facts
from app.evidence.covering import Subject, records, subject_of
from app.flows.judge_content import Judge, Judged, scope_of
from app.flows.parts import Parts
from app.rules.engine import Evaluation
from app.values.content import ContentToScreen
from app.values.evidence import FACT, IN_FORCE


def evidence_facts(
    session: Session, contents: Sequence[ContentToScreen], *, now: datetime
) -> Callable[[ContentToScreen], Mapping[str, object]]:
    """Looks all of them up at once; the answer gives one content's fact, None where it cannot be known."""
    found = records(session, [_subject(content, now) for content in contents])
    by_content = {id(content): told for content, told in zip(contents, found, strict=True)}
    return lambda content: {FACT: by_content[id(content)]}


def with_evidence(parts: Parts, content: ContentToScreen, *, now: datetime) -> ContentToScreen:
    """One content with the fact, for what is judged and not stored."""
    with parts.db.read() as session:
        return replace(content, facts={**content.facts, **evidence_facts(session, [content], now=now)(content)})


def rested_on(judge: Judge, content: ContentToScreen, judged: Judged, *, now: datetime) -> tuple[str, ...]:
    """The ids of the pieces without which the rules would have said something else; empty for nearly every content."""
    told: Any = judged.facts.get(FACT) or ()
    holding = tuple(dict.fromkeys(each["id"] for each in told if each["state"] == IN_FORCE))
    kind = judge.event_kind(content.kind)
    if not holding or kind is None:
        return ()

    def evaluated(facts: Mapping[str, object]) -> set[tuple[str, str]]:
        said: Evaluation = judge.engine.evaluate(
            kind.name, facts, now=now, scope=scope_of(content), sign_offs=judge.sign_offs, subject=content.subject
        )
        return {(firing.rule, firing.decision.value) for firing in said.firings if not firing.shadow}

    without = [each for each in told if each["state"] != IN_FORCE]
    return holding if evaluated(judged.facts) != evaluated({**judged.facts, FACT: without}) else ()


def _subject(content: ContentToScreen, now: datetime) -> Subject:
    facts = flat_facts(content.facts)
    about = {"author_ref": content.author_id, "content_id": content.content_id}
    category = facts.get("category") or content.category
    return subject_of(content.shop_id, content.content_id, {**facts, **about, "category": category}, at=now)
