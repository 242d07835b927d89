"""Suppliers and rankings; service providers with contracts, jobs, ratings, appeals, badges; goods of orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("orders", sa.Column("sku_ids", JSON, nullable=True))
    _add_suppliers()
    _add_providers()


def _add_suppliers() -> None:
    op.create_table(
        "supplier_rank",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("supplier_id", sa.String(length=200), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_count", sa.Integer(), nullable=False),
        sa.Column("due_count", sa.Integer(), nullable=False),
        sa.Column("met_count", sa.Integer(), nullable=False),
        sa.Column("oversold_count", sa.Integer(), nullable=False),
        sa.Column("sales_fen", sa.BigInteger(), nullable=False),
        sa.Column("fulfilment_bp", sa.Integer(), nullable=True),
        sa.Column("sales_place_bp", sa.Integer(), nullable=True),
        sa.Column("score_bp", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("pool_count", sa.Integer(), nullable=False),
        sa.Column("rank_bp", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=True),
        sa.Column("rules_snapshot", sa.String(length=80), nullable=False),
        sa.Column("is_newest", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_rank")),
        sa.UniqueConstraint("shop_id", "supplier_id", "day", name=op.f("uq_supplier_rank_shop_id_supplier_id_day")),
    )
    op.create_index(
        "ix_supplier_rank_is_newest_shop_id_supplier_id",
        "supplier_rank",
        ["is_newest", "shop_id", "supplier_id"],
        unique=False,
    )
    op.create_index("ix_supplier_rank_shop_id_day", "supplier_rank", ["shop_id", "day"], unique=False)
    op.create_table(
        "suppliers",
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("serves", sa.String(length=32), nullable=True),
        sa.Column("assigned_tier", sa.String(length=16), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exclusive_line", sa.Boolean(), nullable=True),
        sa.Column("daily_capacity_count", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_suppliers_shop_id_subject_order_id")),
    )
    op.create_index("ix_suppliers_shop_id_order_id", "suppliers", ["shop_id", "order_id"], unique=False)


def _add_providers() -> None:
    op.create_table(
        "provider_badge",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.String(length=340), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=128), nullable=False),
        sa.Column("granted_why", sa.Text(), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=128), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_badge")),
        sa.UniqueConstraint("standing", name=op.f("uq_provider_badge_standing")),
    )
    op.create_index("ix_provider_badge_shop_id_provider_id", "provider_badge", ["shop_id", "provider_id"], unique=False)
    op.create_table(
        "provider_jobs",
        sa.Column("provider_id", sa.String(length=200), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_score", sa.BigInteger(), nullable=True),
        sa.Column("innovation_score", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_jobs")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_provider_jobs_shop_id_subject_order_id")),
    )
    op.create_index(
        "ix_provider_jobs_shop_id_provider_id_done_at",
        "provider_jobs",
        ["shop_id", "provider_id", "done_at"],
        unique=False,
    )
    op.create_table(
        "provider_rating",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=False),
        sa.Column("occasion", sa.String(length=64), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rated_by", sa.String(length=128), nullable=False),
        sa.Column("service_score", sa.Integer(), nullable=True),
        sa.Column("fulfilment_score", sa.Integer(), nullable=True),
        sa.Column("innovation_score", sa.Integer(), nullable=True),
        sa.Column("sample_count", sa.Integer(), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=1), nullable=True),
        sa.Column("grade_before", sa.String(length=1), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("held_by", sa.String(length=200), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.Column("rules_snapshot", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_rating")),
        sa.UniqueConstraint(
            "shop_id", "provider_id", "occasion", name=op.f("uq_provider_rating_shop_id_provider_id_occasion")
        ),
    )
    op.create_index(
        "ix_provider_rating_shop_id_provider_id_in_force_at",
        "provider_rating",
        ["shop_id", "provider_id", "in_force_at"],
        unique=False,
    )
    op.create_table(
        "providers",
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("provider_type", sa.String(length=16), nullable=True),
        sa.Column("license_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreement_ref", sa.String(length=200), nullable=True),
        sa.Column("contract_id", sa.String(length=200), nullable=True),
        sa.Column("contract_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_scopes", JSON, nullable=True),
        sa.Column("data_agreement_ref", sa.String(length=200), nullable=True),
        sa.Column("commission_bp", sa.Integer(), nullable=True),
        sa.Column("commission_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_providers_shop_id_subject_order_id")),
    )
    op.create_index("ix_providers_shop_id_order_id", "providers", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "provider_appeal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=False),
        sa.Column("rating_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence_ref", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["provider_rating.id"], name=op.f("fk_provider_appeal_rating_id_provider_rating")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_appeal")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_provider_appeal_rating_id")),
    )
    op.create_index("ix_provider_appeal_state_due_at", "provider_appeal", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_column("orders", "sku_ids")
    op.drop_index("ix_provider_appeal_state_due_at", table_name="provider_appeal")
    op.drop_table("provider_appeal")
    op.drop_index("ix_suppliers_shop_id_order_id", table_name="suppliers")
    op.drop_table("suppliers")
    op.drop_index("ix_supplier_rank_shop_id_day", table_name="supplier_rank")
    op.drop_index("ix_supplier_rank_is_newest_shop_id_supplier_id", table_name="supplier_rank")
    op.drop_table("supplier_rank")
    op.drop_index("ix_providers_shop_id_order_id", table_name="providers")
    op.drop_table("providers")
    op.drop_index("ix_provider_rating_shop_id_provider_id_in_force_at", table_name="provider_rating")
    op.drop_table("provider_rating")
    op.drop_index("ix_provider_jobs_shop_id_provider_id_done_at", table_name="provider_jobs")
    op.drop_table("provider_jobs")
    op.drop_index("ix_provider_badge_shop_id_provider_id", table_name="provider_badge")
    op.drop_table("provider_badge")
