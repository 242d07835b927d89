"""``contest.close``: a lottery or contest is over and has winners."""

from __future__ import annotations

from app.events.columns import changes, first, looks
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("contest", "contest_id")
def _contest(state: State, event: Happened) -> None:
    first(state, "closed_at", event.at)
    first(state, "winner_count", len(event.facts["winners"]))


KIND = EventKind(
    name="contest.close",
    subject="contest",
    key="contest_id",
    doc="A lottery or contest is over and has winners.",
    facts=(
        Fact("contest_id", FactType.TEXT, doc="the contest's id; may be left out, it is the subject"),
        Fact(
            "winners",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={
                "ref": FactType.TEXT,
                "prize_fen": FactType.INT,
                "is_staff": FactType.BOOL,
                "is_published": FactType.BOOL,
            },
            doc="who won what; is_staff: staff or a linked account, as far as the shop knows",
        ),
        Fact("archive_until_at", FactType.INSTANT, doc="until when its records are kept; None: not said"),
        *looks(
            "contest",
            type=(FactType.TEXT, "lottery, instant_win, challenge or gift"),
            draw_at=(FactType.INSTANT, "when it was to be drawn"),
            prize_max_fen=(FactType.INT, "worth of the highest prize announced"),
        ),
        *looks("past", staff_winner_count=(FactType.INT, "winners on the contest's list of staff and linked accounts")),
    ),
    updates=(_contest,),
)
