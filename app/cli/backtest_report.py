"""A backtest's result as tables and plain words for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.backtesting.span import Span
from app.values.deciding import Verdict

_DECISIONS = ("pass", "label", "review", "block")
_SAMPLES_SHOWN = 10
_MOVERS_SHOWN = 15


def print_report(result: Mapping[str, Any], span: Span, console: Console) -> None:
    """Print the result; without a terminal, as wide as it needs."""
    if not console.is_terminal:
        console.width = 160
    unopened = f"; {result['unreadable']:,} could not be opened" if result["unreadable"] else ""
    console.print(
        f"{result['looked_at']:,} contents screened from {span.from_at.isoformat()} to {span.to_at.isoformat()} "
        f"were judged again{unopened}.\n[bold]{result['changed']:,} decisions would change.[/bold]",
        highlight=False,
    )
    console.print(_decisions(result["decisions"], _DECISIONS))
    console.print(_rules(result["rules"], "contents"))
    if result["words"]:
        console.print(_words(result["words"]))
    _print_officers(result["officers"], console)
    if result["samples"]:
        console.print(_samples(result["samples"]))
    if result["events"]["looked_at"] or result["events"]["unreadable"]:
        _print_events(result["events"], console)


def _print_events(events: Mapping[str, Any], console: Console) -> None:
    """What came of events, on their own ladder."""
    unread = f"; {events['unreadable']:,} are of kinds that are no more" if events["unreadable"] else ""
    console.print(
        f"{events['looked_at']:,} events and passed deadlines of the period were judged again{unread}.\n"
        f"[bold]{events['changed']:,} decisions on events would change.[/bold]",
        highlight=False,
    )
    used = {cell[side] for cell in events["decisions"] for side in ("before", "after")}
    console.print(_decisions(events["decisions"], [each.value for each in Verdict if each.value in used]))
    if events["rules"]:
        console.print(_rules(events["rules"], "events"))
    if events["officers"]["decided"]:
        _print_officers(events["officers"], console)
    if events["samples"]:
        console.print(_event_samples(events["samples"]))


def _table(title: str, *columns: str, texts: int = 1) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < texts else "right")
    return table


def _decisions(cells: Sequence[Mapping[str, Any]], ladder: Sequence[str]) -> Table:
    counts = {(cell["before"], cell["after"]): cell["count"] for cell in cells}
    table = _table("Decisions", "was ↓ · would be →", *ladder)
    for before in ladder:
        table.add_row(before, *(f"{counts.get((before, after), 0):,}" for after in ladder))
    return table


def _rules(rules: Sequence[Mapping[str, Any]], what: str) -> Table:
    columns = ("rule", "status", "fired", "would fire now", "upheld by officers before", "upheld now")
    table = _table(f"Rules ({what} on which each fired; shadow and draft rules would fire)", *columns, texts=2)
    for each in rules:
        sides = (each["before"], each["after"])
        fired = (f"{side['fired'] + side['would_fire']:,}" for side in sides)
        upheld = (f"{side['upheld']:,} of {side['decided']:,}" if side["decided"] else "–" for side in sides)
        table.add_row(each["rule"], each["status"] or "not in the candidate", *fired, *upheld)
    return table


def _words(words: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Words that moved most (contents)", "word", "wordlist", "before", "now", texts=2)
    for each in words[:_MOVERS_SHOWN]:
        table.add_row(escape(each["word"]), each["wordlist"], f"{each['before']:,}", f"{each['after']:,}")
    return table


def _print_officers(officers: Mapping[str, Any], console: Console) -> None:
    if not officers["decided"]:
        console.print("No officer has decided any of these: nothing says which side is right.")
        return
    table = _table(f"Against officers' decisions (n = {officers['decided']:,})", "of these", "before", "now")
    sides = (officers["before"], officers["after"])
    table.add_row("stopped (anything but pass)", *(f"{side['stopped']:,}" for side in sides))
    table.add_row("… rightly (precision)", *(_share(side["stopped_upheld"], side["precision_bp"]) for side in sides))
    table.add_row(f"share of the {officers['upheld']:,} upheld (recall)", *(_percent(s["recall_bp"]) for s in sides))
    table.add_row("blocked, but let pass by the officer", *(f"{side['blocked_let_pass']:,}" for side in sides))
    console.print(table)
    console.print("Officers see what was stopped; what passed unseen is in no figure.", style="dim")


def _share(count: int, ratio_bp: int | None) -> str:
    return f"{count:,} · {_percent(ratio_bp)}"


def _percent(ratio_bp: int | None) -> str:
    return "–" if ratio_bp is None else f"{ratio_bp / 100:.1f} %"


def _event_samples(samples: Sequence[Mapping[str, Any]]) -> Table:
    """Changed decisions first."""
    table = _table("Samples of events", "event", "about", "shop", "was → would be", "because of", texts=5)
    for each in sorted(samples, key=lambda each: each["before"] == each["after"])[:_SAMPLES_SHOWN]:
        named = [f"{rule['rule']} ({rule['before'] or '–'} → {rule['after'] or '–'})" for rule in each["rules"]]
        because = "; ".join(named[:3]) or "; ".join(doubt["doubt"] for doubt in each["doubts"])
        moved = f"{each['before']} → {each['after']}"
        table.add_row(each["kind"], escape(each["subject"]), escape(each["shop_id"]), moved, escape(because))
    return table


def _samples(samples: Sequence[Mapping[str, Any]]) -> Table:
    """Changed decisions first, and by turns of every kind of change."""
    turns: Counter[tuple[str, str]] = Counter()
    ordered = []
    for number, each in enumerate(samples):
        move = (each["before"], each["after"])
        ordered.append((move[0] == move[1], turns[move], number))
        turns[move] += 1
    shown = [samples[number] for *_, number in sorted(ordered)[:_SAMPLES_SHOWN]]
    table = _table("Samples", "screening", "shop", "was → would be", "because of", "text", texts=5)
    for each in shown:
        named = [f"{rule['rule']} ({rule['before'] or '–'} → {rule['after'] or '–'})" for rule in each["rules"]]
        named += [f"{word['word']} ({word['before'] or '–'} → {word['after'] or '–'})" for word in each["words"]]
        because = "; ".join(named[:3]) or "; ".join(doubt["doubt"] for doubt in each["doubts"])
        text = (each["excerpt"] or "")[:40]
        moved = f"{each['before']} → {each['after']}"
        table.add_row(each["screening_id"], escape(each["shop_id"]), moved, escape(because), escape(text))
    return table
