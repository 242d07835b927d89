"""Verifying the log: every row hashed again, the tree built again, every checkpoint compared, inside and outside.

Nothing stored is believed: numbers, hashes and roots are worked out from the rows themselves, and what is stored is
held against that. The first thing that is wrong with a row names the row; where a forger recomputed the hashes as well,
the checkpoint that no longer fits names the stretch of rows between itself and the one before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from app.audit import merkle, tree
from app.audit.leaf import leaf_of
from app.audit.merkle import Frontier, Node, leaf_hash
from app.audit.note import Checkpoint, NoteBroken, PublicKey, open_note
from app.audit.sealing import waiting
from app.models import AuditCheckpoint, AuditLeaf, AuditNode, AuditPending, AuditRow

_PAGE = 2_000
_MOST = 100  # findings told; one is enough to disbelieve a log


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction. ``seq`` is the row's number where one row is meant."""

    what: str
    detail: str
    seq: int | None = None
    row_id: str | None = None


@dataclass(slots=True)
class Report:
    """What was looked at and what is wrong with it."""

    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    since: int = 0
    checkpoints: int = 0
    outside: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_honest(self) -> bool:
        """Whether nothing contradicts."""
        return not self.findings

    def find(self, what: str, detail: str, seq: int | None = None, row_id: str | None = None) -> None:
        """Note a contradiction; the first hundred are kept."""
        if len(self.findings) < _MOST:
            self.findings.append(Finding(what, detail, seq, row_id))


@dataclass(frozen=True, slots=True)
class _Signed:
    """A root that a checkpoint speaks of, and whose checkpoint it is."""

    root: bytes
    whose: str


def verify(
    session: Session,
    *,
    keys: tuple[PublicKey, ...],
    outside: Iterable[str] = (),
    since: int = 0,
    copied_before: datetime | None = None,
) -> Report:
    """Verify the log, from its beginning or from the checkpoint of size ``since``, against all checkpoints.

    A checkpoint stored before ``copied_before`` must have a copy outside: one that has none was taken away there.

    Rows before ``since`` are not read; that the tree's stored nodes give the root signed then stands for them.
    """
    _look_at_one_moment(session)
    report = Report(since=since)
    outside = list(outside)
    signed = _signed(session, keys, outside, report)
    if copied_before is not None:
        _look_for_copies(session, set(outside), report, before=copied_before)
    frontier = _start(session, since, signed, report)
    if frontier is not None:
        _walk(session, frontier, signed, report)
        report.size, report.root = frontier.size, frontier.root()
        for size in sorted(size for size in signed if size > frontier.size):
            whose = " and ".join(sorted({each.whose for each in signed[size]}))
            report.find("cut", f"the {whose} checkpoint speaks of {size} rows, the log has {frontier.size}")
    _strays(session, report)
    report.waiting, report.waiting_since = waiting(session)
    return report


def _look_at_one_moment(session: Session) -> None:
    """Let a row that is sealed meanwhile not look like one that stands nowhere; SQLite reads one moment anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.execute(text("SET LOCAL statement_timeout = 0"))


def _signed(
    session: Session, keys: tuple[PublicKey, ...], outside: Iterable[str], report: Report
) -> dict[int, list[_Signed]]:
    """Every checkpoint by its size, its signature verified."""
    found: dict[int, list[_Signed]] = {}
    for row in session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size)):
        report.checkpoints += 1
        opened = _opened(row.note, keys, "stored", f"of {row.size} rows", report)
        if opened is not None:
            found.setdefault(opened.size, []).append(_Signed(opened.root, "stored"))
            if (opened.size, opened.root) != (row.size, row.root):
                report.find("checkpoint", f"the stored checkpoint of {row.size} rows says {opened.size}")
    for number, note in enumerate(outside, 1):
        report.outside += 1
        opened = _opened(note, keys, "outside", f"number {number}", report)
        if opened is None:
            continue
        same = found.setdefault(opened.size, [])
        if not any(each.whose == "stored" for each in same):
            report.find(
                "checkpoint", f"the checkpoint of {opened.size} rows stands outside, but is not stored any more"
            )
        same.append(_Signed(opened.root, "outside"))
    return found


def _look_for_copies(session: Session, outside: set[str], report: Report, *, before: datetime) -> None:
    """Copies are made with the checkpoints, of which none is ever left out."""
    for row in session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size)):
        if row.note not in outside and row.at < before:
            when = f"{row.at:%Y-%m-%d %H:%M}"
            report.find(
                "copy", f"the checkpoint of {row.size} rows of {when} has no copy outside any more", row.size - 1
            )


def _opened(note: str, keys: tuple[PublicKey, ...], whose: str, which: str, report: Report) -> Checkpoint | None:
    try:
        return open_note(note, keys)
    except NoteBroken as broken:
        report.find("signature", f"{whose} checkpoint {which}: {broken.detail}")
        return None


def _start(session: Session, since: int, signed: dict[int, list[_Signed]], report: Report) -> Frontier | None:
    if since == 0:
        return Frontier()
    try:
        frontier = Frontier.at(since, tree.lookup_in(session))
    except tree.LogBroken as broken:
        report.find("node", broken.detail)
        return None
    if since not in signed:
        report.find("checkpoint", f"there is no valid checkpoint of {since} rows to begin from")
        return None
    _compare(frontier, signed, since, report)
    return frontier


def _walk(session: Session, frontier: Frontier, signed: dict[int, list[_Signed]], report: Report) -> None:
    """Read on row by row until the log's end, or a number that is missing: what follows that proves nothing."""
    last_signed = frontier.size
    while page := _page(session, frontier.size):
        nodes: list[Node] = []
        for leaf, row in page:
            if leaf.seq != frontier.size:
                report.find("missing", f"number {frontier.size} is missing, {leaf.seq} follows", frontier.size)
                return
            _look_at(leaf, row, report)
            nodes += frontier.add(leaf.hash)
            if frontier.size in signed:
                _compare(frontier, signed, last_signed, report)
                last_signed = frontier.size
        _compare_nodes(session, [node for node in nodes if node.level], report)
        session.expunge_all()


