"""A tally as the result people and machines read: firings, words, changed decisions, and what officers made of it.

Officers see what was stopped, so what was let through unseen is in no figure here: ``recall_bp`` of the snapshot that
was in force is near 100 % by the way cases are made, and only a fall of it says something.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.backtesting.tally import Sample, Tally

MOVERS_MAX = 50
_SIDES = ("before", "after")
_ORDER = {"pass": 0, "alert": 1, "warn": 2, "label": 3, "review": 4, "hold": 5, "block": 6}
_COLUMNS = ("screening_id", "shop_id", "before", "after", "outcome", "rules", "words", "excerpt")
_OF_EVENTS = ("kind", "source", "event_id", "subject", "happened_at")


def report(tally: Tally, statuses: Mapping[str, str]) -> dict[str, Any]:
    """The result as plain data. ``statuses`` are the candidate's rules; one it does not have has none."""
    return {
        "looked_at": tally.looked_at,
        "unreadable": tally.unreadable,
        "changed": sum(count for (before, after), count in tally.decisions.items() if before != after),
        "decisions": [
            {"before": before, "after": after, "count": count}
            for (before, after), count in sorted(
                tally.decisions.items(), key=lambda each: [_ORDER[side] for side in each[0]]
            )
        ],
        "rules": _rules(tally, statuses),
        "wordlists": _wordlists(tally),
        "words": _movers(tally),
        "officers": _officers(tally),
        "samples": tally.all_samples(),
    }


def as_csv(samples: Iterable[Sample]) -> str:
    """Samples of contents or events whose decision would change, one a line; a leading ``=`` is defused."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = (*_COLUMNS, *_OF_EVENTS)
    writer.writerow(columns)
    for sample in samples:
        if sample["before"] != sample["after"]:
            texts = {
                "rules": "; ".join(f"{each['rule']}: {_move(each)}" for each in sample["rules"]),
                "words": "; ".join(f"{each['wordlist']}/{each['word']}: {_move(each)}" for each in _words_of(sample)),
            }
            row = sample | texts
            writer.writerow([_defused(row.get(name) or "") for name in columns])
    return out.getvalue()


def _words_of(sample: Sample) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = sample.get("words", ())
    return found


def _move(each: Mapping[str, Any]) -> str:
    return f"{each['before'] or '–'} → {each['after'] or '–'}"


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _rules(tally: Tally, statuses: Mapping[str, str]) -> list[dict[str, Any]]:
    names = sorted({*statuses, *(rule for rule, _, _ in tally.rules)})
    measures = ("fired", "would_fire", "decided", "upheld")
    return [
        {
            "rule": rule,
            "status": statuses.get(rule),
            **{side: {measure: tally.rules[rule, side, measure] for measure in measures} for side in _SIDES},
        }
        for rule in names
    ]


def _wordlists(tally: Tally) -> list[dict[str, Any]]:
    names = sorted({wordlist for wordlist, _, _ in tally.words})
    return [{"wordlist": name, **{side: tally.words[name, "", side] for side in _SIDES}} for name in names]


def _movers(tally: Tally) -> list[dict[str, Any]]:
    """The words whose number of contents changed most."""
    pairs = {(wordlist, word) for wordlist, word, _ in tally.words if word}
    words: list[dict[str, Any]] = [
        {"wordlist": wordlist, "word": word, **{side: tally.words[wordlist, word, side] for side in _SIDES}}
        for wordlist, word in sorted(pairs)
    ]
    moved = [each for each in words if each["before"] != each["after"]]
    return sorted(moved, key=lambda each: -abs(each["after"] - each["before"]))[:MOVERS_MAX]


def _officers(tally: Tally) -> dict[str, Any]:
    upheld = sum(count for (*_, outcome), count in tally.officers.items() if outcome != "pass")
    return {
        "decided": tally.officers.total(),
        "upheld": upheld,
        **{side: _against_officers(tally, at, upheld) for at, side in enumerate(_SIDES)},
    }


def _against_officers(tally: Tally, at: int, upheld: int) -> dict[str, int | None]:
    """Of what an officer decided: what this side stopped (anything but pass), and how much of that was upheld."""
    cells = [(key[at], key[2], count) for key, count in tally.officers.items()]
    stopped = sum(count for decision, _, count in cells if decision != "pass")
    right = sum(count for decision, outcome, count in cells if decision != "pass" and outcome != "pass")
    return {
        "stopped": stopped,
        "stopped_upheld": right,
        "precision_bp": right * 10_000 // stopped if stopped else None,
        "recall_bp": right * 10_000 // upheld if upheld else None,
        "blocked": sum(count for decision, _, count in cells if decision == "block"),
        "blocked_let_pass": sum(
            count for decision, outcome, count in cells if decision == "block" and outcome == "pass"
        ),
    }
