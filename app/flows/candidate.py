"""A candidate: rules or wordlists or both that are tried before they are published; the other half is what is in force.

proposed (files, or a stored snapshot's id) ─ checked as for publishing ─ built: drafts as shadow, later starts at once
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import orjson
from sqlalchemy.orm import Session

from app import sign_offs, snapshots
from app.errors import InvalidInput, NotFound, NotReady, Problem
from app.events.kind import load_kinds
from app.flows.judge_content import Judge
from app.flows.open_matcher import open_matcher
from app.flows.publish_snapshot import check
from app.models import Snapshot
from app.rules.engine import build_engine
from app.rules.pack import Pack, Status, load_packs
from app.settings import Settings
from app.text.match import build_matcher
from app.text.packed import Opened
from app.text.wordlist import load_wordlists
from app.text.words import Wordlist
from app.values.sign_off import SignOffs

_LONG_AGO = date(2000, 1, 1)
Proposed = Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """The files of both kinds; ``tried`` are the kinds that were proposed, ``unstored`` those no snapshot holds."""

    ids: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]
    tried: tuple[str, ...]
    unstored: tuple[str, ...]
    sign_offs: SignOffs

    def packed(self) -> bytes | None:
        """The files that are not stored as a snapshot, for keeping; None when all are."""
        if not self.unstored:
            return None
        return gzip.compress(orjson.dumps({kind: self.files[kind] for kind in self.unstored}), mtime=0)


def propose(session: Session, proposed: Proposed) -> Candidate:
    """The candidate of what was proposed for ``rules``, ``wordlists`` or both: files by name, or a snapshot's id.

    Raises:
        InvalidInput: nothing was proposed.
        NotFound: no such snapshot of that kind.
        NotReady: the other half is asked for and nothing is in force.
    """
    if not proposed:
        raise InvalidInput("there is no candidate", problems=[Problem("candidate", "is empty", "rules or wordlists")])
    ids: dict[str, str] = {}
    files: dict[str, Mapping[str, str]] = {}
    for kind in snapshots.KINDS:
        given = proposed.get(kind) or _in_force(session, kind)
        if isinstance(given, str):
            ids[kind], files[kind] = given, _stored(session, kind, given)
        else:
            ids[kind], files[kind] = snapshots.content_id(kind, given), given
    unstored = tuple(kind for kind in snapshots.KINDS if not isinstance(proposed.get(kind) or "", str))
    tried = tuple(kind for kind in snapshots.KINDS if kind in proposed)
    return Candidate(ids, files, tried, unstored, sign_offs.in_force(session))


def kept(session: Session, ids: Mapping[str, str], tried: tuple[str, ...], packed: bytes | None) -> Candidate:
    """A candidate whose ``packed`` files were kept."""
    unstored: dict[str, dict[str, str]] = orjson.loads(gzip.decompress(packed)) if packed else {}
    files = {kind: unstored.get(kind) or snapshots.load(session, ids[kind]) for kind in snapshots.KINDS}
    return Candidate(ids, files, tried, tuple(unstored), sign_offs.in_force(session))


def check_candidate(candidate: Candidate, settings: Settings) -> None:
    """Hold the proposed files to what publishing asks; raises BadDefinition naming every problem as ``file:line``."""
    for kind in candidate.unstored:
        check(kind, candidate.files[kind], settings=settings)


def build_candidate(candidate: Candidate, settings: Settings) -> Judge:
    """The candidate's judge; whoever asks for it closes its engine. Raises BadDefinition.

    In a half that is tried, draft rules are watched like shadow ones, and what starts later holds already: else the
    past would show nothing of it. What has ended stays ended.
    """
    kinds = load_kinds()
    packs = load_packs(candidate.files["rules"], kinds=kinds)
    if "rules" in candidate.tried:
        packs = tuple(_tried(pack) for pack in packs)
    words = candidate.files["wordlists"]
    if "wordlists" in candidate.tried and any("valid_from" in text for text in words.values()):
        opened = _tried_matcher(words, settings)
    else:
        opened = open_matcher(settings, candidate.ids["wordlists"], words)
    return Judge(
        rules_id=candidate.ids["rules"],
        wordlists_id=candidate.ids["wordlists"],
        engine=build_engine(packs, kinds, evaluator=settings.evaluator),
        matcher=opened.matcher,
        kinds=kinds,
        severities=opened.severities,
        sign_offs=candidate.sign_offs,
    )


def statuses(candidate: Candidate) -> dict[str, str]:
    """The candidate's rules with their status as written."""
    packs = load_packs(candidate.files["rules"], kinds=load_kinds())
    return {rule.id: rule.status.value for pack in packs for rule in pack.rules}


def _tried(pack: Pack) -> Pack:
    rules = (
        replace(
            rule,
            status=Status.SHADOW if rule.status is Status.DRAFT else rule.status,
            effective_from=_LONG_AGO,
        )
        for rule in pack.rules
    )
    return replace(pack, rules=tuple(rules))


def _tried_matcher(files: Mapping[str, str], settings: Settings) -> Opened:
    lists = load_wordlists(files)
    started = replace(
        lists,
        lists=tuple(_started(each) for each in lists.lists),
        exemptions=tuple(replace(each, where=replace(each.where, first_day=None)) for each in lists.exemptions),
    )
    severities = {name: category.severity for name, category in lists.categories.items()}
    return Opened(build_matcher(started, engine=settings.matcher), severities)


def _started(wordlist: Wordlist) -> Wordlist:
    words = tuple(
        replace(word, where=replace(word.where, first_day=None)) if word.where and word.where.first_day else word
        for word in wordlist.words
    )
    return replace(wordlist, words=words, where=replace(wordlist.where, first_day=None))


def _in_force(session: Session, kind: str) -> str:
    active = snapshots.pointer(session, kind).snapshot_id
    if active is None:
        raise NotReady(f"no {kind} are in force yet", retry_after_s=1)
    return active


def _stored(session: Session, kind: str, snapshot_id: str) -> Mapping[str, str]:
    found = session.get(Snapshot, snapshot_id)
    if found is None or found.kind != kind:
        raise NotFound(f"no {kind} snapshot {snapshot_id}")
    return snapshots.load(session, snapshot_id)
