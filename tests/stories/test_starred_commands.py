"""What people write in their own words on the command line is kept with the personal data in it starred."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from app.cli import main
from app.cli.free_text import FREE_TEXT

WORDS = {"reason", "note", "basis", "signed_by", "display_name"}


def options(command, path=()):
    """Every option of every command, with the words that lead to it."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from options(below, (*path, name))
        return
    for each in command.params:
        if isinstance(each, click.Option):
            yield (*path, each.name), each


FREE = {path: option for path, option in options(main) if path[-1] in WORDS}


def test_reasons_notes_and_names_of_every_command_are_free_texts():
    assert {path for path, option in FREE.items() if option.type is not FREE_TEXT} == set()
    assert len(FREE) == 25


@pytest.mark.parametrize(
    ("written", "kept"), [("已与 13900001234 核对", "已与 139****1234 核对"), ("核对过 3 次", "核对过 3 次"), ("", "")]
)
def test_a_free_text_is_starred_before_the_command_sees_it(written, kept):
    @click.command()
    @click.option("--reason", type=FREE_TEXT)
    def command(reason):
        click.echo(reason)

    assert CliRunner().invoke(command, ["--reason", written]).output == kept + "\n"