def _page(session: Session, begin: int) -> list[tuple[AuditLeaf, AuditRow | None]]:
    rows = (
        select(AuditLeaf, AuditRow)
        .outerjoin(AuditRow, AuditRow.id == AuditLeaf.row_id)
        .where(AuditLeaf.seq >= begin)
        .order_by(AuditLeaf.seq)
        .limit(_PAGE)
    )
    return [(leaf, row) for leaf, row in session.execute(rows)]


def _look_at(leaf: AuditLeaf, row: AuditRow | None, report: Report) -> None:
    if row is None:
        report.find("deleted", f"row {leaf.seq} ({leaf.row_id}) is gone", leaf.seq, leaf.row_id)
    elif leaf_hash(leaf_of(row, leaf.seq)) != leaf.hash:
        report.find("changed", f"row {leaf.seq} ({leaf.row_id}) is not what was sealed", leaf.seq, leaf.row_id)


def _compare(frontier: Frontier, signed: dict[int, list[_Signed]], last_signed: int, report: Report) -> None:
    root = frontier.root()
    for each in signed[frontier.size]:
        if each.root != root:
            stretch = f"rows {last_signed}…{frontier.size - 1} are not those it was signed over"
            report.find("root", f"the {each.whose} checkpoint of {frontier.size} rows: {stretch}", last_signed)


def _compare_nodes(session: Session, nodes: list[Node], report: Report) -> None:
    """The stored nodes that a page of leaves completes; a level's are neighbours."""
    for level in sorted({node.level for node in nodes}):
        made = {node.position: node.hash for node in nodes if node.level == level}
        here = (AuditNode.level == level) & AuditNode.position.between(min(made), max(made))
        found = session.execute(select(AuditNode.position, AuditNode.hash).where(here))
        stored = {position: hashed for position, hashed in found}  # noqa: C416 - rows are no pairs to the checker
        for position, hashed in made.items():
            if stored.get(position) != hashed:
                report.find(
                    "node", f"the stored node {level}/{position} is not the hash of its rows", position << level
                )


def _strays(session: Session, report: Report) -> None:
    """Rows that are neither sealed nor waiting, and waiting ones that are gone."""
    is_sealed = exists().where(AuditLeaf.row_id == AuditRow.id)
    waits = exists().where(AuditPending.row_id == AuditRow.id)
    for row_id in session.scalars(select(AuditRow.id).where(~is_sealed, ~waits).limit(_MOST)):
        report.find("inserted", f"row {row_id} was put in beside the log", row_id=row_id)
    is_there = exists().where(AuditRow.id == AuditPending.row_id)
    for row_id in session.scalars(select(AuditPending.row_id).where(~is_there).limit(_MOST)):
        report.find("deleted", f"row {row_id} was taken out before it was sealed", row_id=row_id)
    doubly = exists().where(AuditLeaf.row_id == AuditPending.row_id)
    for row_id in session.scalars(select(AuditPending.row_id).where(doubly).limit(_MOST)):
        report.find("inserted", f"row {row_id} is sealed and waits again", row_id=row_id)
