"""What a command loads before it does anything: only what it needs itself, for which it would wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from app.cli import COMMANDS, main

_LOADED = """
import sys, {module}
print(*sorted(name for name in sys.modules if name.startswith({names}) and name not in {but}))
"""


def loaded_with(module, names, but=()):
    """The modules, of those whose names begin so, that are there once ``module`` is, in a process of its own."""
    said = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _LOADED.format(module=module, names=names, but=but)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()


def test_the_help_is_there_before_anything_is_loaded():
    known = ("app.cli", "app.cli.lazy_group", "app.errors")
    assert loaded_with("app.cli", ("app.", "sqlalchemy", "numpy"), known) == []


def test_no_command_loads_calls_pages_or_migrations():
    modules = sorted({place.partition(":")[0] for place, _ in COMMANDS.values()})
    every = ", ".join(f"app.cli.{module}" for module in modules)
    assert loaded_with(every, ("app.web.", "alembic"), ("app.web.gate",)) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_says_of_a_command_what_it_says_itself(name):
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert COMMANDS[name][1] == command.get_short_help_str(limit=1_000)
