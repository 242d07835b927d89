"""Events: taken once, typed tables of orders and their kin, decisions, effects, deadlines, feeds; cases about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _add_events()
    _add_subjects()
    _open_cases_to_subjects()


def _add_events() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("root", sa.String(length=240), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint(
            "shop_id", "root", "kind", "name", "subject", name=op.f("uq_deadline_shop_id_root_kind_name_subject")
        ),
    )
    op.create_index("ix_deadline_shop_id_state_due_at", "deadline", ["shop_id", "state", "due_at"], unique=False)
    op.create_index("ix_deadline_state_due_at", "deadline", ["state", "due_at"], unique=False)
    op.create_table(
        "effect",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("root", sa.String(length=240), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("pack", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect")),
        sa.UniqueConstraint(
            "shop_id", "subject_type", "subject", "rule", "verb", "number", "occasion", name="uq_effect_natural_key"
        ),
    )
    op.create_index("ix_effect_shop_id_root", "effect", ["shop_id", "root"], unique=False)
    op.create_index("ix_effect_verb_state_opened_at", "effect", ["verb", "state", "opened_at"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("org_id", "source", "event_id", name=op.f("uq_event_org_id_source_event_id")),
    )
    op.create_index("ix_event_shop_id_kind_happened_at", "event", ["shop_id", "kind", "happened_at"], unique=False)
    op.create_index("ix_event_shop_id_received_at", "event", ["shop_id", "received_at"], unique=False)
    op.create_table(
        "event_decision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("root", sa.String(length=240), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("firings", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("rules_snapshot", sa.String(length=80), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_decision")),
    )
    op.create_index("ix_event_decision_shop_id_decided_at", "event_decision", ["shop_id", "decided_at"], unique=False)
    op.create_index("ix_event_decision_shop_id_subject", "event_decision", ["shop_id", "subject"], unique=False)
    op.create_index("ix_event_decision_shop_id_root", "event_decision", ["shop_id", "root"], unique=False)
    op.create_table(
        "event_link",
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("root", sa.String(length=240), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "name", "root", name=op.f("pk_event_link")),
    )
    op.create_table(
        "feed",
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("last_received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_count", sa.BigInteger(), nullable=False),
        sa.Column("stale_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_feed")),
    )
    op.create_table(
        "event_conflict",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_pk", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["event_pk"], ["event.id"], name=op.f("fk_event_conflict_event_pk_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_conflict")),
        sa.UniqueConstraint("event_pk", "digest", name=op.f("uq_event_conflict_event_pk_digest")),
    )
    op.create_table(
        "event_root",
        sa.Column("event_pk", sa.String(length=36), nullable=False),
        sa.Column("root", sa.String(length=240), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["event_pk"], ["event.id"], name=op.f("fk_event_root_event_pk_event")),
        sa.PrimaryKeyConstraint("event_pk", "root", name=op.f("pk_event_root")),
    )
    op.create_index("ix_event_root_shop_id_root", "event_root", ["shop_id", "root"], unique=False)


def _add_subjects() -> None:
    op.create_table(
        "complaints",
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_complaints_shop_id_subject_order_id")),
    )
    op.create_index("ix_complaints_shop_id_order_id", "complaints", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("transaction_id", sa.String(length=64), nullable=True),
        sa.Column("out_trade_no", sa.String(length=64), nullable=True),
        sa.Column("buyer_ref", sa.String(length=200), nullable=True),
        sa.Column("supplier_id", sa.String(length=128), nullable=True),
        sa.Column("supplier_tier", sa.String(length=32), nullable=True),
        sa.Column("merchant_type", sa.String(length=32), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("stock_type", sa.String(length=16), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_fen", sa.BigInteger(), nullable=True),
        sa.Column("delivery_deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("predicted_delivery_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promise_hours", sa.Integer(), nullable=True),
        sa.Column("custom_made", sa.Boolean(), nullable=True),
        sa.Column("no_return_confirmed", sa.Boolean(), nullable=True),
        sa.Column("first_shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_type", sa.String(length=16), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("profit_sharing", sa.Boolean(), nullable=True),
        sa.Column("splits", JSON, nullable=True),
        sa.Column("unfrozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_count", sa.Integer(), nullable=True),
        sa.Column("extensions", JSON, nullable=True),
        sa.Column("urge_count", sa.Integer(), nullable=True),
        sa.Column("urges", JSON, nullable=True),
        sa.Column("after_sales", JSON, nullable=True),
        sa.Column("open_after_sale_count", sa.Integer(), nullable=True),
        sa.Column("refunds", JSON, nullable=True),
        sa.Column("refunded_fen", sa.BigInteger(), nullable=True),
        sa.Column("fully_refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guarantees", JSON, nullable=True),
        sa.Column("guaranteed_fen", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_orders_shop_id_subject_order_id")),
    )
    op.create_index("ix_orders_shop_id_buyer_ref_paid_at", "orders", ["shop_id", "buyer_ref", "paid_at"], unique=False)
    op.create_index("ix_orders_shop_id_paid_at", "orders", ["shop_id", "paid_at"], unique=False)
    op.create_index("ix_orders_shop_id_supplier_id_paid_at", "orders", ["shop_id", "supplier_id", "paid_at"])
    op.create_index("ix_orders_shop_id_transaction_id", "orders", ["shop_id", "transaction_id"], unique=False)
    op.create_table(
        "parcels",
        sa.Column("carrier", sa.String(length=64), nullable=True),
        sa.Column("ship_province", sa.String(length=64), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_trace_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_action", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_parcels_shop_id_subject_order_id")),
    )
    op.create_index("ix_parcels_shop_id_order_id", "parcels", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("type", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("refund_id", sa.String(length=64), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("refunded_fen", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_refunds_shop_id_subject_order_id")),
    )
    op.create_index("ix_refunds_shop_id_order_id", "refunds", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "splits",
        sa.Column("transaction_id", sa.String(length=64), nullable=True),
        sa.Column("platform_order_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("asked_fen", sa.BigInteger(), nullable=True),
        sa.Column("split_fen", sa.BigInteger(), nullable=True),
        sa.Column("returned_fen", sa.BigInteger(), nullable=True),
        sa.Column("return_count", sa.Integer(), nullable=True),
        sa.Column("unfreeze_unsplit", sa.Boolean(), nullable=True),
        sa.Column("receivers", JSON, nullable=True),
        sa.Column("results", JSON, nullable=True),
        sa.Column("returns", JSON, nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_splits")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_splits_shop_id_subject_order_id")),
    )
    op.create_index("ix_splits_shop_id_order_id", "splits", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("ticket_class", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_tickets_shop_id_subject_order_id")),
    )
    op.create_index("ix_tickets_shop_id_order_id", "tickets", ["shop_id", "order_id"], unique=False)


def _open_cases_to_subjects() -> None:
    with op.batch_alter_table("cases") as batch_op:
        batch_op.add_column(sa.Column("subject_type", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("subject", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("natural_key", sa.String(length=300), nullable=True))
        batch_op.alter_column("content_pk", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.alter_column("screening_id", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.alter_column("folded_digest", existing_type=sa.VARCHAR(length=80), nullable=True)
        batch_op.create_index("ix_cases_natural_key", ["natural_key"], unique=True)
        batch_op.create_index("ix_cases_shop_id_subject", ["shop_id", "subject"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cases") as batch_op:
        batch_op.drop_index("ix_cases_shop_id_subject")
        batch_op.drop_index("ix_cases_natural_key")
        batch_op.alter_column("folded_digest", existing_type=sa.VARCHAR(length=80), nullable=False)
        batch_op.alter_column("screening_id", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.alter_column("content_pk", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.drop_column("natural_key")
        batch_op.drop_column("subject")
        batch_op.drop_column("subject_type")
    op.drop_table("event_root")
    op.drop_table("event_conflict")
    op.drop_table("tickets")
    op.drop_table("splits")
    op.drop_table("refunds")
    op.drop_table("parcels")
    op.drop_table("orders")
    op.drop_table("feed")
    op.drop_table("event_link")
    op.drop_table("event_decision")
    op.drop_table("event")
    op.drop_table("effect")
    op.drop_table("deadline")
    op.drop_table("complaints")
