"""Single changes of words laid over the files of their lists: add one, allow a context, take one out.

Sources give whole lists and would undo what officers decided about a word; so decisions are kept apart and laid over
whatever a source gives. What officers add stands in lists of its own, one for each category and verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.text.findings import Findings
from app.text.normalise import fold
from app.text.word_line import read_word, written_phrases

OFFICERS = "officers_"
_OWNER = "officers"


class Edit(NamedTuple):
    """One change: ``add``, ``allow`` or ``retire``; ``value`` is an added word's verdict or an allowed context."""

    what: str
    wordlist: str
    category: str
    word: str
    value: str = ""
    source: str = ""


def officers_list(category: str) -> str:
    """The list that holds what officers added to a category."""
    return f"{OFFICERS}{category}"[:64]


def with_edits(files: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """The files with every change made; one that finds no word to change changes nothing."""
    made = dict(files)
    added: dict[str, list[Edit]] = defaultdict(list)
    touched: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        (added if edit.what == "add" else touched)[edit.wordlist].append(edit)
    for name in {each for each in made if each.startswith(OFFICERS)} | {f"{each}.txt" for each in added}:
        made.pop(name, None)
    for name, adds in added.items():
        made[f"{name}.txt"] = _officers_file(adds)
    for name, wanted in touched.items():
        file = f"{name}.txt"
        if file in made and (text := _edited(made[file], wanted)):
            made[file] = text
        else:
            made.pop(file, None)
    return made


def is_made(files: Mapping[str, str], edit: Edit) -> bool:
    """Whether files already are as the change wants them."""
    text = files.get(f"{edit.wordlist}.txt", "")
    folded = _folded(edit.word)
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    line = next((line for line in lines if _folded(line.partition("|")[0]) == folded), None)
    if edit.what == "allow":
        return line is not None and _with_contexts(line, [edit.value]) == _with_contexts(line, [])
    return (line is not None) is (edit.what == "add")


def retired(text: str, folded: Iterable[str]) -> str:
    """A list without words that fold to these; empty when no word is left."""
    return _without(text, set(folded), {})


def word_of(line: str) -> str | None:
    """The folded word of a line, None where it is none."""
    word = read_word(line, Findings("line"))
    return word.folded if word else None


def _officers_file(adds: list[Edit]) -> str:
    head = {"category": adds[0].category, "verdict": "review", "source": "审核人员提出并经第二人复核", "owner": _OWNER}
    lines = [f"# {key}: {value}" for key, value in head.items()]
    words: dict[str, str] = {}
    for edit in adds:
        source = f" | source: {edit.source.replace('|', ' ')}" if edit.source else ""
        words[fold(edit.word).text] = f"{edit.word} | verdict: {edit.value or 'review'}{source}"
    return "\n".join([*lines, *words.values()]) + "\n"


def _edited(text: str, edits: list[Edit]) -> str:
    """The list with its words changed; empty when no word is left."""
    allowed: dict[str, list[str]] = defaultdict(list)
    for edit in edits:
        if edit.what == "allow":
            allowed[_folded(edit.word)].append(edit.value)
    return _without(text, {_folded(edit.word) for edit in edits if edit.what == "retire"}, allowed)


def _without(text: str, gone: set[str], allowed: Mapping[str, list[str]]) -> str:
    wanted = gone | allowed.keys()
    lines, words = [], 0
    for line in text.split("\n"):
        folded = _folded(line.partition("|")[0]) if line.strip() and not line.lstrip().startswith("#") else None
        if folded is not None and folded in wanted:
            if folded in gone:
                continue
            line = _with_contexts(line, allowed[folded])  # noqa: PLW2901 - the line as it goes on
        words += folded is not None
        lines.append(line)
    return "\n".join(lines) if words else ""


def _with_contexts(line: str, contexts: list[str]) -> str:
    options = [option.strip() for option in line.split("|")]
    for at, option in enumerate(options):
        key, _, value = option.replace("：", ":", 1).partition(":")
        if at and key.strip() == "allow":
            known = [each.strip() for each in written_phrases(value)]
            options[at] = "allow: " + ", ".join(dict.fromkeys([*known, *contexts]))
            return " | ".join(options)
    return " | ".join([*options, *(["allow: " + ", ".join(dict.fromkeys(contexts))] if contexts else [])])


def _folded(text: str) -> str:
    return word_of(text.strip()) or fold(text).text
