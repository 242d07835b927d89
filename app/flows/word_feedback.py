"""What officers' decisions say about words: counts, contexts to allow, words that only err.

a case is decided ─ its hits ─ counted as upheld or cleared ─ cleared: a context around the hit is proposed
once a day ─ words with many cleared cases and none upheld are proposed for retirement
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import orjson
import rjieba
from sqlalchemy.orm import Session

from app import word_changes, word_counts
from app.flows.blind_figures import words_of_reviews
from app.flows.parts import Parts
from app.flows.stored_screening import open_column
from app.models import Case, Screening, SecondReview
from app.text.findings import Findings
from app.text.normalise import fold
from app.text.personal_data import find_personal_data
from app.text.word_line import check_allowed, read_phrases
from app.vault.crypto import SealBroken

WINDOW = timedelta(days=90)
RETIRE_AFTER = 5
"""So many cleared cases, and none upheld, make a word one that only errs."""
_AROUND = 6
_MOST = 5


def write_word_counts(parts: Parts) -> int:
    """Write down the hits this process has counted; what fails is counted on."""
    hits = parts.words.fetch()
    if not hits:
        return 0
    try:
        parts.db.write(lambda session: word_counts.add_hits(session, hits))
    except Exception:
        parts.words.give_back(hits)
        raise
    return len(hits)


def learn_from(parts: Parts, session: Session, case: Case, *, outcome: str, by: str, now: datetime) -> None:
    """Count a decided case for its words; where the content was let pass, propose contexts to allow."""
    screening = session.get(Screening, case.screening_id) if case.screening_id else None
    if screening is None:  # a claim, a notice
        return
    try:
        request, answer = (
            orjson.loads(open_column(parts.people, session, screening, column)) for column in ("request", "answer")
        )
    except SealBroken:  # its person was erased
        return
    hits = [hit for hit in answer.get("hits", ()) if hit["verdict"] != "label"]
    cleared = outcome == "pass"
    word_counts.add_decided(session, [(hit["wordlist"], hit["word"]) for hit in hits], cleared=cleared, now=now)
    if not cleared:
        return
    for hit in _one_each(hits):
        context = context_of(_text_of(request, hit), hit)
        if context is None:
            continue
        word_changes.propose(
            session,
            what="allow",
            wordlist=hit["wordlist"],
            category=hit["category"],
            word=hit["word"],
            value=context,
            state="proposed",
            reason=case.reason or "误报",
            case_id=case.id,
            details={"screening_id": screening.id},
            proposed_by=by,
            proposed_at=now,
        )


def propose_retirements(parts: Parts, *, now: datetime) -> int:
    """Propose every word that only errs; returns how many.

    A decision that waits for its second review counts for nothing yet: the proposal would tell what it was.
    """

    def work(session: Session) -> int:
        since = now - WINDOW
        if not any(each.cleared >= RETIRE_AFTER for each in word_counts.records(session, since=since)):
            return 0
        less = words_of_reviews(parts, session, SecondReview.state == "waiting", since=since)
        erring = [
            each
            for each in word_counts.records(session, since=since, less=less)
            if each.cleared >= RETIRE_AFTER and each.upheld == 0
        ]
        for each in erring:
            word_changes.propose(
                session,
                what="retire",
                wordlist=each.wordlist,
                category="",
                word=each.word,
                value="",
                state="proposed",
                reason=f"近 {WINDOW.days} 天 {each.cleared} 件案件全部判为误报",
                case_id=None,
                details={"hits": each.hits, "cleared": each.cleared},
                proposed_by="system",
                proposed_at=now,
            )
        return len(erring)

    return parts.db.write(work)


def context_of(text: str, hit: Mapping[str, Any]) -> str | None:
    """The words around a hit as a context to allow, folded: whole dictionary words, nothing personal; None for none.

    What stands around a hit in one content is a guess at what makes it harmless; a person looks at it before it counts.
    """
    folded = fold(text)
    places = [at for at, offset in enumerate(folded.offsets) if hit["start"] <= int(offset) < hit["end"]]
    if not places or find_personal_data(text):
        return None
    first, last = places[0], places[-1] + 1
    left, right = max(0, first - _AROUND), min(len(folded.text), last + _AROUND)
    window = folded.text[left:right]
    cuts = sorted(set(accumulate(map(len, rjieba.cut(window, False)), initial=0)))
    start = max((left + cut for cut in cuts if left + cut < first and first - left - cut >= 1), default=first)
    end = min((left + cut for cut in cuts if left + cut > last), default=last)
    phrase = folded.text[start:end]
    if phrase == folded.text[first:last] or not phrase.isprintable() or any(mark in phrase for mark in ",，、|{}~"):
        return None
    findings = Findings("context")
    read_phrases(phrase, findings)
    check_allowed(phrase, [fold(hit["word"]).text], findings)
    return None if findings.problems else phrase


def _text_of(request: Mapping[str, Any], hit: Mapping[str, Any]) -> str:
    segment = hit.get("segment")
    if segment is not None:
        return str(request["segments"][segment][2])
    return str(request["fields"].get(hit["field"], ""))


def _one_each(hits: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for hit in hits:
        found.setdefault((hit["wordlist"], hit["word"]), hit)
    return list(found.values())[:_MOST]
