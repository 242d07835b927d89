"""What does a process pay before its first answers, once its matcher is in the cache?

    .venv/bin/python bench/start.py [--rounds 5]

Opens the shipped rules and lists in fresh processes and judges 50 captions by all rules: one by one as a request
does, or together as re-screening does. Prints medians of CPU seconds by stage, each made to happen by itself
beforehand, and the whole from the loaded matcher to the 50th answer where none is. The aim is 1 s for it, the bar 2 s.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder: http.py would hide the standard library's http
import json
import os
import statistics
import subprocess
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
COUNT = 50
WAYS = ("one by one", "together")
LOADED = ("imports", "rules and matcher")


def captions():
    """As many captions, every tenth unlawful."""
    lines = (PROJECT / "app/text/data/honest_video_titles.tsv").read_text(encoding="utf-8").splitlines()
    honest = [line.split("\t")[1] for line in lines if "\t" in line and not line.startswith("#")]
    texts = honest[:: len(honest) // COUNT][:COUNT]
    return [f"{text} 全网最*佳面膜，三天根治痘痘" if at % 10 == 0 else text for at, text in enumerate(texts)]


def in_this_process(way, in_one_go):
    """CPU seconds by stage."""
    spent = {}

    def timed(name, work):
        before = time.process_time()
        done = work()
        spent[name] = time.process_time() - before
        return done

    timed("imports", _import)
    hands = timed("rules and matcher", _open)
    if not in_one_go:
        for name, work in _stages():
            timed(name, work)
    texts, judge = captions(), _judging(hands, way)
    timed("first answer", lambda: judge(texts[:1]))
    timed(f"{COUNT - 1} more", lambda: judge(texts[1:]))
    return spent


def _import():
    import app.flows.rescreen_archive  # noqa: F401 - it brings in all that judges


def _open():
    from app.clock import utc_now
    from app.flows.rescreen import Task, open_hands
    from app.flows.rescreen_archive import Wanted, candidate_of
    from app.flows.rescreen_piece import Asked
    from app.flows.rescreen_rows import Columns
    from app.settings import read_settings

    settings, folder = read_settings(os.environ), Path(os.environ["WEIHENG_DATA_DIR"])
    wanted = Wanted(folder, Asked(utc_now()), ())
    candidate = candidate_of(settings, None, wanted)
    return open_hands(Task(settings, candidate, wanted.asked, Columns(), folder), stored=False)


def _stages():
    from app.text.characters import readings, shapes
    from app.text.claims import find_claims
    from app.text.constructions.couples import couples
    from app.text.constructions.openings import opened
    from app.text.constructions.suspects import suspects
    from app.text.constructions.wording import asked
    from app.text.normalise import fold
    from app.text.passage import TextField
    from app.text.views import both_views

    yield "folding", lambda: fold("好")
    yield "characters", lambda: (shapes(), readings())
    yield "views", lambda: both_views("好")
    yield "claims", lambda: find_claims([TextField("text", "好")])
    yield "patterns", asked
    yield "openings", lambda: opened("好", ())
    yield "couples", couples
    yield "suspects", lambda: suspects("好好")


def _judging(hands, way):
    from app.flows.judge_content import judge_content
    from app.values.content import ContentToScreen

    now = hands.task.asked.now
    if way == "together":
        return lambda texts: hands.quiet.loud(
            texts, ["text"] * len(texts), [("video_caption", "", "shop")] * len(texts)
        )

    def one_by_one(texts):
        for text in texts:
            judge_content(hands.judge, ContentToScreen("v", "video_caption", "shop", {"text": text}), now=now)

    return one_by_one


def in_fresh_process(folder, way, *, in_one_go):
    """CPU seconds by stage of a process of its own."""
    asked = [sys.executable, "-P", __file__, "--way", way, *(["--in-one-go"] if in_one_go else [])]
    environment = os.environ | {"WEIHENG_DATA_DIR": folder}
    told = subprocess.run(asked, capture_output=True, check=True, env=environment, cwd=PROJECT)
    return json.loads(told.stdout.splitlines()[-1])


def main():
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=WAYS, help="measure in this process, which has to be fresh")
    parser.add_argument("--in-one-go", action="store_true")
    given = parser.parse_args()
    if given.way:
        print(json.dumps(in_this_process(given.way, given.in_one_go)))
        return
    with tempfile.TemporaryDirectory() as folder:
        in_fresh_process(folder, WAYS[0], in_one_go=True)  # fills the cache
        rounds = {
            (way, in_one_go): [in_fresh_process(folder, way, in_one_go=in_one_go) for _ in range(given.rounds)]
            for way in WAYS
            for in_one_go in (False, True)
        }
    print(f"{'CPU seconds, median':<22}" + "".join(f"{way:>12}" for way in WAYS))
    for stage in rounds[WAYS[0], False][0]:
        medians = [statistics.median(each[stage] for each in rounds[way, False]) for way in WAYS]
        print(f"{stage:<22}" + "".join(f"{each:>12.3f}" for each in medians))
    sums = [[sum(s for name, s in each.items() if name not in LOADED) for each in rounds[way, True]] for way in WAYS]
    print(f"{'loaded to the 50th':<22}" + "".join(f"{statistics.median(each):>12.3f}" for each in sums))
    print(f"{'at least':<22}" + "".join(f"{min(each):>12.3f}" for each in sums))


if __name__ == "__main__":
    main()
