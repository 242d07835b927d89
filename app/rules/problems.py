"""What goes wrong while a pack is read: the message, the place inside an expression and what was expected."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from difflib import get_close_matches


class ExpressionError(Exception):
    """The first thing wrong in an expression; ``node`` (or ``offset`` in code points) is where."""

    def __init__(
        self, problem: str, node: ast.expr | None = None, expected: str = "", *, offset: int | None = None
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.node = node
        self.expected = expected
        self.offset = offset


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """What was expected instead of an unknown name: the one that was probably meant, or ``otherwise``."""
    near = get_close_matches(name, known, n=1)
    return f"{near[0]!r}, did you mean that?" if near else otherwise
