"""The page of metrics outlives what other processes do to their files."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from app import metrics

FOLDER = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def test_a_process_killed_while_it_made_its_file_does_not_cost_the_page():
    metrics.DOUBTS.labels("killed-while-writing").inc()
    torn = [FOLDER / "counter_999999999.db", FOLDER / "gauge_mostrecent_999999999.db"]
    try:
        for file in torn:
            file.touch()

        assert b'weiheng_doubts_total{why="killed-while-writing"} 1.0' in metrics.render()
    finally:
        for file in torn:
            file.unlink(missing_ok=True)


def test_files_that_vanish_while_the_page_is_made_do_not_cost_it():
    metrics.DOUBTS.labels("vanishing").inc()
    stop = threading.Event()
    own = next(FOLDER.glob(f"gauge_mostrecent_{os.getpid()}.db")).read_bytes()
    file = FOLDER / "gauge_mostrecent_999999998.db"

    def come_and_go() -> None:
        while not stop.is_set():
            written = file.with_suffix(".part")
            written.write_bytes(own)
            written.replace(file)
            time.sleep(0.002)
            file.unlink()

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        pages = [metrics.render() for _ in range(50)]
    finally:
        stop.set()
        thread.join()
        file.unlink(missing_ok=True)

    assert all(b'weiheng_doubts_total{why="vanishing"} 1.0' in page for page in pages)
