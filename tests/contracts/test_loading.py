"""What a command loads before it does anything: neither the web nor Alembic, for which every command would wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_LOADED = (
    "import sys, {module}; print(*sorted(name for name in sys.modules if name.startswith(('app.web.', 'alembic'))))"
)


def loaded_with(module):
    """The web's modules, and Alembic's, that are there once ``module`` is, in a process of its own."""
    said = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _LOADED.format(module=module)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()


def test_the_command_line_is_there_before_any_call_page_or_migration_is_loaded():
    assert loaded_with("app.cli") == ["app.web.gate"]
