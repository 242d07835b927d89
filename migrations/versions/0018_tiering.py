"""Customer tiering: segments, moves and runs under pseudonyms; quoted prices; the index that adds customers up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KEY, NAME, DIGEST = sa.String(length=36), sa.String(length=128), sa.String(length=80)
PSEUDONYM, SEGMENT = sa.String(length=32), sa.String(length=12)
BY_BUYER = ["shop_id", "buyer_ref", "paid_at", "paid_fen", "refunded_fen", "cancelled_at", "fully_refunded_at"]


def _column(name: str, type_: object, *, null: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    op.drop_index("ix_orders_shop_id_buyer_ref_paid_at", table_name="orders")
    op.create_index("ix_orders_by_buyer", "orders", BY_BUYER, unique=False)
    op.create_index("ix_orders_shop_id_updated_at", "orders", ["shop_id", "updated_at"], unique=False)
    op.create_table(
        "tier_run",
        _column("id", KEY),
        _column("org_id", NAME),
        _column("shop_id", NAME),
        _column("state", SEGMENT),
        _column("as_of", INSTANT),
        _column("read_at", INSTANT),
        _column("finished_at", INSTANT, null=True),
        _column("is_full", sa.Boolean()),
        _column("asked_by", NAME),
        _column("terms", JSON),
        _column("terms_digest", DIGEST),
        _column("looked_at_count", sa.Integer()),
        _column("moved_count", sa.Integer()),
        _column("counts", JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_run")),
    )
    op.create_index("ix_tier_run_shop_id_as_of", "tier_run", ["shop_id", "as_of"], unique=False)
    _add_segments()
    _add_quotes()


def _add_segments() -> None:
    known = ("weekly_interaction_count", "followed_brand_count", "first_order_rate_bp", "average_browse_seconds")
    op.create_table(
        "person_segment",
        _column("shop_id", NAME),
        _column("person", PSEUDONYM),
        _column("segment", SEGMENT),
        _column("since_at", INSTANT),
        _column("first_segment", SEGMENT),
        _column("first_at", INSTANT),
        _column("last_paid_at", INSTANT, null=True),
        _column("first_paid_at", INSTANT, null=True),
        _column("order_count", sa.Integer()),
        _column("spend_fen", sa.BigInteger()),
        _column("monthly_spend_fen", sa.BigInteger()),
        *(_column(name, sa.BigInteger(), null=True) for name in known),
        *(_column(f"{name}_score", sa.Integer(), null=True) for name in ("recency", "frequency", "monetary")),
        sa.PrimaryKeyConstraint("shop_id", "person", name=op.f("pk_person_segment")),
    )
    op.create_index(
        "ix_person_segment_shop_id_segment_person", "person_segment", ["shop_id", "segment", "person"], unique=False
    )
    op.create_table(
        "segment_move",
        _column("id", KEY),
        _column("shop_id", NAME),
        _column("person", PSEUDONYM),
        _column("from_segment", SEGMENT),
        _column("to_segment", SEGMENT),
        _column("at", INSTANT),
        _column("run_id", KEY),
        _column("figures", JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_move")),
    )
    op.create_index("ix_segment_move_shop_id_at", "segment_move", ["shop_id", "at"], unique=False)
    op.create_index("ix_segment_move_shop_id_person_at", "segment_move", ["shop_id", "person", "at"], unique=False)


def _add_quotes() -> None:
    op.create_table(
        "quotes",
        _column("id", KEY),
        _column("org_id", NAME),
        _column("shop_id", NAME),
        _column("order_id", sa.String(length=200)),
        _column("subject", sa.String(length=200)),
        _column("version", sa.Integer()),
        _column("updated_at", INSTANT),
        _column("sku_id", sa.String(length=200), null=True),
        _column("quoted_at", INSTANT, null=True),
        _column("person_ref", sa.String(length=200), null=True),
        _column("quantity", sa.BigInteger(), null=True),
        _column("region", sa.String(length=64), null=True),
        _column("public_condition", sa.String(length=200), null=True),
        _column("tier", sa.String(length=32), null=True),
        _column("device", sa.String(length=64), null=True),
        _column("payable_fen", sa.BigInteger(), null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_quotes_shop_id_subject_order_id")),
    )
    op.create_index("ix_quotes_shop_id_order_id", "quotes", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_quotes_shop_id_sku_id_quoted_at", "quotes", ["shop_id", "sku_id", "quoted_at"], unique=False)


def downgrade() -> None:
    for table in ("quotes", "segment_move", "person_segment", "tier_run"):
        op.drop_table(table)
    op.drop_index("ix_orders_shop_id_updated_at", table_name="orders")
    op.drop_index("ix_orders_by_buyer", table_name="orders")
    op.create_index("ix_orders_shop_id_buyer_ref_paid_at", "orders", ["shop_id", "buyer_ref", "paid_at"], unique=False)
