"""Money: the ledger, claims, payouts, stops, agreements, the platform's bills; postings that only grow."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ONLY_GROW = ("posting", "claim_step", "ledger_period")
KEPT = (*ONLY_GROW, "ledger_account")


def _sqlite_guards() -> None:
    forbidden = [(table, "UPDATE") for table in ONLY_GROW] + [(table, "DELETE") for table in KEPT]
    for table, deed in forbidden:
        op.execute(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        )
    op.execute(
        "CREATE TRIGGER posting_no_replace BEFORE INSERT ON posting"
        " WHEN EXISTS (SELECT 1 FROM posting WHERE id = NEW.id)"
        " BEGIN SELECT RAISE(ABORT, 'posting only grows'); END"
    )


def _postgresql_guards() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        deeds = "UPDATE OR DELETE" if table in ONLY_GROW else "DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE {deeds} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def upgrade() -> None:
    op.create_table(
        "bill_difference",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=128), nullable=False),
        sa.Column("payout_id", sa.String(length=32), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=128), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_difference")),
        sa.UniqueConstraint("kind", "about", name=op.f("uq_bill_difference_kind_about")),
    )
    op.create_index(
        "ix_bill_difference_resolved_at_opened_at", "bill_difference", ["resolved_at", "opened_at"], unique=False
    )
    op.create_table(
        "bill_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_bill_file_digest")),
    )
    op.create_index("ix_bill_file_channel_day", "bill_file", ["channel", "day"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("item", sa.String(length=128), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.String(length=64), nullable=True),
        sa.Column("claimant", sa.String(length=80), nullable=True),
        sa.Column("opened_by", sa.String(length=128), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settles_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("waits_for", JSON, nullable=False),
        sa.Column("basis", JSON, nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=True),
        sa.Column("approved_by", sa.String(length=128), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payouts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=False),
        sa.Column("excluded_by", sa.String(length=36), nullable=True),
        sa.Column("exonerated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_claim_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("shop_id", "order_id", "item", "cause", name=op.f("uq_claim_shop_id_order_id_item_cause")),
    )
    op.create_index("ix_claim_claimant_opened_at", "claim", ["claimant", "opened_at"], unique=False)
    op.create_index("ix_claim_opened_at_id", "claim", ["opened_at", "id"], unique=False)
    op.create_index("ix_claim_shop_id_opened_at", "claim", ["shop_id", "opened_at"], unique=False)
    op.create_index("ix_claim_state_opened_at_id", "claim", ["state", "opened_at", "id"], unique=False)
    op.create_index("ix_claim_state_settles_at", "claim", ["state", "settles_at"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("code", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("normal", sa.String(length=6), nullable=False),
        sa.Column("may_overdraw", sa.Boolean(), nullable=False),
        sa.Column("debits_fen", sa.BigInteger(), nullable=False),
        sa.Column("credits_fen", sa.BigInteger(), nullable=False),
        sa.Column("pending_debits_fen", sa.BigInteger(), nullable=False),
        sa.Column("pending_credits_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "may_overdraw OR (normal = 'debit' AND debits_fen - credits_fen - pending_credits_fen >= 0)"
            " OR (normal = 'credit' AND credits_fen - debits_fen - pending_debits_fen >= 0)",
            name=op.f("ck_ledger_account_covered"),
        ),
        sa.CheckConstraint("normal IN ('debit', 'credit')", name=op.f("ck_ledger_account_normal")),
        sa.CheckConstraint(
            "debits_fen >= 0 AND credits_fen >= 0 AND pending_debits_fen >= 0 AND pending_credits_fen >= 0",
            name=op.f("ck_ledger_account_totals"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("org_id", "code", name=op.f("uq_ledger_account_org_id_code")),
    )
    op.create_table(
        "ledger_period",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("balances", JSON, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_ledger_period")),
    )
    op.create_table(
        "merchant_agreement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("management", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("refund", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=128), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_agreement")),
    )
    op.create_index(
        "ix_merchant_agreement_shop_id_valid_from", "merchant_agreement", ["shop_id", "valid_from"], unique=False
    )
    op.create_table(
        "order_compensation",
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=False),
        sa.Column("granted_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("granted_fen >= 0 AND granted_fen <= cap_fen", name=op.f("ck_order_compensation_cap")),
        sa.PrimaryKeyConstraint("order_id", "shop_id", name=op.f("pk_order_compensation")),
    )
    op.create_table(
        "payout_stop",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.Column("thrown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thrown_by", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_stop")),
    )
    op.create_index("ix_payout_stop_lifted_at", "payout_stop", ["lifted_at"], unique=False)
    op.create_table(
        "bill_line",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("flow_no", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("matched_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["bill_file.id"], name=op.f("fk_bill_line_file_id_bill_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_line")),
        sa.UniqueConstraint("channel", "flow_no", name=op.f("uq_bill_line_channel_flow_no")),
    )
    op.create_index("ix_bill_line_reference", "bill_line", ["reference"], unique=False)
    op.create_table(
        "claim_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_step_claim_id_claim")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_step")),
    )
    op.create_index("ix_claim_step_claim_id_at", "claim_step", ["claim_id", "at"], unique=False)
    op.create_table(
        "payout",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel_ref", sa.String(length=128), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_payout_claim_id_claim")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("claim_id", "number", name=op.f("uq_payout_claim_id_number")),
    )
    op.create_index("ix_payout_day_is_automatic", "payout", ["day", "is_automatic"], unique=False)
    op.create_index("ix_payout_state_sent_at", "payout", ["state", "sent_at"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("debit_account_id", sa.String(length=36), nullable=False),
        sa.Column("credit_account_id", sa.String(length=36), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("pending_id", sa.String(length=128), nullable=True),
        sa.Column("reverses_id", sa.String(length=128), nullable=True),
        sa.Column("refused", sa.String(length=32), nullable=True),
        sa.Column("claim_id", sa.String(length=36), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(phase IN ('posted', 'voided')) = (pending_id IS NOT NULL)", name=op.f("ck_posting_ends_pending")
        ),
        sa.CheckConstraint("phase IN ('single', 'pending', 'posted', 'voided')", name=op.f("ck_posting_phase")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_posting_amount")),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name=op.f("ck_posting_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_account_id"], ["ledger_account.id"], name=op.f("fk_posting_credit_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(
            ["debit_account_id"], ["ledger_account.id"], name=op.f("fk_posting_debit_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(["pending_id"], ["posting.id"], name=op.f("fk_posting_pending_id_posting")),
        sa.ForeignKeyConstraint(["reverses_id"], ["posting.id"], name=op.f("fk_posting_reverses_id_posting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("pending_id", name=op.f("uq_posting_pending_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_posting_reverses_id")),
    )
    op.create_index("ix_posting_at_id", "posting", ["at", "id"], unique=False)
    op.create_index("ix_posting_claim_id", "posting", ["claim_id"], unique=False)
    op.create_index("ix_posting_credit_account_id_at", "posting", ["credit_account_id", "at"], unique=False)
    op.create_index("ix_posting_debit_account_id_at", "posting", ["debit_account_id", "at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_guards()
    else:
        _postgresql_guards()


def downgrade() -> None:
    op.drop_index("ix_posting_debit_account_id_at", table_name="posting")
    op.drop_index("ix_posting_credit_account_id_at", table_name="posting")
    op.drop_index("ix_posting_claim_id", table_name="posting")
    op.drop_index("ix_posting_at_id", table_name="posting")
    op.drop_table("posting")
    op.drop_index("ix_payout_state_sent_at", table_name="payout")
    op.drop_index("ix_payout_day_is_automatic", table_name="payout")
    op.drop_table("payout")
    op.drop_index("ix_claim_step_claim_id_at", table_name="claim_step")
    op.drop_table("claim_step")
    op.drop_index("ix_bill_line_reference", table_name="bill_line")
    op.drop_table("bill_line")
    op.drop_index("ix_payout_stop_lifted_at", table_name="payout_stop")
    op.drop_table("payout_stop")
    op.drop_table("order_compensation")
    op.drop_index("ix_merchant_agreement_shop_id_valid_from", table_name="merchant_agreement")
    op.drop_table("merchant_agreement")
    op.drop_table("ledger_period")
    op.drop_table("ledger_account")
    op.drop_index("ix_claim_state_settles_at", table_name="claim")
    op.drop_index("ix_claim_state_opened_at_id", table_name="claim")
    op.drop_index("ix_claim_shop_id_opened_at", table_name="claim")
    op.drop_index("ix_claim_opened_at_id", table_name="claim")
    op.drop_index("ix_claim_claimant_opened_at", table_name="claim")
    op.drop_table("claim")
    op.drop_index("ix_bill_file_channel_day", table_name="bill_file")
    op.drop_table("bill_file")
    op.drop_index("ix_bill_difference_resolved_at_opened_at", table_name="bill_difference")
    op.drop_table("bill_difference")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change()")
