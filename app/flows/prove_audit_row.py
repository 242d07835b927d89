"""How a row stands in the log, checked now: its leaf, its path to the root, the signature over that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from app.audit import tree
from app.audit.leaf import leaf_of
from app.audit.merkle import follows_inclusion, leaf_hash
from app.audit.note import Checkpoint, NoteBroken, open_note
from app.audit.reading import Entry
from app.audit.sealing import newest_checkpoint
from app.audit.tree import LogBroken, Proof
from app.flows.parts import Parts
from app.flows.seal_audit import keys_of


@dataclass(frozen=True, slots=True)
class Standing:
    """``waiting``: not sealed yet; ``proved``; ``broken``: what is stored contradicts what was signed."""

    state: Literal["waiting", "proved", "broken"]
    proof: Proof | None = None
    checkpoint: Checkpoint | None = None


def standing_of(parts: Parts, session: Session, entry: Entry) -> Standing:
    """How the row stands under the newest checkpoint."""
    newest = newest_checkpoint(session)
    if entry.seq is None or newest is None or newest.size <= entry.seq:
        return Standing("waiting")
    try:
        checkpoint = open_note(newest.note, keys_of(parts))
        proof = tree.prove_row(session, entry.seq, checkpoint.size)
    except (NoteBroken, LogBroken):
        return Standing("broken")
    hashed = leaf_hash(leaf_of(entry.row, entry.seq))
    holds = follows_inclusion(hashed, entry.seq, checkpoint.size, proof.hashes, checkpoint.root)
    return Standing("proved" if holds else "broken", proof, checkpoint)
