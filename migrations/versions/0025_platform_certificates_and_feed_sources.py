"""Certificates of the platform, fetched; a feed for each source of a shop.

What a shop's feed was so far stands under no source, until the first of them is heard and goes on from there.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
NAME = sa.String(length=128)
_FEED = (
    ("shop_id", NAME, False),
    ("last_received_at", INSTANT, False),
    ("last_happened_at", INSTANT, False),
    ("event_count", sa.BigInteger(), False),
    ("stale_since", INSTANT, True),
    ("fresh_since", INSTANT, True),
)
_MORE = (("source", sa.String(length=200), False), ("tells_orders", sa.Boolean(), False))


# A process of the version before goes on writing feeds while this one takes its place.
_DEFAULTS = {"source": "", "tells_orders": sa.true()}


def _column(name: str, type_: object, *, null: bool = False, default: object = None) -> sa.Column:
    return sa.Column(name, type_, nullable=null, server_default=default)


def upgrade() -> None:
    op.create_table(
        "platform_certificate",
        _column("account", sa.String(length=64)),
        _column("serial", sa.String(length=64)),
        _column("resource", JSON),
        _column("valid_from", INSTANT, null=True),
        _column("valid_until", INSTANT, null=True),
        _column("fetched_at", INSTANT),
        sa.PrimaryKeyConstraint("account", "serial", name=op.f("pk_platform_certificate")),
    )
    rows = [dict(row) for row in _rows(_FEED)]
    _make((*_FEED, *_MORE), ("shop_id", "source"), [row | {"source": "", "tells_orders": True} for row in rows])


def downgrade() -> None:
    """Of a shop's sources the one that was heard last stands for the shop, or that an outage goes on."""
    newest: dict[str, dict] = {}
    for row in _rows((*_FEED, *_MORE)):
        known = newest.get(row["shop_id"])
        if known is None or (row["last_received_at"]) > known["last_received_at"]:
            newest[row["shop_id"]] = {name: row[name] for name, _, _ in _FEED}
    _make(_FEED, ("shop_id",), list(newest.values()))
    op.drop_table("platform_certificate")


def _rows(columns: tuple) -> list:
    table = sa.table("feed", *(sa.column(name, type_) for name, type_, _ in columns))
    return op.get_bind().execute(sa.select(table)).mappings().all()


def _make(columns: tuple, key: tuple[str, ...], rows: list[dict]) -> None:
    op.drop_table("feed")
    made = op.create_table(
        "feed",
        *(_column(name, type_, null=null, default=_DEFAULTS.get(name)) for name, type_, null in columns),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_feed")),
    )
    if rows:
        op.bulk_insert(made, rows)
