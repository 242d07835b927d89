"""What a source gave, as a candidate: read, laid over what is in force, compared, held to the static checks.

bytes ─ convert ─ in force with this source's lists replaced ─ officers' changes laid over ─ loads? ─ diff, findings

Only what differs from the last look at this source comes here, and only its own lists are replaced: a snapshot that was
rolled back stays so until the source itself moves on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import refreshes, snapshots
from app.errors import BadDefinition, Problem
from app.models import WordChange
from app.text.diff import diff_wordlists
from app.text.edit_lists import OFFICERS, Edit, with_edits
from app.text.foreign import Dropped, convert, decode
from app.text.word_checks import HOLDING, Finding, changed_bp, check_added, new_blocks
from app.text.wordlist import load_wordlists
from app.text.words import WordlistSet
from app.values.change import Change
from app.wordlist_sources.configured import FOLDER
from app.wordlist_sources.kinds.proposals import edit_of
from app.wordlist_sources.source import Fetched, Source

_LIVE = ("accepted", "urgent")
_WHOLE_FILES = ("categories.yaml", "exemptions.yaml")


@dataclass(frozen=True, slots=True)
class Made:
    """A candidate: all files, and what is to be said of it. ``changed`` are basis points by list."""

    files: Mapping[str, str]
    before: WordlistSet
    after: WordlistSet
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    dropped: int
    encodings: Mapping[str, str]
    changed: Mapping[str, int]
    new_blocks: int


def read_files(
    source: Source, fetched: Fetched, *, leniently: bool
) -> tuple[dict[str, str], list[Finding], dict[str, str]]:
    """The files as text in our own format, what was left out of them, and how each was encoded.

    Lists in our own format stay byte for byte what they are; ``leniently`` those of them that have lines which are no
    words lose these lines.
    """
    files: dict[str, str] = {}
    findings: list[Finding] = []
    encodings: dict[str, str] = {}
    for name, data in fetched.files.items():
        if name.endswith(".yaml"):
            files |= snapshots.as_texts("wordlists", {name: data})
            continue
        stem = name.rpartition(".")[0]
        shape = source.shape_of(name)
        as_given, encodings[name] = decode(data, name=stem)
        converted = None if shape.format == "weiheng" and not leniently else convert(data, shape, name=stem)
        if converted is None or (shape.format == "weiheng" and not converted.dropped):
            files |= snapshots.as_texts("wordlists", {name: as_given.encode()})
        else:
            files[name] = converted.text
            findings += [_left_out(stem, each) for each in converted.dropped]
    return files, findings, encodings


def laid_over(
    session: Session, name: str, files: Mapping[str, str], in_force: Mapping[str, str], edits: Iterable[Edit]
) -> dict[str, str]:
    """What would be in force: all files of other sources as they are, this one's replaced, officers' changes over all.

    Raises BadDefinition when two sources give the same list, or one has the name of an officers' list.
    """
    if taken_names := sorted(file for file in files if file.startswith(OFFICERS)):
        expected = f"another name: lists that begin with {OFFICERS} are made of officers' changes"
        problems = [Problem(f"wordlists/{file}", "has a reserved name", expected) for file in taken_names]
        raise BadDefinition("a source gives a list with a reserved name", problems=problems)
    rows, others = refreshes.source_rows(session), refreshes.owned_by_others(session, name)
    mine = set(rows[name].lists) if name in rows else set()
    taken = others if name == FOLDER else in_force.keys() - mine
    if twice := sorted(files.keys() & taken & in_force.keys()):
        problems = [
            Problem(f"wordlists/{file}", "is given by another source too", "a name of its own") for file in twice
        ]
        raise BadDefinition("two sources give the same list", problems=problems)
    if name == FOLDER:
        kept = {file: text for file, text in in_force.items() if file in others}
    else:
        kept = {file: text for file, text in in_force.items() if file not in mine}
    return with_edits(kept | dict(files), [*live_edits(session), *edits])


def beside_others(session: Session, files: Mapping[str, str]) -> dict[str, str]:
    """The folder's files with the lists of other sources, and officers' changes; raises BadDefinition."""
    base = snapshots.pointer(session, "wordlists").snapshot_id
    return laid_over(session, FOLDER, files, snapshots.load(session, base) if base else {}, ())


def live_edits(session: Session) -> list[Edit]:
    """Officers' changes that are in force, in the order they were made."""
    rows = select(WordChange).where(WordChange.state.in_(_LIVE)).order_by(WordChange.proposed_at, WordChange.id)
    return [edit_of(row) for row in session.scalars(rows)]


def make_candidate(session: Session, source: Source, fetched: Fetched, in_force: Mapping[str, str]) -> Made:
    """The candidate of one source.

    Raises BadDefinition naming every problem: it cannot be read, loads no more, or clashes with another source.
    """
    given, left_out, encodings = read_files(source, fetched, leniently=False)
    files = laid_over(session, source.name, given, in_force, fetched.edits)
    try:
        after = load_wordlists(files)
    except BadDefinition:
        given, left_out, encodings = read_files(source, fetched, leniently=True)
        files = laid_over(session, source.name, given, in_force, fetched.edits)
        after = load_wordlists(files)
    before = load_wordlists(in_force) if in_force else WordlistSet({}, ())
    found = {each.name: each for each in after.lists}
    changed = {each.name: changed_bp(each, found.get(each.name)) for each in before.lists}
    return Made(
        files=files,
        before=before,
        after=after,
        changes=tuple(diff_wordlists(before, after)),
        findings=(*left_out, *check_added(before, after)),
        dropped=len(left_out),
        encodings=encodings,
        changed={name: share for name, share in changed.items() if share},
        new_blocks=new_blocks(before, after),
    )


def static_holds(made: Made, fetched: Fetched, *, change_bp: int) -> list[str]:
    """Why a person has to look before the canary has said anything."""
    holds = []
    if fetched.trust == "unsigned":
        holds.append("来源没有签名")
    if fetched.trust == "people":
        holds.append("由人员提出，须第二人复核")
    for name, share in sorted(made.changed.items()):
        if share > change_bp and not name.startswith(OFFICERS):
            holds.append(f"词库 {name} 变更 {share / 100:.0f}%，超过 {change_bp / 100:g}%")
    kinds = {"one_character": "含不能收录的词", "ordinary": "含日常用词", "allowed": "含放行语境里的词"}
    for kind, said in kinds.items():
        words = [each.word for each in made.findings if each.kind == kind and kind in HOLDING]
        if words:
            holds.append(f"{said}：{'、'.join(words[:8])}{' 等' if len(words) > 8 else ''}")  # noqa: PLR2004
    return holds


def _left_out(wordlist: str, each: Dropped) -> Finding:
    return Finding("one_character", wordlist, each.text, f"line {each.line}: {each.problem}")
