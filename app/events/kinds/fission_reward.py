"""``fission.reward``: somebody is to be rewarded for what others did."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="fission.reward",
    subject="reward",
    key="reward_id",
    doc="Somebody is to be rewarded for what others did; or the plan of such rewards is checked.",
    facts=(
        Fact("reward_id", FactType.TEXT, doc="the reward's number; may be left out, it is the subject"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign"),
        Fact("beneficiary_ref", FactType.TEXT, doc="opaque reference of who gets it"),
        Fact("source_ref", FactType.TEXT, doc="opaque reference of who did what it is for"),
        Fact("reward_level_count", FactType.INT, unit="count", doc="levels of the plan, as the shop says"),
        Fact(
            "basis",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=("own_order", "direct_invite", "downline_count", "downline_sales"),
            doc="what the amount goes by; direct_invite: each person brought by oneself",
        ),
        Fact("amount_fen", FactType.INT, unit="fen", doc="its worth"),
        Fact("entry_fee_fen", FactType.INT, unit="fen", doc="what has to be paid to take part"),
        Fact("must_buy", FactType.BOOL, doc="something has to be bought to take part"),
        *looks(
            "past",
            reward_level_count=(FactType.INT, "how many invitations lie between both; None: none leads there"),
        ),
    ),
)
