"""The navigation beside every page: its groups and links, and to whom each is offered."""

from __future__ import annotations

from typing import TypeAlias

from flask import request
from flask_login import current_user

from app.web.console import (
    audit_pages,
    backtest_pages,
    officer_pages,
    people_pages,
    stuck_pages,
    webhook_pages,
)

Link: TypeAlias = tuple[str, str, str, tuple[str, ...]]
_PEOPLE = ("console.people", "console.person", "console.search_people", "console.reveal_person", "console.erase_person")
_RULES = (
    "console.rules",
    "console.decide_candidate",
    "console.rules_version",
    "console.roll_back_rules",
    "console.rule",
    "console.reset_rule",
    "console.edit_rule",
    "console.edit_parameter",
    "console.edit_pack",
)
_WORDLISTS = (
    "console.wordlists",
    "console.decide_wordlists",
    "console.wordlists_version",
    "console.roll_back_wordlists",
)
_BACKTESTS = ("console.backtests", "console.backtest", "console.start_backtest")
# Group, then its pages: words, icon, endpoint, and the endpoints under which the link is the current one.
_NAVIGATION: tuple[tuple[str, tuple[Link, ...]], ...] = (
    (
        "nav.review",
        (
            ("nav.cases", "cases", "console.cases", ("console.cases", "console.case", "console.mentions")),
            ("nav.live", "live", "console.live", ("console.live", "console.live_room")),
            ("nav.appeals", "review", "console.appeals", ("console.appeals",)),
            (
                "nav.quality",
                "holds",
                "console.quality",
                ("console.quality", "console.second_review", "console.training"),
            ),
            ("nav.dashboard", "chart", "console.dashboard", ("console.dashboard",)),
            ("nav.reviewers", "rules", "console.reviewers", ("console.reviewers",)),
            ("nav.roster", "people", "console.roster", ("console.roster",)),
        ),
    ),
    (
        "nav.operations",
        (("nav.campaigns", "label", "console.campaigns", ("console.campaigns", "console.campaign")),),
    ),
    (
        "nav.money",
        (
            ("nav.claims", "money", "console.claims", ("console.claims", "console.claim", "console.decide_claim")),
            ("nav.stuck", "late", "console.stuck", ("console.stuck", "console.decide_letter", "console.lift_freeze")),
        ),
    ),
    (
        "nav.partners",
        (
            ("nav.suppliers", "chain", "console.suppliers", ("console.suppliers", "console.supplier")),
            ("nav.providers", "partners", "console.providers", ("console.providers", "console.provider")),
        ),
    ),
    (
        "nav.registry",
        (
            ("nav.evidence", "shield", "console.evidence", ("console.evidence", "console.evidence_piece")),
            ("nav.notices", "docs", "console.notices", ("console.notices", "console.notice")),
        ),
    ),
    (
        "nav.definitions",
        (
            ("nav.rules", "rules", "console.rules", _RULES),
            ("nav.backtests", "chart", "console.backtests", _BACKTESTS),
            ("nav.sign_offs", "decided", "console.sign_offs", ("console.sign_offs",)),
            ("nav.wordlists", "label", "console.wordlists", _WORDLISTS),
            ("nav.wordings", "docs", "console.wordings", ("console.wordings", "console.propose_wording")),
        ),
    ),
    (
        "nav.customers",
        (
            ("nav.segments", "layers", "console.segments", ("console.segments", "console.find_segment")),
            ("nav.funnel", "funnel", "console.funnel", ("console.funnel",)),
            ("nav.what_if", "chart", "console.what_if", ("console.what_if",)),
        ),
    ),
    ("nav.privacy", (("nav.people", "mask", "console.people", _PEOPLE),)),
    ("nav.records", (("nav.audit", "decided", "console.audit", ("console.audit", "console.audit_row")),)),
    (
        "nav.settings",
        (
            ("nav.webhooks", "out", "console.webhooks", ("console.webhooks", "console.webhook")),
            ("nav.officers", "people", "console.officers", ("console.officers", "console.create_officer")),
            ("nav.account", "shield", "console.account", ("console.account",)),
        ),
    ),
    ("nav.help", (("nav.docs", "docs", "openapi.openapi", ()),)),
)
_READERS = {
    "console.backtests": backtest_pages.READERS,
    "console.people": people_pages.READERS,
    "console.audit": audit_pages.READERS,
    "console.officers": officer_pages.READERS,
    "console.stuck": stuck_pages.READERS,
    "console.webhooks": webhook_pages.READERS,
}  # by endpoint; every role may open the others


def navigation() -> list[tuple[str, list[Link]]]:
    """The navigation of the officer who looks: a page their roles do not open is not offered."""
    grants = current_user.caller.grants
    offered = [
        (group, [link for link in links if not (readers := _READERS.get(link[2])) or grants & readers])
        for group, links in _NAVIGATION
    ]
    return [(group, links) for group, links in offered if links]


def endpoint_shown() -> str:
    """What the navigation marks as the current page: contested cases are a filter of the list and have a link, too."""
    is_appeals = request.endpoint == "console.cases" and request.args.get("state") == "appealed"
    return "console.appeals" if is_appeals else request.endpoint or ""
