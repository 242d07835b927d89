"""What goes wrong while an expression is read: the message, the place inside it and what was expected."""

from __future__ import annotations

import ast


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
