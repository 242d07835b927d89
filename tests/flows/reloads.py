"""Swaps snapshots again and again in one process and watches its memory: what days of changed rules do in minutes.

    python -m tests.flows.reloads --reloads 500 --rules 1000 --words 100000      # or: make soak

Every reload activates other rules, every fifth other words too, and ``follow_once`` opens and swaps as in the service;
of every tenth what was compiled is gone, so it compiles. A few contents are judged by each. Tells the resident memory
as it goes (standard error), and at the end that of then and of after the first fifth (JSON).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.made import made_packs, made_wordlists

WORDS_EVERY = 5
COMPILES_EVERY = 10
WARM_UP_SHARE = 5


def resident_kib() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reloads", type=int, default=500)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"WEIHENG_DATA_DIR": folder, "PROMETHEUS_MULTIPROC_DIR": folder}
        json.dump(reload(options.reloads, options.rules, options.words), sys.stdout)


def reload(reloads: int, rules: int, words: int) -> dict[str, float]:
    import structlog

    from app import snapshots
    from app.flows.follow_snapshots import follow_once
    from app.flows.judge_content import judge_content
    from app.flows.open_matcher import check_wordlists
    from app.jobs.open_parts import build_parts
    from app.migrate import upgrade
    from app.rules.pack import LATELY
    from app.settings import read_settings
    from app.values.content import ContentToScreen

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parts = build_parts(read_settings(os.environ))
    upgrade(parts.db)
    made = {
        "rules": [made_packs(rules, version=version) for version in (1, 2)],
        "wordlists": [made_wordlists(words, version=version) for version in (1, 2)],
    }

    def activate(kind: str, number: int) -> None:
        files = made[kind][number % 2]
        if kind == "wordlists":  # as publishing does
            check_wordlists(parts.settings, snapshots.content_id(kind, files), files, db=parts.db)

        def work(session):
            snapshot = snapshots.store(session, kind, files, summary={}, by="soak", now=parts.now())
            snapshots.activate(session, kind, snapshot, by="soak", now=parts.now())

        parts.db.write(work)

    began, first = time.monotonic(), 0
    activate("wordlists", 0)
    for number in range(reloads):
        activate("rules", number)
        LATELY.forget()
        for kept in parts.settings.cache.glob("*.rules") if number % COMPILES_EVERY == 0 else ():
            kept.unlink()
        if number % WORDS_EVERY == 0:
            activate("wordlists", number // WORDS_EVERY)
        assert follow_once(parts)
        for at in range(20):
            content = ContentToScreen(f"{number}-{at}", "video_caption", "shop", {"text": f"今天第{at}次发货"})
            judge_content(parts.live.current, content, now=parts.now(), sample=at == 0)
        if number == reloads // WARM_UP_SHARE:
            first = resident_kib()
        if number % 25 == 0:
            sys.stderr.write(f"{number} reloads, {time.monotonic() - began:.0f} s, {resident_kib():,} KiB\n")
    parts.db.close()
    took = time.monotonic() - began
    return {"reloads": reloads, "seconds": round(took), "first_kib": first, "last_kib": resident_kib()}


if __name__ == "__main__":
    main()
