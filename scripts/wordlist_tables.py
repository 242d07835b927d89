"""What the wordlists page shows: every category with a text it flags and one it must not, then every list.

The texts are the first of their category in the files that tests hold the lists to, so no page can promise what no test
asks. Called by write_reference.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.text.words import WordlistSet

Rows = list[tuple[str, ...]]
_NOTHING = "–"


def wordlist_tables(root: Path) -> Iterator[str | tuple[Sequence[str], Rows]]:
    """A sentence, then tables as head and rows; ``root`` is the project's folder."""
    from app.text.wordlist import load_wordlists  # noqa: PLC0415
    from app.text.wordlist_stats import list_stats  # noqa: PLC0415

    files = {path.name: path.read_text(encoding="utf-8") for path in (root / "wordlists").iterdir()}
    lists = load_wordlists(files)
    counted = list_stats(lists)
    texts = root / "tests" / "parts" / "text"
    flagged, honest = _first_texts(texts / "unlawful_captions.txt"), _first_texts(texts / "honest_twins.txt")
    categories: Rows = []
    for category in lists.categories.values():
        words = str(sum(each.words for each in counted if each.category == category.id))
        about = f"{category.title} `{category.id}`"
        categories.append((about, words, category.law, flagged[category.id], honest[category.id]))
    rows: Rows = []
    for each in counted:
        verdicts = ", ".join(f"{getattr(each, name)} {name}" for name in ("block", "review", "label"))
        unchecked = str(each.unchecked or _NOTHING)
        rows.append((f"`{each.name}`", each.title, str(each.words), verdicts, each.source, unchecked))
    yield f"{len(counted)} lists, {lists.words:,} words, {len(categories)} categories."
    yield _seen_paraphrases(lists, root / "bench" / "samples" / "unlawful_paraphrases.tsv")
    yield ("category", "words", "law or rule", "flagged", "not flagged"), categories
    yield ("list", "about", "words", "of which", "source unless a word says otherwise", "to be checked"), rows


def _seen_paraphrases(lists: WordlistSet, file: Path) -> str:
    """How many texts in other words than the lists' are seen in their category: what words alone are worth."""
    from app.text.match import Context, TextField, build_matcher  # noqa: PLC0415

    matcher = build_matcher(lists)
    lines = [line.split("\t") for line in _lines(file)]
    at = datetime(2026, 12, 1, tzinfo=UTC)
    seen = 0
    for category, text in lines:
        scan = matcher.scan([TextField("text", text)], Context("video_caption", at))
        seen += category in {hit.category for hit in scan.hits}
    return (
        f"Words alone miss paraphrases: of {len(lines)} unlawful texts written after the lists in other words "
        f"(`bench/samples/{file.name}`), {seen} are seen. The rest is for rules, reviewers and people."
    )


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _first_texts(file: Path) -> dict[str, str]:
    """The first text of each category in a file of ``category, tab, text`` lines."""
    firsts: dict[str, str] = {}
    for line in _lines(file):
        category, text = line.split("\t")
        firsts.setdefault(category, text)
    return firsts
