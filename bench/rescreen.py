"""How fast is an archive screened again, words alone and by all rules?

    .venv/bin/python bench/rescreen.py [--captions 400000] [--processes 2] [--cpu-only]

Writes Parquet files of captions: ordinary ones (a shop's title or two, one in a hundred unlawful); such of which half
are copies of any earlier one; and those that were written to be hard, two titles each on the topics of the lists, three
in a hundred unlawful. Each is screened by the shipped rules and lists: in this process (CPU µs a caption of the second
piece, reading and writing included), then by processes (captions a second, their start included and left out). The bars
are 50,000 a second for words alone and 15,000 by all rules, on two quiet cores.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder: http.py would hide the standard library's http
import os
import random
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
UNLAWFUL = ("祖传秘方，包治百病", "全网最*佳面膜，三天根治痘痘")
PIECE = 20_000


class Archive(NamedTuple):
    """Captions of the titles of a file: the share of those with one title alone, unlawful ones, and copies."""

    name: str
    titles: str
    single: float
    unlawful: float
    copies: float = 0.0


ARCHIVES = (
    Archive("ordinary", "honest_shop_titles.tsv", 0.5, 0.01),
    Archive("ordinary, half of them copies", "honest_shop_titles.tsv", 0.5, 0.01, 0.5),
    Archive("written to be hard", "honest_video_titles.tsv", 0.0, 0.03),
)


def write_captions(path, count, archive):
    """The characters of a caption, and the share of captions that stand in the file before."""
    import polars as pl

    lines = (PROJECT / "app/text/data" / archive.titles).read_text(encoding="utf-8").splitlines()
    honest = [line.split("\t")[1] for line in lines if "\t" in line and not line.startswith("#")]
    chance = random.Random(20261126)

    def caption(number):
        text = chance.choice(UNLAWFUL) if chance.random() < archive.unlawful else chance.choice(honest)
        other = "" if chance.random() < archive.single else f" {chance.choice(honest)}"
        return f"{text}{other} 第{number // 1_000}季第{number % 1_000}期"

    texts = []
    for number in range(count):
        is_copy = bool(texts) and chance.random() < archive.copies
        texts.append(chance.choice(texts) if is_copy else caption(number))
    frame = {
        "content_id": [f"v-{number}" for number in range(count)],
        "shop_id": [f"shop-{chance.randrange(500)}" for _ in range(count)],
        "decision": ["pass"] * count,
        "text": texts,
    }
    pl.DataFrame(frame).write_parquet(path)
    return sum(map(len, texts)) / count, 1 - len(set(texts)) / count


def measure_cpu(settings, folder, path, words_only):
    """CPU µs a caption of the second piece, in this process; the first warms it up."""
    from app.clock import utc_now
    from app.flows.rescreen import Task, open_hands, work_piece
    from app.flows.rescreen_archive import Wanted, candidate_of
    from app.flows.rescreen_piece import Asked
    from app.flows.rescreen_pieces import cut
    from app.flows.rescreen_rows import Columns

    into = folder / f"cpu-{path.stem}-{words_only}"
    into.mkdir()
    wanted = Wanted(into, Asked(utc_now(), words_only), (path,))
    task = Task(settings, candidate_of(settings, None, wanted), wanted.asked, Columns(), into)
    hands = open_hands(task, stored=False)
    first, second, *_ = cut(path)
    work_piece(hands, first)
    started = time.process_time()
    done = work_piece(hands, second)
    return (time.process_time() - started) / done * 1e6


def measure_wall(settings, folder, path, words_only, processes):
    """Captions a second from the command's start to its end, and from the first piece to the last."""
    from app.clock import utc_now
    from app.flows.rescreen_archive import Wanted, rescreen_archive
    from app.flows.rescreen_piece import Asked

    into = folder / f"wall-{path.stem}-{words_only}"
    into.mkdir()
    at = []
    started = time.perf_counter()
    found = rescreen_archive(
        settings,
        None,
        Wanted(into, Asked(utc_now(), words_only), (path,)),
        processes=processes,
        begun=lambda _: None,
        progress=lambda _, contents: at.append((time.perf_counter(), contents)),
    )
    ended = time.perf_counter()
    steady = sum(contents for _, contents in at[processes:]) / max(at[-1][0] - at[processes - 1][0], 1e-9)
    return found.report["looked_at"] / (ended - started), steady, found.report["changed"]


def main():
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captions", type=int, default=400_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cpu-only", action="store_true", help="two pieces in this process, nothing else")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["WEIHENG_DATA_DIR"] = name
        from app.settings import read_settings

        settings = read_settings(os.environ)
        count = 2 * PIECE if given.cpu_only else max(given.captions, 2 * PIECE)
        for number, archive in enumerate(ARCHIVES):
            path = folder / f"archive{number}.parquet"
            length, repeated = write_captions(path, count, archive)
            print(f"{archive.name}: {count:,} captions of {length:.0f} characters, {repeated:.0%} of them sent before")
            print(f"{'':<12}{'CPU µs each':>13}{'captions/s':>13}{'after start':>13}{'changed':>10}")
            for label, words_only in (("words alone", True), ("all rules", False)):
                cpu = measure_cpu(settings, folder, path, words_only)
                line = f"{label:<12}{cpu:>13.1f}"
                if not given.cpu_only:
                    rate, steady, changed = measure_wall(settings, folder, path, words_only, given.processes)
                    line += f"{rate:>13,.0f}{steady:>13,.0f}{changed:>10,}"
                print(line, flush=True)


if __name__ == "__main__":
    main()
