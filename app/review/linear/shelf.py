"""The model in use in this process; a follower puts it here, and swapping is one reference assignment."""

from __future__ import annotations

from dataclasses import dataclass

from app.review.linear.model import LinearModel


@dataclass(frozen=True, slots=True)
class InUse:
    """A model under its name."""

    id: str
    model: LinearModel


class Shelf:
    """Where reviewers look for the model."""

    def __init__(self) -> None:
        self.current: InUse | None = None
        self.mark: str | None = None  # the last row of uses that was followed
