"""What counts come to: shares in basis points, quantiles, sums. Pure; a share of nothing is None, never 0.

The definitions stand in docs/reference/dashboard.md; whoever changes one here changes it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.figures.kept import Count, Counts

ONE = 10_000
VERDICTS = ("pass", "label", "review", "block")
OUTCOMES = ("pass", "label", "return", "block")
UNITS: Mapping[str, str] = {
    "screened": "count",
    "passed": "count",
    "labelled": "count",
    "reviewed": "count",
    "blocked": "count",
    "judged": "count",
    "automation_bp": "bp",
    "opened": "count",
    "decided": "count",
    "let_pass": "count",
    "against": "count",
    "false_positive_bp": "bp",
    "sla_kept_bp": "bp",
    "waited_p50_minutes": "minutes",
    "waited_p90_minutes": "minutes",
    "latency_p50_us": "us",
    "latency_p99_us": "us",
    "appeals": "count",
    "overturned_bp": "bp",
    "paid_count": "count",
    "paid_fen": "fen",
    "dispatch_due": "count",
    "timely_bp": "bp",
}
"""Every figure of the overview with its unit, in the order it is told."""
WHOLE = frozenset(
    {
        "screened",
        "latency",
        "judged",
        "opened",
        "decided",
        "flagged",
        "sla",
        "waited",
        "appeal",
        "paid",
        "dispatch",
    }
)
"""What the overview is counted from."""


def overview(counts: Counts) -> dict[str, int | None]:
    """The figures of a span or a step."""
    by = _by(counts, "screened")
    screened = sum(by.values())
    outcomes = _sides(counts, "decided")
    flagged, sla, appeals, dispatch = (
        _by(counts, "flagged"),
        _sides(counts, "sla"),
        _sides(counts, "appeal"),
        _by(counts, "dispatch"),
    )
    waited, latency = _quantile(_by(counts, "waited")), _quantile(_by(counts, "latency"))
    return {
        "screened": screened,
        "passed": by.get("pass", 0),
        "labelled": by.get("label", 0),
        "reviewed": by.get("review", 0),
        "blocked": by.get("block", 0),
        "judged": sum(_by(counts, "judged").values()),
        "automation_bp": share(screened - by.get("review", 0), screened),
        "opened": sum(_by(counts, "opened").values()),
        "decided": sum(outcomes.values()),
        "let_pass": outcomes.get("pass", 0),
        "against": sum(outcomes.values()) - outcomes.get("pass", 0),
        "false_positive_bp": share(flagged.get("pass", 0), sum(flagged.values())),
        "sla_kept_bp": share(sla.get("kept", 0), sum(sla.values())),
        "waited_p50_minutes": waited(5_000),
        "waited_p90_minutes": waited(9_000),
        "latency_p50_us": latency(5_000),
        "latency_p99_us": latency(9_900),
        "appeals": sum(appeals.values()),
        "overturned_bp": share(appeals.get("overturned", 0), sum(appeals.values())),
        "paid_count": _sides(counts, "paid").get("count", 0),
        "paid_fen": _sides(counts, "paid").get("fen", 0),
        "dispatch_due": sum(dispatch.values()),
        "timely_bp": share(dispatch.get("met", 0), sum(dispatch.values())),
    }


def of_category(counts: Counts, category: str) -> dict[str, int | None]:
    """Opened and decided cases of a category, and the share that was let pass."""
    opened = sum(number for each, number in counts.items() if each.figure == "opened" and each.key == category)
    return {"opened": opened, **_decided(counts, "decided", category)}


def of_rule(counts: Counts, rule: str) -> dict[str, int | None]:
    """How often a rule fired, how many cases it was behind, and the share of them that was let pass."""
    return {"fired": counts[Count("fired", rule, "")], **_decided(counts, "rule", rule)}


def of_officer(counts: Counts, officer: str) -> dict[str, int | None]:
    """What an officer decided, alone, first or second of two; and how long a case took them."""
    said = {each.side: number for each, number in counts.items() if each.figure == "officer" and each.key == officer}
    first, dispute = said.pop("first", 0), said.pop("dispute", 0)
    times, seconds = (counts[Count("handled", officer, side)] for side in ("count", "seconds"))
    return {
        "decided": sum(said.values()),
        "let_pass": said.get("pass", 0),
        "first": first,
        "disputed": dispute,
        "mean_seconds": seconds // times if times else None,
    }


GROUPS: Mapping[str, tuple[tuple[str, ...], Callable[[Counts, str], dict[str, int | None]]]] = {
    "category": (("opened", "decided"), of_category),
    "rule": (("fired", "rule"), of_rule),
    "officer": (("officer", "handled"), of_officer),
}
"""By what figures can be told apart: from which counts, and how."""


def keys_of(counts: Counts, figures: tuple[str, ...]) -> list[str]:
    """The keys that occur, those with most counts first; seconds are no number of things."""
    sums: dict[str, int] = {}
    for each, number in counts.items():
        if each.figure in figures and each.side != "seconds":
            sums[each.key] = sums.get(each.key, 0) + number
    return sorted(sums, key=lambda key: (-sums[key], key))


def share(part: int, whole: int) -> int | None:
    """Basis points, rounded down; None of nothing."""
    return part * ONE // whole if whole else None


def _decided(counts: Counts, figure: str, key: str) -> dict[str, int | None]:
    said = {each.side: number for each, number in counts.items() if each.figure == figure and each.key == key}
    decided, passed = sum(said.values()), said.get("pass", 0)
    return {"decided": decided, "let_pass": passed, "let_pass_bp": share(passed, decided)}


def _by(counts: Counts, figure: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for each, number in counts.items():
        if each.figure == figure:
            found[each.key] = found.get(each.key, 0) + number
    return found


def _sides(counts: Counts, figure: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for each, number in counts.items():
        if each.figure == figure:
            found[each.side] = found.get(each.side, 0) + number
    return found


def _quantile(by_bound: Mapping[str, int]) -> Callable[[int], int | None]:
    """The bound under which a share of the counts lies."""
    bounds = sorted((int(bound), number) for bound, number in by_bound.items())
    total = sum(number for _, number in bounds)

    def at(share_bp: int) -> int | None:
        below = 0
        for bound, number in bounds:
            below += number
            if below * ONE >= total * share_bp:
                return bound
        return None

    return at
