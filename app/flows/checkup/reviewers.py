"""The reviewers that are set up: whether each could work on this machine, or would abstain from everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.review.backend import Reviewer, lacking
from app.values.finding import Finding, ok, warn


def check_reviewers(reviewers: Sequence[Reviewer]) -> Iterator[Finding]:
    """One finding a reviewer that lacks something, else one for all."""
    found = [(each.name, said) for each in reviewers if (said := lacking(each.name)) is not None]
    for name, (told, todo) in found:
        yield warn(f"reviewer {name}", told, todo)
    if not found:
        names = ", ".join(each.name for each in reviewers)
        yield ok("reviewers", names or "none set up: words and rules decide, media go to a person")
