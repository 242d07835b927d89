"""``fission.metrics``: the figures of a campaign's invitations are looked at."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="fission.metrics",
    subject="campaign",
    key="campaign_id",
    doc="The figures of a campaign's invitations are looked at.",
    facts=(
        Fact("campaign_id", FactType.TEXT, doc="the campaign; may be left out, it is the subject"),
        Fact("day", FactType.TEXT, doc="which day, in China"),
        Fact("told_invites_per_user_bp", FactType.INT, unit="bp", doc="where invitations are not sent one by one"),
        Fact("told_shared_device_bp", FactType.INT, unit="bp", doc="where invitations are not sent one by one"),
        *looks(
            "past",
            invites_per_user_bp=(FactType.INT, "people brought by one inviter, 10,000 for one; None: no invitations"),
            shared_device_bp=(FactType.INT, "share of new customers on one device with others; None: no devices told"),
            chain_depth_count=(FactType.INT, "longest chain of invitations; None: no invitations"),
        ),
    ),
    occasion=("day",),
)
