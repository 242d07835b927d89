"""A whole re-screening: by what, of what, into which folder; and the report at the end.

wanted ─ judge's files (folders, in force, candidate) ─ pieces ─ manifest ─ rescreen ─ cases for what is live ─ report
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app import breakers, snapshots
from app.errors import InvalidInput, NotFound, Problem
from app.flows import rescreen_folder
from app.flows.candidate import Candidate, check_candidate, propose
from app.flows.parts import Parts
from app.flows.rescreen import Piece, Task, rescreen
from app.flows.rescreen_cases import open_cases
from app.flows.rescreen_piece import Asked, renamed
from app.flows.rescreen_pieces import cut, find_files
from app.flows.rescreen_rows import Columns, check_columns
from app.flows.rescreen_stored import stored_pieces
from app.models import Snapshot
from app.rescreening.changes import Changes
from app.rescreening.page import as_html
from app.rescreening.report import as_csv, report
from app.settings import Settings
from app.values.sign_off import NOTHING_SIGNED

Workers = Callable[[Task, list[Piece], Callable[[int, int], None]], tuple[Changes, list[str]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``sources`` are files and folders; without any, the database's contents are screened.

    Judged by the folders of the settings; ``in_force`` by what is in force; ``candidate`` is a folder with ``rules/``,
    ``wordlists/`` or both, ``stored`` are ids of stored snapshots.
    """

    folder: Path
    asked: Asked
    sources: tuple[Path, ...] = ()
    shop_ids: tuple[str, ...] | None = None
    columns: Columns = field(default_factory=Columns)
    in_force: bool = False
    candidate: Path | None = None
    stored: tuple[str, ...] = ()
    opens_cases: bool = False

    @property
    def needs_database(self) -> bool:
        """Whether anything of it is in the database."""
        return not self.sources or self.in_force or bool(self.stored)


@dataclass(frozen=True, slots=True)
class Rescreened:
    """The report, and how many cases were opened or joined."""

    report: dict[str, Any]
    cases: int | None = None


def rescreen_archive(
    settings: Settings,
    parts: Parts | None,
    wanted: Wanted,
    *,
    processes: int,
    begun: Callable[[int], None],
    progress: Callable[[int, int], None],
    workers: Workers | None = None,
) -> Rescreened:
    """Screen everything that is not done yet and write the report into the folder, which is held by the caller.

    ``begun`` hears the weight of everything, ``progress`` that of each piece as it is done, with its contents.
    ``workers`` do the pieces instead of processes of this machine. Raises InvalidInput, BadDefinition, NotFound,
    Conflict.
    """
    assert parts is not None or not wanted.needs_database, "what is in a database needs one"
    candidate = candidate_of(settings, parts, wanted)
    about = _about(candidate, wanted)
    tripped = frozenset[str]()
    if parts is not None:
        with parts.db.read() as session:
            tripped = frozenset(breakers.tripped(session))
    files = find_files(wanted.sources) if wanted.sources else []
    about["inputs"] = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    as_of = rescreen_folder.begin(wanted.folder, about, now=wanted.asked.now)
    asked = replace(wanted.asked, now=as_of, tripped=tripped)
    task = Task(settings, candidate, asked, wanted.columns, wanted.folder)
    pieces = _file_pieces(files, wanted) if files else _stored_pieces(parts, wanted, as_of)
    begun(sum(piece.weight for piece in pieces))
    for piece in pieces:
        if rescreen_folder.done(wanted.folder, piece.name):
            progress(piece.weight, 0)
    if workers is None:
        changes, to_block = rescreen(task, pieces, processes=processes, progress=progress)
    else:
        changes, to_block = workers(task, pieces, progress)
    told = report(changes, about | {"as_of": as_of.isoformat()})
    _write_report(wanted.folder, changes, told)
    opened = None
    if wanted.opens_cases and parts is not None:
        opened = open_cases(parts, task, to_block, now=wanted.asked.now)
    return Rescreened(told, opened)


def candidate_of(settings: Settings, parts: Parts | None, wanted: Wanted) -> Candidate:
    """By what is judged; what was proposed is held to what publishing asks."""
    proposed: dict[str, Any] = {} if wanted.candidate is None else _files_of(wanted.candidate)
    if parts is None:
        files = {
            "rules": proposed.get("rules") or snapshots.read_folder("rules", settings.rules_dir),
            "wordlists": proposed.get("wordlists") or snapshots.read_folder("wordlists", settings.wordlists_dir),
        }
        ids = {kind: snapshots.content_id(kind, each) for kind, each in files.items()}
        candidate = Candidate(ids, files, tuple(proposed), tuple(proposed), NOTHING_SIGNED)
    else:
        with parts.db.read() as session:
            for snapshot_id in wanted.stored:
                proposed[_kind_of(session, snapshot_id, proposed)] = snapshot_id
            if proposed:
                candidate = propose(session, proposed)
            else:
                in_force = snapshots.pointer(session, "rules").snapshot_id
                candidate = replace(propose(session, {"rules": in_force or ""}), tried=())
    check_candidate(candidate, settings)
    return candidate


def _files_of(folder: Path) -> dict[str, Any]:
    found = {kind: snapshots.read_folder(kind, folder / kind) for kind in snapshots.KINDS if (folder / kind).is_dir()}
    if not found:
        problem = Problem(str(folder), "holds neither", "a folder `rules`, a folder `wordlists`, or both")
        raise InvalidInput("there is no candidate", problems=[problem])
    return found


def _kind_of(session: Session, snapshot_id: str, proposed: dict[str, Any]) -> str:
    found = session.get(Snapshot, snapshot_id)
    if found is None:
        raise NotFound(f"no snapshot {snapshot_id}")
    if found.kind in proposed:
        problem = Problem(snapshot_id, f"a second proposal for {found.kind}", "one of each kind")
        raise InvalidInput("there are two candidates", problems=[problem])
    return str(found.kind)


def _about(candidate: Candidate, wanted: Wanted) -> dict[str, Any]:
    return {
        "rules": candidate.ids["rules"],
        "wordlists": candidate.ids["wordlists"],
        "tried": list(candidate.tried),
        "words_only": wanted.asked.words_only,
        "format": wanted.asked.form,
        "is_whole": wanted.asked.is_whole,
        "columns": list(wanted.columns.texts),
        "decision": wanted.columns.decision,
        "kind": wanted.columns.kind,
        "shops": None if wanted.shop_ids is None else list(wanted.shop_ids),
    }


def _file_pieces(files: list[Path], wanted: Wanted) -> list[Piece]:
    pieces: list[Piece] = []
    for path in files:
        of_file = cut(path)
        check_columns(of_file[0].columns, wanted.columns, where=str(path))
        pieces += of_file
    return pieces


def _stored_pieces(parts: Parts | None, wanted: Wanted, as_of: datetime) -> list[Piece]:
    assert parts is not None, "stored contents are in a database"
    return list(
        rescreen_folder.planned(wanted.folder, lambda: stored_pieces(parts.db, until=as_of, shop_ids=wanted.shop_ids))
    )


def _write_report(folder: Path, changes: Changes, told: dict[str, Any]) -> None:
    whole = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    for name, body in (
        ("report.json", whole),
        ("report.csv", as_csv(changes).encode("utf-8-sig", "replace")),
        ("report.html", as_html(told).encode("utf-8", "replace")),
    ):
        renamed(folder / name, body)
