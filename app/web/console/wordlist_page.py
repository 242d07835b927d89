"""What the page of wordlists shows: age, sources, candidates that wait, changes of words, runs, how words did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import refreshes, snapshots, word_changes, word_counts
from app.errors import BadDefinition
from app.flows.blind_figures import words_withheld
from app.flows.canary import honest_sample
from app.flows.decide_candidate import waiting_candidates
from app.flows.diff_snapshots import Diff
from app.flows.parts import Parts
from app.flows.past_versions import Version, past_versions
from app.flows.screen_waiting import waiting_count
from app.flows.word_feedback import WINDOW
from app.flows.wordlist_freshness import Freshness, measured, read_checked_at
from app.models import Approval, Screening, WordChange, WordlistCanary, WordlistRefresh, WordlistSource
from app.review.second_reviews import blind_cases
from app.text.diff import diff_wordlists
from app.text.left_out import Added, added
from app.text.wordlist import load_wordlists
from app.text.words import WordlistSet
from app.values.access import Caller
from app.values.pause import Rests
from app.web.console.candidate_choices import Choices, choices_of, settled
from app.web.console.version_pages import SHOWN
from app.web.console.words import say
from app.wordlist_sources.configured import configured
from app.wordlist_sources.source import Source

CHANGES_SHOWN = 50
_RUNS, _WORDS, _SAMPLES, _ADDED = 8, 20, 20, 100
_CANDIDATES: dict[tuple[str | None, str], tuple[Diff | None, list[Added]]] = {}  # neither they nor their bases change
_KEPT = 4
_RESTS_S = 5.0
_SAID = {"stands in the allowed context ": "lists.said_allowed", "also in ": "lists.said_duplicate"}
_LISTS: dict[str, WordlistSet] = {}  # of the snapshot in force: it never changes, so it is read once


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidate that waits, with what it would change and what this officer may do with it.

    ``words`` are those it adds, the doubtful ones first, of ``word_count`` in all: each can be left out.
    """

    asked: Approval
    diff: Diff | None
    kept: WordlistCanary | None
    samples: tuple[Mapping[str, Any], ...]
    choices: Choices
    words: tuple[Added, ...] = ()
    word_count: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page shows."""

    freshness: Freshness
    waiting_contents: int
    next_at: datetime | None
    sources: tuple[tuple[Source, WordlistSource | None], ...]
    sources_error: str | None
    waiting: tuple[Waiting, ...]
    urgent: tuple[WordChange, ...]
    proposed: tuple[WordChange, ...]
    runs: tuple[WordlistRefresh, ...]
    records: tuple[word_counts.Record, ...]
    lists: WordlistSet
    versions: tuple[Version, ...]
    active: str | None
    settled: tuple[Approval, ...]


def read_page(own: Parts, session: Session, caller: Caller, *, now: datetime) -> Shown:
    """Read everything."""
    rows = refreshes.source_rows(session)
    seen = measured(read_checked_at(session), own.settings, now=now)
    active = snapshots.pointer(session, "wordlists").snapshot_id
    sources, error = _sources(own)
    blind = blind_cases(session, caller)
    less = words_withheld(own, session, caller, since=now - WINDOW)
    every = timedelta(minutes=own.settings.wordlist_refresh_minutes)
    return Shown(
        freshness=seen,
        waiting_contents=waiting_count(session),
        next_at=seen.checked_at + every if seen.checked_at is not None and every else None,
        sources=tuple((source, rows.get(source.name)) for source in sources),
        sources_error=error,
        waiting=tuple(_waiting(session, each, caller) for each in waiting_candidates(session, "wordlists")),
        urgent=tuple(word_changes.listed(session, states=["urgent"], without=blind)),
        proposed=tuple(word_changes.listed(session, states=["proposed"], limit=CHANGES_SHOWN, without=blind)),
        runs=tuple(refreshes.newest(session, limit=_RUNS)),
        records=tuple(word_counts.records(session, since=now - WINDOW, limit=_WORDS, less=less)),
        lists=_lists(session, active),
        versions=tuple(past_versions(session, "wordlists", limit=SHOWN)),
        active=active,
        settled=tuple(settled(session, "wordlists", now=now)),
    )


def _sources(own: Parts) -> tuple[tuple[Source, ...], str | None]:
    try:
        return configured(own.settings.wordlist_sources), None
    except BadDefinition as wrong:
        return configured(None), str(wrong)


def _lists(session: Session, active: str | None) -> WordlistSet:
    if active is None:
        return WordlistSet({}, ())
    if active not in _LISTS:
        loaded = load_wordlists(snapshots.load(session, active), pause=Rests(_RESTS_S))
        _LISTS.clear()
        _LISTS[active] = loaded
    return _LISTS[active]


def _waiting(session: Session, asked: Approval, caller: Caller) -> Waiting:
    diff, words = _looked_at(session, asked.payload["base"], asked.object_id)
    kept = session.get(WordlistCanary, asked.object_id)
    samples = tuple(_samples(session, kept, caller))
    choices = choices_of(session, asked, caller)
    return Waiting(asked, diff, kept, samples, choices, tuple(words[:_ADDED]), len(words))


def _looked_at(session: Session, base: str | None, candidate: str) -> tuple[Diff | None, list[Added]]:
    """The difference, and the words that are added; those that stand in honest titles are told with the title."""
    key = (base, candidate)
    if key not in _CANDIDATES:
        while len(_CANDIDATES) >= _KEPT:
            _CANDIDATES.pop(next(iter(_CANDIDATES)), None)
        _CANDIDATES[key] = _compared(session, base, candidate)
    return _CANDIDATES[key]


def _compared(session: Session, base: str | None, candidate: str) -> tuple[Diff | None, list[Added]]:
    try:
        pause = Rests(_RESTS_S)
        before = load_wordlists(snapshots.load(session, base), pause=pause) if base else WordlistSet({}, ())
        after = load_wordlists(snapshots.load(session, candidate), pause=pause)
    except BadDefinition:  # of a program that read more than this one
        return None, []
    return Diff(tuple(diff_wordlists(before, after))), added(before, after, [title for title, _ in honest_sample()])


def said_of(finding: Mapping[str, Any]) -> str:
    """What a check found about a word, in the language of the page."""
    if finding["kind"] == "ordinary":
        return say("lists.said_ordinary")
    for begins, sentence in _SAID.items():
        if (said := str(finding["said"])).startswith(begins):
            return say(sentence, what=said.removeprefix(begins))
    return str(finding["said"])


def _samples(session: Session, kept: WordlistCanary | None, caller: Caller) -> list[Mapping[str, Any]]:
    """Contents of the officer's shops whose decision would change, with their excerpts, which hold nothing personal."""
    given = () if kept is None else kept.canary.get("samples", ())
    wanted = [each for each in given if caller.may_see(each["shop_id"])][:_SAMPLES]
    ids = [each["screening_id"] for each in wanted]
    found = session.execute(select(Screening.id, Screening.excerpt).where(Screening.id.in_(ids)))
    excerpts = {row.id: row.excerpt for row in found}
    return [each | {"excerpt": excerpts.get(each["screening_id"], "")} for each in wanted]
