"""Groups whose commands stand in several modules: ``weiheng rules``, ``wordlists`` and ``demo``."""

from __future__ import annotations

from app.cli import backtest, coverage, definitions, month, sign_offs, traffic, why
from app.cli import wordlist_refresh as refreshing

rules, wordlists, demo = definitions.rules, definitions.wordlists, traffic.demo
for _command in (
    sign_offs.list_unsigned,
    sign_offs.sign_off,
    why.rules_why,
    coverage.rules_coverage,
    backtest.backtest,
):
    rules.add_command(_command)
for _command in (
    refreshing.refresh,
    refreshing.sources,
    refreshing.export,
    refreshing.feedback,
    refreshing.manifest,
):
    wordlists.add_command(_command)
demo.add_command(month.month)
