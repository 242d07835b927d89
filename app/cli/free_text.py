"""What people write in their own words on the command line: kept with the personal data in it starred."""

from __future__ import annotations

from typing import Any

import click

from app.text.personal_data import without_personal


class _FreeText(click.ParamType[str]):
    """A reason, a note, a name: it ends in rows that can never be changed again."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, starred."""
        del param, ctx
        return without_personal(str(value))


FREE_TEXT = _FreeText()
