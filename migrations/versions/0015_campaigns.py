"""Campaigns, coupons, contests, stored value and points; figures of goods and buyers by time; who invited whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _add_campaigns()
    _add_contests()
    _add_coupons()
    _add_points_changes()
    _add_stored_values()
    _add_figure_point()
    _add_fission_edge()
    _add_order_columns()


def downgrade() -> None:
    for name in ("customs_released_at", "crossborder", "buyer_age_band"):
        op.drop_column("orders", name)
    for table in (
        "fission_edge",
        "figure_point",
        "stored_values",
        "points_changes",
        "coupons",
        "contests",
        "campaigns",
    ):
        op.drop_table(table)


def _add_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("type", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("carrier", sa.String(length=32), nullable=True),
        sa.Column("sku_id", sa.String(length=200), nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("threshold_fen", sa.BigInteger(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("declared_stock_count", sa.BigInteger(), nullable=True),
        sa.Column("target_gmv_fen", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resets", JSON, nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_campaigns_shop_id_subject_order_id")),
    )
    op.create_index("ix_campaigns_shop_id_created_at", "campaigns", ["shop_id", "created_at"], unique=False)
    op.create_index(
        "ix_campaigns_shop_id_sku_id_starts_at", "campaigns", ["shop_id", "sku_id", "starts_at"], unique=False
    )


def _add_contests() -> None:
    op.create_table(
        "contests",
        sa.Column("campaign_id", sa.String(length=200), nullable=True),
        sa.Column("type", sa.String(length=32), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draw_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prize_max_fen", sa.BigInteger(), nullable=True),
        sa.Column("prize_total_fen", sa.BigInteger(), nullable=True),
        sa.Column("staff", JSON, nullable=True),
        sa.Column("terms", sa.String(length=64), nullable=True),
        sa.Column("terms_changed_count", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_count", sa.Integer(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contests")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_contests_shop_id_subject_order_id")),
    )
    op.create_index("ix_contests_shop_id_campaign_id", "contests", ["shop_id", "campaign_id"], unique=False)


def _add_coupons() -> None:
    op.create_table(
        "coupons",
        sa.Column("campaign_id", sa.String(length=200), nullable=True),
        sa.Column("type", sa.String(length=32), nullable=True),
        sa.Column("threshold_fen", sa.BigInteger(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("valid_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_coupons_shop_id_subject_order_id")),
    )
    op.create_index("ix_coupons_shop_id_campaign_id", "coupons", ["shop_id", "campaign_id"], unique=False)


def _add_points_changes() -> None:
    op.create_table(
        "points_changes",
        sa.Column("type", sa.String(length=16), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_changes")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_points_changes_shop_id_subject_order_id")),
    )
    op.create_index("ix_points_changes_shop_id_order_id", "points_changes", ["shop_id", "order_id"], unique=False)


def _add_stored_values() -> None:
    op.create_table(
        "stored_values",
        sa.Column("person_ref", sa.String(length=200), nullable=True),
        sa.Column("transaction_id", sa.String(length=64), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("bonus_fen", sa.BigInteger(), nullable=True),
        sa.Column("spends", JSON, nullable=True),
        sa.Column("spent_fen", sa.BigInteger(), nullable=True),
        sa.Column("refund_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_answer", sa.String(length=16), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_values")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_stored_values_shop_id_subject_order_id")),
    )
    op.create_index(
        "ix_stored_values_shop_id_transaction_id", "stored_values", ["shop_id", "transaction_id"], unique=False
    )


def _add_figure_point() -> None:
    op.create_table(
        "figure_point",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("about", sa.String(length=240), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("event_pk", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["event_pk"], ["event.id"], name=op.f("fk_figure_point_event_pk_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_point")),
        sa.UniqueConstraint("event_pk", "about", "name", name=op.f("uq_figure_point_event_pk_about_name")),
    )
    op.create_index(
        "ix_figure_point_shop_id_about_name_at", "figure_point", ["shop_id", "about", "name", "at"], unique=False
    )


def _add_fission_edge() -> None:
    op.create_table(
        "fission_edge",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("campaign_id", sa.String(length=200), nullable=False),
        sa.Column("inviter_ref", sa.String(length=200), nullable=False),
        sa.Column("invitee_ref", sa.String(length=200), nullable=False),
        sa.Column("device_ref", sa.String(length=200), nullable=True),
        sa.Column("is_new_customer", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_pk", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["event_pk"], ["event.id"], name=op.f("fk_fission_edge_event_pk_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fission_edge")),
        sa.UniqueConstraint("event_pk", name=op.f("uq_fission_edge_event_pk")),
    )
    op.create_index(
        "ix_fission_edge_shop_id_campaign_id_at", "fission_edge", ["shop_id", "campaign_id", "at"], unique=False
    )
    op.create_index(
        "ix_fission_edge_shop_id_campaign_id_invitee_ref",
        "fission_edge",
        ["shop_id", "campaign_id", "invitee_ref"],
        unique=False,
    )


def _add_order_columns() -> None:
    op.add_column("orders", sa.Column("buyer_age_band", sa.String(length=16), nullable=True))
    op.add_column("orders", sa.Column("crossborder", sa.Boolean(), nullable=True))
    op.add_column("orders", sa.Column("customs_released_at", sa.DateTime(timezone=True), nullable=True))
