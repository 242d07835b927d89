"""A finished export as one ZIP: its files, the manifest, the signature, and what the audit log proves of it.

download ─ the log sealed ─ ZIP: files, manifest, signature, the audit row's proof ─ audit row
Whoever has the log's public key verifies it with ``clients/verify_inquiry.py`` and nothing else of ours.
"""

from __future__ import annotations

import base64
import json
import tempfile
import zipfile
from datetime import datetime
from typing import IO, Any, cast

from sqlalchemy.orm import Session

from app.audit import tree
from app.audit.leaf import leaf_of
from app.audit.reading import entries_of
from app.audit.sealing import newest_checkpoint
from app.errors import Conflict, Forbidden, NotReady
from app.flows.export_inquiry import REVEALERS, bodies, find, note
from app.flows.inquiry_cover import COVER, cover
from app.flows.kept_back import check_export_not_blind
from app.flows.parts import Parts
from app.flows.seal_audit import keys_of, open_signer, seal_audit
from app.models import Inquiry
from app.values.access import Caller

_IN_MEMORY = 16 * 2**20


def download_inquiry(parts: Parts, inquiry_id: str, *, caller: Caller, now: datetime) -> IO[bytes]:
    """The ZIP, open at its beginning; the caller closes it.

    Raises:
        NotFound, Forbidden: it is not for the caller, or holds personal data that is not.
        Conflict: it is not done, or tells a decision that the caller reviews blind.
        NotReady: the log could not be sealed just now.
    """

    def work(session: Session) -> Inquiry:
        run = find(session, inquiry_id, caller=caller)
        if run.with_personal and not caller.grants & REVEALERS:
            raise Forbidden(f"this export holds personal data and needs one of {', '.join(sorted(REVEALERS))}")
        if run.state != "done":
            raise Conflict(f"the export is {run.state}: {run.done} of about {run.total} rows")
        check_export_not_blind(session, run, caller=caller)
        note(session, run, "inquiry.download", caller.name, now=now, digest=run.digest)
        return run

    run = parts.db.write(work)
    seal_audit(parts, now=now)
    made = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the caller closes it
    with parts.db.read() as session, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        proof = _proof(parts, session, run)
        assert run.manifest is not None and run.digest is not None, "a run that is done has both"  # noqa: PT018
        manifest = json.loads(run.manifest)
        for file in manifest["files"]:
            with archive.open(file["name"], "w") as target:
                for body in bodies(parts, session, run, file["name"].removesuffix(".jsonl")):
                    target.write(body)
        archive.writestr("manifest.json", run.manifest)
        archive.writestr("manifest.note", _signed(parts, manifest["format"], run.digest))
        archive.writestr("proof.json", json.dumps(proof, ensure_ascii=False))
        if COVER not in archive.namelist():  # made by an earlier version
            archive.writestr(COVER, cover(run, manifest["files"]))
    made.seek(0)
    return made


def _signed(parts: Parts, form: str, digest: str) -> str:
    """The manifest's digest as a signed note, by the key that signs the audit log's checkpoints."""
    signer = open_signer(parts)
    text = f"{form}\n{digest}\n"
    signature = base64.b64encode(signer.public.id + signer.key.sign(text.encode())).decode()
    return f"{text}\n— {signer.origin} {signature}\n"


def _proof(parts: Parts, session: Session, run: Inquiry) -> dict[str, Any]:
    """The audit rows about the export with their paths to the newest checkpoint."""
    newest = newest_checkpoint(session)
    entries = [each for each in entries_of(session, "inquiry", run.id, limit=200) if each.seq is not None]
    if newest is None or not any(each.row.action == "inquiry.finish" for each in entries):
        raise NotReady("the audit log is being sealed", retry_after_s=15)
    rows = []
    for entry in entries:
        if entry.seq is not None and entry.seq < newest.size:
            path = tree.prove_row(session, entry.seq, newest.size)
            rows.append({"leaf": leaf_of(entry.row, entry.seq).decode(), "path": [each.hex() for each in path.hashes]})
    return {"rows": rows, "checkpoint": newest.note, "public_keys": [str(key) for key in keys_of(parts)]}
