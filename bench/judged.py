"""How often is an honest text stopped, and an unlawful one in a seller's own manner let through? By category.

``judged_*``, ``topics_*`` and ``comments_*`` were looked at while lists and constructions were mended; ``fresh_*`` was
not, and is not to be. Every text is judged as the service would, given nothing but the text, its kind and the shop
category its line names.

    python -m bench.judged            # the samples, by category
    python -m bench.judged --show     # with the honest texts stopped and the unlawful ones missed of the open samples
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from app.flows.judge_content import check_content, judge_content
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict
from bench.recall import shipped_judge

FOLDER = Path(__file__).with_name("samples")
SAMPLES = ("judged", "topics", "comments", "fresh")
AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
STOPPED = (Verdict.REVIEW, Verdict.BLOCK)


class Line(NamedTuple):
    """One text: its theme or category, and how it would be sent."""

    about: str
    kind: str
    shop: str
    text: str


def read(sample: str, side: str) -> list[Line]:
    """The texts of ``judged`` or ``fresh``, ``honest`` or ``unlawful``."""
    lines = (FOLDER / f"{sample}_{side}.tsv").read_text(encoding="utf-8").splitlines()
    return [Line(*line.split("\t")) for line in lines if not line.startswith("# ")]


def decide(line: Line) -> Decision:
    content = ContentToScreen(line.text, line.kind, "sample", {"text": line.text}, category=line.shop or None)
    check_content(shipped_judge(), content)
    return judge_content(shipped_judge(), content, now=AT).decision


def table(lines: Iterable[Line], *, unlawful: bool, show: bool) -> str:
    """Stopped of all, by theme or category; with ``show`` also what was judged wrongly and why."""
    all_of, stopped, wrong = Counter[str](), Counter[str](), []
    for line in lines:
        decision = decide(line)
        is_stopped = decision.decision in STOPPED
        all_of[line.about] += 1
        stopped[line.about] += is_stopped
        if is_stopped != unlawful:
            words = [f"{hit.wordlist}: {hit.word}" for hit in decision.hits]
            wrong.append(f"  {line.text}   {'; '.join([*words, *(each.rule for each in decision.firings)])}")
    rows = [f"  {about:24} {stopped[about]:4} of {count}" for about, count in all_of.items()]
    total, found = sum(all_of.values()), sum(stopped.values())
    return "\n".join([f"{found} of {total} stopped ({found / total:.1%})", *rows, *(wrong if show else [])])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--show", action="store_true")
    show = asked.parse_args().show
    for sample in SAMPLES:
        for side in ("honest", "unlawful"):
            lines = read(sample, side)
            shown = show and sample != "fresh"
            print(f"{sample} {side}: {table(lines, unlawful=side == 'unlawful', show=shown)}")


if __name__ == "__main__":
    main()
