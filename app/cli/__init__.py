"""The command line: ``weiheng``. Exit codes: 0 done, 1 found problems, 2 wrong usage."""

from __future__ import annotations

import click

from app.cli.lazy_group import LazyGroup

COMMANDS = {
    "api-key": ("access:api_key", "Keys of machines."),
    "audit": ("audit_log:audit", "The audit log: who did what, in rows that cannot be changed unnoticed."),
    "campaigns": ("campaigns:campaigns", "Campaigns: checked before they start, watched while they run."),
    "claims": ("claims:claims", "Compensation claims."),
    "compare": (
        "compare:compare",
        "Compare past decisions in HISTORY (.csv, .jsonl, .parquet) with ours: agreement, its causes, and samples.",
    ),
    "db": ("serving:db", "The database's shape."),
    "dead-letters": (
        "dead_letters:dead_letters",
        "Inbound messages, questions to platforms, payouts and webhooks that need a person.",
    ),
    "demo": ("several:demo", "A first look without a platform."),
    "doctor": (
        "doctor:doctor",
        "Check settings, machine, database, keys, snapshots, jobs and audit log; change nothing.",
    ),
    "events": ("events:events", "Events of orders and their kin."),
    "figures": ("figures:figures", "看板 · the figures of the dashboard."),
    "fund": ("fund:fund", "The compensation fund and its ledger."),
    "funnel": ("funnel:funnel", "公域获客 → 社群沉淀 → 朋友圈触达 → 小程序成交."),
    "inbound": ("inbound:inbound", "Accounts at the platforms, and what they sent."),
    "inquiry": ("inquiry:inquiry", "Exports for an authority's inquiry (协查)."),
    "live": ("live:live", "Live rooms."),
    "officers": ("officers:officers", "People of the console."),
    "providers": ("providers:providers", "Service providers, their ratings and badges."),
    "report": ("inquiry:report", "Reports of a month."),
    "rescreen": (
        "rescreen:rescreen",
        "Judge an archive again: SOURCES (.txt, .csv, .jsonl, .parquet, or folders of them), or --stored contents.",
    ),
    "reviewer": ("reviewer:reviewer", "The reviewer that learns from officers' decisions."),
    "rules": ("several:rules", "Rule packs."),
    "score": (
        "score:score",
        "Score a text file or --text: information density, emotional appeal, guidance, and what to change.",
    ),
    "screen": (
        "screen:screen",
        "Screen FILE (.txt, .csv, .jsonl, .parquet): the same rows with decision, hits, rules, personal data, advice.",
    ),
    "serve": ("serving:serve", "Serve the API and the console, with worker and scheduler inside."),
    "settings": ("show_settings:show_settings", "Print the settings in force, secrets masked."),
    "suppliers": ("suppliers:suppliers", "Suppliers and their tiers."),
    "tiering": ("tiering:tiering", "Customers in segments: 高价值, 潜力, 新晋."),
    "vault": ("vault:vault", "Personal data: keys, erasures, legal holds, retention."),
    "webhooks": ("webhooks:webhooks", "Who is told of outcomes and alarms, and whether it arrives."),
    "wordlists": ("several:wordlists", "Wordlists."),
    "worker": ("serving:worker", "Work the queue in a process of its own (PostgreSQL)."),
}
"""Of each command the module and the name in it, and what the help says of it."""


@click.group(cls=LazyGroup, members=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="weiheng")
def main() -> None:
    """Weiheng 微衡: compliance and risk control for video commerce."""
    from app.logs import configure_logs  # noqa: PLC0415 - the help needs no logs

    configure_logs("WARNING")
