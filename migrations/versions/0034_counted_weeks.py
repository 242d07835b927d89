"""Weeks that are over get the sums that the dashboard reads a quarter of a year from."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

CHINA, WEEK = ZoneInfo("Asia/Shanghai"), timedelta(days=7)
COUNTS = sa.table(
    "figure_count",
    *(sa.column(name, sa.String()) for name in ("grain", "figure", "shop_id", "key", "side")),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("count", sa.BigInteger()),
)
MARK = sa.table("figure_mark", sa.column("id", sa.String()), sa.column("through_at", sa.DateTime(timezone=True)))


def upgrade() -> None:
    connection = op.get_bind()
    through = connection.scalar(sa.select(MARK.c.through_at))
    first = connection.scalar(sa.select(sa.func.min(COUNTS.c.at)).where(COUNTS.c.grain == "day"))
    if through is None or first is None:
        return
    begins = _monday(first)
    while begins + WEEK <= _aware(through):
        _add_up(connection, begins)
        begins += WEEK


def _add_up(connection: sa.Connection, begins: datetime) -> None:
    same = [COUNTS.c[name] for name in ("figure", "shop_id", "key", "side")]
    within = (COUNTS.c.grain == "day") & (COUNTS.c.at >= begins) & (COUNTS.c.at < begins + WEEK)
    at = sa.bindparam("week", begins, type_=sa.DateTime(timezone=True))
    summed = sa.select(sa.literal("week"), at, *same, sa.cast(sa.func.sum(COUNTS.c.count), sa.BigInteger()))
    into = ["grain", "at", *(column.name for column in same), "count"]
    connection.execute(sa.insert(COUNTS).from_select(into, summed.where(within).group_by(*same)))


def _monday(at: datetime) -> datetime:
    day = _aware(at).astimezone(CHINA)
    monday = day.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=day.weekday())
    return monday.astimezone(UTC)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def downgrade() -> None:
    op.execute("DELETE FROM figure_count WHERE grain = 'week'")
