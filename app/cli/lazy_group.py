"""A group of commands of which each is loaded when it is called: the help, or one command, waits for no other."""

from __future__ import annotations

import sys
from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from app.errors import AppError

_BESIDE = 6
"""Columns of the help that neither a name nor what it is for has."""


class LazyGroup(click.Group):
    """``members`` are, by the commands' names, ``module:name`` below `app.cli` and what the help says of them.

    Turns our own errors into a message and exit code 1 instead of a traceback.
    """

    def __init__(self, *args: Any, members: Mapping[str, tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.commands = _Loaded({name: place for name, (place, _) in members.items()})
        self._helps = {name: click.Command(name, help=told) for name, (_, told) in sorted(members.items())}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write what every command is for."""
        room = formatter.width - max(map(len, self._helps)) - _BESIDE
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(room)) for name, command in self._helps.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AppError as error:
            click.echo(str(error), err=True)
            sys.exit(1)


class _Loaded(UserDict[str, Any]):
    """Commands by name, each loaded when it is asked for."""

    def __getitem__(self, key: str) -> Any:
        module, _, name = self.data[key].partition(":")
        return getattr(import_module(f"app.cli.{module}"), name)
