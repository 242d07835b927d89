"""The one character that PostgreSQL keeps in no text: a request that has it is refused, the same on both databases.

In bodies of the API each name has a pattern that leaves it out. Addresses and forms are looked at here before anything
asks the database, which would answer with an error of its own; what is packed inside a cursor is told by that error.
"""

from __future__ import annotations

from flask import Flask, request
from sqlalchemy.exc import DataError, DBAPIError

from app.errors import InvalidInput, Problem

_NUL = "\0"
_FORM = "application/x-www-form-urlencoded"


def refusal(where: str) -> InvalidInput:
    """What a request is told that has the character there."""
    return InvalidInput(
        "the request does not fit the contract", problems=[Problem(where, "has the character U+0000", "text")]
    )


def is_unstorable(error: DBAPIError) -> bool:
    """Whether the driver refused a value for this character."""
    return isinstance(error, DataError) and "NUL" in str(error.orig)


def install(app: Flask) -> None:
    """Refuse such requests."""

    @app.before_request
    def _look() -> None:
        if _NUL in request.path:
            raise refusal("path")
        if b"%00" in request.query_string or b"\0" in request.query_string:
            raise refusal("query")
        if request.mimetype == _FORM and any(_NUL in value for value in request.form.values()):
            raise refusal("form")
