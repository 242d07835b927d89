"""``weiheng settings``: what is in force on this machine."""

from __future__ import annotations

import os

import click

from app.settings import masked, read_settings


@click.command("settings")
def show_settings() -> None:
    """Print the settings in force, secrets masked."""
    for name, value in masked(read_settings(os.environ)).items():
        click.echo(f"{name}={value}")
