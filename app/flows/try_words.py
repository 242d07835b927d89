"""Wordlists with one change that nobody has proposed yet, as files: what a backtest tries.

in force ─ a word added, allowed or taken out, or a list from a file ─ officers' changes over it ─ the candidate's files
Nothing is written: whoever likes what the backtest says proposes the change by the usual way.
"""

from __future__ import annotations

from app import word_changes
from app.flows.change_words import checked_change, with_edits_kept
from app.flows.parts import Parts
from app.flows.refresh_candidate import live_edits
from app.flows.upload_wordlist import read_upload
from app.text.edit_lists import Edit, with_edits
from app.text.foreign import Shape
from app.wordlist_sources.kinds.proposals import edit_of


def with_change(parts: Parts, edit: Edit) -> dict[str, str]:
    """What is in force with one change; raises InvalidInput where ``propose_change`` does."""
    files, checked = checked_change(parts, edit)
    return with_edits_kept(files, checked) or files


def with_proposal(parts: Parts, change_id: str) -> dict[str, str]:
    """What is in force with a change that is kept as a proposal; raises NotFound, and InvalidInput when it is made."""
    with parts.db.read() as session:
        edit = edit_of(word_changes.find(session, change_id))
    return with_change(parts, edit)


def with_upload(parts: Parts, name: str, data: bytes, shape: Shape) -> dict[str, str]:
    """What is in force with a list added or replaced; raises as ``upload_wordlist`` does of the file and its name."""
    with parts.db.read() as session:
        upload = read_upload(session, name, data, shape)
        return with_edits({**upload.in_force, upload.file: upload.converted.text}, live_edits(session))
