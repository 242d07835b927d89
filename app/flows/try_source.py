"""A source's content that was not looked at before: read, checked, tried by the canary, then proposed.

parse ─ check (limits, findings) ─ canary (in force against candidate) ─ decide: activate, or hold for a second person
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import refreshes, snapshots
from app.flows.canary import Canary, canary_holds, run_canary
from app.flows.candidate import build_candidate, propose
from app.flows.propose_snapshot import Proposal
from app.flows.propose_snapshot import propose as propose_snapshot
from app.flows.refresh_candidate import Made, make_candidate, static_holds
from app.flows.settle_source import note_held
from app.flows.source_outcome import Outcome
from app.flows.stored_judge import stored_judge
from app.models import WordlistCanary
from app.values.change import summary
from app.wordlist_sources.source import Fetched, Source

if TYPE_CHECKING:
    from app.flows.refresh_wordlists import Run

_FINDINGS_KEPT = 500


def try_source(run: Run, source: Source, fetched: Fetched) -> Outcome:
    """Try what a source gave. Raises BadDefinition when it can be no candidate."""
    assert not fetched.unchanged, "a source that gave nothing would lose its lists"
    parts = run.parts
    with parts.db.read() as session:
        base = snapshots.pointer(session, "wordlists").snapshot_id
        in_force = snapshots.load(session, base) if base else {}
    with run.step("parse", source.name) as told, parts.db.read() as session:
        made = make_candidate(session, source, fetched, in_force)
        told |= {"words": made.after.words, "changes": len(made.changes), "left_out": made.dropped}
    given = tuple(fetched.files)
    encodings = tuple(sorted(made.encodings.items()))
    if snapshots.content_id("wordlists", made.files) == base:
        why = tuple(static_holds(made, fetched, change_bp=10_000)) if made.dropped else ()
        return Outcome("held" if why else "unchanged", holds=why, files=given, encodings=encodings)
    with run.step("check", source.name) as told:
        holds = static_holds(made, fetched, change_bp=parts.settings.wordlist_change_bp)
        told |= {"findings": len(made.findings), "changed_bp": dict(list(made.changed.items())[:50])}
    with run.step("canary", source.name) as told:
        seen = _canary(run, made, base)
        holds += canary_holds(seen, new_blocks_bp=parts.settings.wordlist_new_blocks_bp)
        told |= {"looked_at": seen.looked_at, "honest_hits": len(seen.honest_hits), "new_blocks": seen.new_blocks}
    with run.step("decide", source.name) as told:
        outcome = _decide(run, source, fetched, made, seen, tuple(dict.fromkeys(holds)), base)
        told["state"] = outcome.state
    return Outcome(
        outcome.state,
        snapshot_id=outcome.snapshot_id,
        holds=outcome.holds,
        summary=summary(made.changes, "zh"),
        files=given,
        encodings=encodings,
    )


def _canary(run: Run, made: Made, base: str | None) -> Canary:
    parts = run.parts
    if base is None:
        return Canary()
    with parts.db.read() as session:
        rules = snapshots.pointer(session, "rules").snapshot_id
        if rules is None:
            return Canary()
        candidate = propose(session, {"wordlists": made.files})
    before = stored_judge(parts, rules, base)
    after = build_candidate(candidate, parts.settings)
    run.beat()
    try:
        return run_canary(parts, before, after, most=parts.settings.wordlist_canary, now=parts.now(), beat=run.beat)
    finally:
        after.engine.close()


def _decide(
    run: Run, source: Source, fetched: Fetched, made: Made, seen: Canary, holds: tuple[str, ...], base: str | None
) -> Outcome:
    parts, now = run.parts, run.parts.now()
    proposal = Proposal(
        "wordlists",
        made.files,
        by=f"refresh:{source.name}",
        reason=f"词库更新：来源 {source.name}",
        notes={"source": source.name, "refresh": run.id},
        holds=holds,
        proposers=fetched.people,
        made_from=base,
    )
    snapshot_id = snapshots.content_id("wordlists", made.files)
    canary = WordlistCanary(
        snapshot_id=snapshot_id,
        source=source.name,
        refresh_id=run.id,
        holds=list(holds),
        findings={"items": [each._asdict() for each in made.findings[:_FINDINGS_KEPT]], "total": len(made.findings)},
        canary=seen.plain(),
        created_at=now,
    )

    def note(session: Session) -> None:
        refreshes.hold_lock(session, run.id, now=now)
        refreshes.keep_canary(session, canary)
        if holds:
            note_held(session, source, fetched, snapshot_id, now=now)

    parts.db.write(note)
    found = propose_snapshot(parts.db, parts.settings, proposal, now=now)
    return Outcome("held" if found.state == "waiting" else found.state, snapshot_id=snapshot_id, holds=holds)
