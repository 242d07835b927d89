"""What do the shipped words and rules see of unlawful texts that hold no listed word? The baseline for reviewers.

Each line of samples/recall.tsv is an unlawful text, written so that no listed word stood in it, and its lawful
near-twin; every text is judged as the service would, given nothing but the text, its kind and the shop category the
line names. Low figures are what to expect: they are what reviewers, models and people, have to lift. No list is to be
tuned to these texts; a third of them is kept apart for whoever writes rules.

    python -m bench.recall                       # the table
    python -m bench.recall --show false_price    # with the unlawful texts missed and the twins stopped
    python -m bench.recall --json                # for a machine
    python -m bench.recall --write               # the table of docs/explanation/recall.md
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from app.flows.judge_content import Judge, check_content, judge_content
from app.flows.screen_file import judge_from_folders
from app.settings import read_settings
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict
from bench.samples.read import Sample, read_samples

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "explanation" / "recall.md"
BEGIN, END = "<!-- generated -->", "<!-- /generated -->"
AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
STOPPED = (Verdict.REVIEW, Verdict.BLOCK)


@dataclass(frozen=True)
class Seen:
    """What was made of one sample; ``why`` and ``why_twin`` name words, rules and doubts."""

    sample: Sample
    by_words: bool
    in_category: bool
    by_all: bool
    twin_by_words: bool
    twin_by_all: bool
    why: str
    why_twin: str


FIGURES: dict[str, Callable[[Seen], bool]] = {
    "words": lambda seen: seen.by_words,
    "of these in the right category": lambda seen: seen.in_category,
    "words and rules": lambda seen: seen.by_all,
    "twins: words": lambda seen: seen.twin_by_words,
    "twins: words and rules": lambda seen: seen.twin_by_all,
}
"""Recall over the unlawful texts, then false alarms over their twins: sent to a person or blocked."""


@cache
def shipped_judge() -> Judge:
    return judge_from_folders(read_settings(os.environ))


def measure(judge: Judge, samples: Iterable[Sample]) -> list[Seen]:
    return [_seen(judge, sample) for sample in samples]


def _seen(judge: Judge, sample: Sample) -> Seen:
    said, of_twin = decide(judge, sample, sample.unlawful), decide(judge, sample, sample.twin)
    stopping = [hit for hit in said.hits if hit.verdict in STOPPED]
    return Seen(
        sample,
        by_words=bool(stopping),
        in_category=any(hit.category == sample.category for hit in stopping),
        by_all=said.decision in STOPPED,
        twin_by_words=any(hit.verdict in STOPPED for hit in of_twin.hits),
        twin_by_all=of_twin.decision in STOPPED,
        why=_why(said),
        why_twin=_why(of_twin),
    )


def decide(judge: Judge, sample: Sample, text: str) -> Decision:
    content = ContentToScreen(sample.id, sample.kind, "sample", {"text": text}, category=sample.shop or None)
    check_content(judge, content)
    return judge_content(judge, content, now=AT).decision


def _why(decision: Decision) -> str:
    words = [f"{hit.wordlist}: {hit.word}" for hit in decision.hits]
    rules = [firing.rule for firing in decision.firings if firing.decision in STOPPED and not firing.shadow]
    return ", ".join([*words, *rules, *(datum.kind for datum in decision.personal_data), *decision.doubts])


def rows_of(seen: Sequence[Seen]) -> dict[str, list[Seen]]:
    """The rows of the table: each category in the order of the file, all, and the two parts."""
    rows: dict[str, list[Seen]] = {}
    for each in seen:
        rows.setdefault(each.sample.category, []).append(each)
    rows["all"] = list(seen)
    rows["open to writers of rules"] = [each for each in seen if not each.sample.is_kept_apart]
    rows["kept apart from them"] = [each for each in seen if each.sample.is_kept_apart]
    return rows


def table(seen: Sequence[Seen]) -> str:
    """Counts by category as Markdown, and shares of the whole."""
    lines = [f"| category | texts | {' | '.join(FIGURES)} |", "|---|---|" + "---|" * len(FIGURES)]
    categories = {each.sample.category for each in seen}
    for name, row in rows_of(seen).items():
        counts = [sum(map(figure, row)) for figure in FIGURES.values()]
        if name in categories:
            lines.append(f"| `{name}` | {len(row)} | {' | '.join(map(str, counts))} |")
        else:
            shares = [f"{count} ({count / max(len(row), 1):.1%})" for count in counts]
            lines.append(f"| **{name}** | {len(row)} | {' | '.join(shares)} |")
    return "\n".join(lines)


def generated_part(seen: Sequence[Seen]) -> str:
    """The table, and by name the unlawful texts that are seen today and the twins that are stopped."""
    found = [f"* `{each.sample.id}`: {each.why}" for each in seen if each.by_all]
    stopped = [f"* `{each.sample.id}`: {each.why_twin}" for each in seen if each.twin_by_all]
    return "\n\n".join(
        [
            table(seen),
            "\n".join([f"Unlawful texts that are seen: {len(found)}.", *found]),
            "\n".join([f"Lawful twins that are stopped: {len(stopped)}.", *stopped]),
        ]
    )


def page_with(page: str, part: str) -> str:
    """The page with its generated part replaced; the words around it belong to people."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{part}\n{END}{after}"


def as_json(seen: Sequence[Seen]) -> str:
    figures = {
        name: {"texts": len(row)} | {title: sum(map(figure, row)) for title, figure in FIGURES.items()}
        for name, row in rows_of(seen).items()
    }
    return json.dumps(figures, ensure_ascii=False, indent=1)


def print_category(category: str, seen: Sequence[Seen]) -> None:
    """The texts missed and the twins stopped; those kept apart are only counted, because readers write rules."""
    row = [each for each in seen if each.sample.category == category]
    missed = [(each, each.sample.unlawful, "") for each in row if not each.by_all]
    stopped = [(each, each.sample.twin, f"  ← {each.why_twin}") for each in row if each.twin_by_all]
    for title, cases in (("missed", missed), ("twins stopped", stopped)):
        shown = [case for case in cases if not case[0].sample.is_kept_apart]
        print(f"\n{category}: {len(cases)} of {len(row)} {title}; {len(cases) - len(shown)} of them kept apart")
        for each, text, why in shown:
            print(f"  {each.sample.id}  {text}{why}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="counts as JSON")
    parser.add_argument("--show", action="append", default=[], metavar="CATEGORY", help="its texts; may be repeated")
    parser.add_argument("--write", action="store_true", help=f"rewrite the table of {PAGE.relative_to(PROJECT)}")
    asked = parser.parse_args()
    samples = read_samples()
    if unknown := set(asked.show) - {sample.category for sample in samples}:
        parser.error(f"no text of {', '.join(sorted(unknown))}")
    seen = measure(shipped_judge(), samples)
    if asked.write:
        PAGE.write_text(page_with(PAGE.read_text("utf-8"), generated_part(seen)), encoding="utf-8")
    if asked.json:
        print(as_json(seen))
    else:
        print("Unlawful texts without a listed word: the baseline that reviewers, models and people, have to lift.\n")
        print(table(seen))
    for category in asked.show:
        print_category(category, seen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
