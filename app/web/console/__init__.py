"""The officers' console."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Register the console's pages."""
    assert app
