"""The command line: ``weiheng``. Exit codes: 0 done, 1 found problems, 2 wrong usage."""

from __future__ import annotations

import os
import sys

import click

from app.cli import (
    access,
    audit_log,
    backtest,
    campaigns,
    claims,
    compare,
    coverage,
    dead_letters,
    definitions,
    doctor,
    events,
    figures,
    fund,
    funnel,
    inbound,
    inquiry,
    live,
    month,
    officers,
    providers,
    rescreen,
    reviewer,
    score,
    screen,
    serving,
    sign_offs,
    suppliers,
    tiering,
    traffic,
    vault,
    webhooks,
    why,
    wordlist_refresh,
)
from app.errors import AppError
from app.logs import configure_logs
from app.settings import masked, read_settings


class _Friendly(click.Group):
    """Turns our own errors into a message and exit code 1 instead of a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(context)
        except AppError as error:
            click.echo(str(error), err=True)
            sys.exit(1)


@click.group(cls=_Friendly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="weiheng")
def main() -> None:
    """Weiheng 微衡: compliance and risk control for video commerce."""
    configure_logs("WARNING")


@main.command("settings")
def show_settings() -> None:
    """Print the settings in force, secrets masked."""
    for name, value in masked(read_settings(os.environ)).items():
        click.echo(f"{name}={value}")


for _command in (sign_offs.list_unsigned, sign_offs.sign_off, why.rules_why, coverage.rules_coverage):
    definitions.rules.add_command(_command)

for _command in (
    wordlist_refresh.refresh,
    wordlist_refresh.sources,
    wordlist_refresh.export,
    wordlist_refresh.feedback,
    wordlist_refresh.manifest,
):
    definitions.wordlists.add_command(_command)

for _command in (
    serving.serve,
    serving.worker,
    serving.db,
    access.api_key,
    officers.officers,
    audit_log.audit,
    definitions.rules,
    definitions.wordlists,
    screen.screen,
    rescreen.rescreen,
    score.score,
    compare.compare,
    vault.vault,
    campaigns.campaigns,
    claims.claims,
    fund.fund,
    inbound.inbound,
    inquiry.inquiry,
    inquiry.report,
    events.events,
    live.live,
    suppliers.suppliers,
    providers.providers,
    reviewer.reviewer,
    tiering.tiering,
    funnel.funnel,
    figures.figures,
    traffic.demo,
    dead_letters.dead_letters,
    webhooks.webhooks,
    doctor.doctor,
):
    main.add_command(_command)
definitions.rules.add_command(backtest.backtest)
traffic.demo.add_command(month.month)
