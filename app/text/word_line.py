"""Reading one line of a wordlist: `word | allow: a, b | note: … | suggest: … | verdict: … | match: … | shops: …`.

A word may hold bounded gaps, written as data and not as a regular expression: `加{0,4}微信`. A word is what it folds
to, so one that folds to nothing, to one character or across a sentence end is refused: it would match everywhere or
never.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.text.allowed import WORD, fold_phrase, what_is_wrong
from app.text.findings import Findings
from app.text.folding_table import WALL
from app.text.normalise import fold
from app.text.options import LOOK_KEYS, WHERE_KEYS, read_look, read_where
from app.text.words import Gap, Word
from app.values.deciding import Verdict

VERDICTS = (Verdict.BLOCK, Verdict.REVIEW, Verdict.LABEL)
MAX_GAP = 12
MAX_GAPS = 3
MAX_WORD = 256

_KEYS = ("allow", "note", "suggest", "source", "verdict", *LOOK_KEYS, *WHERE_KEYS)
_OPTION = re.compile(r"\s*([^:：]+?)\s*[:：]\s*(.*?)\s*", re.DOTALL)
_GAP = re.compile(r"\{(\d{1,3})(?:,(\d{1,3}))?\}")
_COMMA = re.compile(r"[,，、](?![^{}]*\})")
_CUT = "\0"


def read_word(line: str, findings: Findings) -> Word | None:
    """The word of one line, or None when something is wrong, which goes to `findings`."""
    known = len(findings.problems)
    text, *options = line.split("|")
    values = _options(options, findings)
    text = text.strip()
    gaps, parts = _parts(text, findings)
    allow = read_phrases(values.get("allow", ""), findings)
    for phrase in allow:
        check_allowed(phrase, parts, findings)
    verdict = read_verdict(values["verdict"], findings) if "verdict" in values else None
    look = read_look(values, findings)
    where = read_where(values, findings) if values.keys() & set(WHERE_KEYS) else None
    if len(findings.problems) > known:
        return None
    return Word(
        text=text,
        parts=parts,
        gaps=gaps,
        allow=allow,
        note=values.get("note", ""),
        suggest=values.get("suggest"),
        verdict=verdict,
        source=values.get("source"),
        line=findings.line,
        where=where,
        **look,
    )


def folded_anyway(line: str) -> tuple[str, str]:
    """The word of a line on which something is wrong, as written, and as `Word.folded` would be."""
    text = line.partition("|")[0].strip()
    gaps = [f"{{{found[1]},{found[2] or found[1]}}}" for found in _GAP.finditer(text)]
    parts = [fold(literal).text for literal in _GAP.sub(_CUT, text).split(_CUT)]
    return text, "".join(part + gap for part, gap in zip(parts, [*gaps, ""], strict=True))


def written_phrases(value: str) -> list[str]:
    """Comma-separated allowed contexts as they are written; the comma of a gap separates none."""
    return [phrase for phrase in _COMMA.split(value) if phrase.strip()]


def read_phrases(value: str, findings: Findings) -> tuple[str, ...]:
    """Comma-separated allowed contexts, folded, with their gaps and `~` kept."""
    written = written_phrases(value)
    phrases = tuple(fold_phrase(phrase.strip()) for phrase in written)
    if not all(phrases):
        findings.wrong("an allowed context folds to nothing", "words")
    for phrase in written:
        if problem := what_is_wrong(phrase):
            findings.wrong(f"the allowed context {phrase.strip()!r} has {problem}", "as in ~{0,4}奖")
    return tuple(dict.fromkeys(filter(None, phrases)))


def read_verdict(value: str, findings: Findings) -> Verdict | None:
    """One of the verdicts a word may give."""
    if value in VERDICTS:
        return Verdict(value)
    findings.unknown("verdict", value, VERDICTS)
    return None


def check_allowed(phrase: str, parts: Sequence[str], findings: Findings) -> None:
    """An allowed context that does not hold the word would never allow anything."""
    at = 0
    if WORD in phrase:
        return
    for part in parts:
        at = phrase.find(part, at)
        if at < 0:
            findings.wrong(f"the allowed context {phrase!r} does not hold {part!r}", "a phrase around the word")
            return
        at += len(part)


def _options(options: Sequence[str], findings: Findings) -> dict[str, str]:
    values: dict[str, str] = {}
    for option in options:
        found = _OPTION.fullmatch(option)
        if not found or not found[2]:
            findings.wrong(f"cannot read {option.strip()!r}", "| key: value, with " + ", ".join(_KEYS))
        elif found[1] not in _KEYS:
            findings.unknown("key", found[1], _KEYS)
        elif found[1] in values:
            findings.wrong(f"{found[1]} is given twice", "each key once")
        else:
            values[found[1]] = found[2]
    return values


def _parts(text: str, findings: Findings) -> tuple[tuple[Gap, ...], tuple[str, ...]]:
    """Split `加{0,4}微信` into its gaps and its folded literal parts."""
    gaps = tuple(Gap(int(found[1]), int(found[2] or found[1])) for found in _GAP.finditer(text))
    literals = _GAP.sub(_CUT, text).split(_CUT)
    parts = tuple(fold(literal).text for literal in literals)
    for gap in gaps:
        if gap.least > gap.most or gap.most > MAX_GAP:
            findings.wrong(f"a gap of {gap.least} to {gap.most} characters", f"{{least,most}}, at most {MAX_GAP}")
    if len(gaps) > MAX_GAPS:
        findings.wrong(f"{len(gaps)} gaps in one word", f"at most {MAX_GAPS}")
    if any(brace in literal for literal in literals for brace in "{}"):
        findings.wrong(f"cannot read the gap in {text!r}", "{least,most} with numbers")
    _check_length(text, parts, findings)
    return gaps, parts


def _check_length(text: str, parts: Sequence[str], findings: Findings) -> None:
    length = sum(map(len, parts))
    if not text:
        findings.wrong("the word is empty", "a word before the first |")
    elif not all(parts):
        findings.wrong(f"{text!r} folds to nothing in places", "letters, digits or ideographs in every part")
    elif WALL in "".join(parts):
        findings.wrong(f"{text!r} reaches over a sentence end", "a phrase within one sentence")
    elif max(map(len, parts)) == 1:
        findings.wrong(f"{text!r} folds to single characters", "at least one part of 2 characters or more")
    elif length > MAX_WORD:
        findings.wrong(f"{text!r} folds to {length} characters", f"at most {MAX_WORD}")
