"""Officers' work on cases: claims, queues, clusters, precedents, marks, bulk deeds, appeals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "bulk_deed",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("officer", sa.String(length=128), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("case_ids", JSON, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_deed")),
    )
    op.create_index("ix_bulk_deed_officer_created_at", "bulk_deed", ["officer", "created_at"], unique=False)
    op.create_table(
        "entity_mark",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("entity_type", sa.String(length=8), nullable=False),
        sa.Column("entity_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_mark")),
    )
    op.create_index("ix_entity_mark_case_id", "entity_mark", ["case_id"], unique=False)
    op.create_index(
        "ix_entity_mark_entity", "entity_mark", ["shop_id", "entity_type", "entity_id", "expires_at"], unique=False
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("officer", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("officer", "name", name=op.f("uq_saved_filter_officer_name")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("offered_by", sa.String(length=128), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appeal_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index("ix_appeal_case_id", "appeal", ["case_id"], unique=False)
    op.create_index("ix_appeal_state_due_at", "appeal", ["state", "due_at"], unique=False)
    op.create_table(
        "case_member",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("content_pk", sa.String(length=36), nullable=False),
        sa.Column("screening_id", sa.String(length=36), nullable=False),
        sa.Column("folded_digest", sa.String(length=80), nullable=False),
        sa.Column("author_id", sa.String(length=200), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_member_case_id_cases")),
        sa.ForeignKeyConstraint(["content_pk"], ["content.id"], name=op.f("fk_case_member_content_pk_content")),
        sa.ForeignKeyConstraint(["screening_id"], ["screening.id"], name=op.f("fk_case_member_screening_id_screening")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_case_member")),
        sa.UniqueConstraint("screening_id", name=op.f("uq_case_member_screening_id")),
    )
    op.create_index("ix_case_member_content_pk", "case_member", ["content_pk"], unique=False)
    op.create_table(
        "case_shingle",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_shingle_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "value", name=op.f("pk_case_shingle")),
    )
    op.create_index("ix_case_shingle_shop_id_value", "case_shingle", ["shop_id", "value"], unique=False)
    op.create_table(
        "note_draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("officer", sa.String(length=128), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_note_draft_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_draft")),
        sa.UniqueConstraint("case_id", "officer", name=op.f("uq_note_draft_case_id_officer")),
    )
    op.create_table(
        "precedent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("folded_digest", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=128), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_precedent_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precedent")),
    )
    op.create_index("ix_precedent_case_id", "precedent", ["case_id"], unique=False)
    op.create_index("ix_precedent_expires_at", "precedent", ["expires_at"], unique=False)
    op.create_index("ix_precedent_shop_id_folded_digest", "precedent", ["shop_id", "folded_digest"], unique=False)
    op.create_table(
        "appeal_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("appeal_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_file_appeal_id_appeal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_file")),
    )
    op.create_index("ix_appeal_file_appeal_id", "appeal_file", ["appeal_id"], unique=False)
    op.add_column("cases", sa.Column("policy", sa.String(length=100), nullable=True))
    op.add_column("cases", sa.Column("suggestion", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("queue", sa.String(length=16), server_default="content", nullable=False))
    op.add_column("cases", sa.Column("author_id", sa.String(length=200), nullable=True))
    op.add_column("cases", sa.Column("amount_fen", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("size", sa.Integer(), server_default="1", nullable=False))
    op.add_column("cases", sa.Column("stamp", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("claimed_by", sa.String(length=128), nullable=True))
    op.add_column("cases", sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("assigned_to", sa.String(length=128), nullable=True))
    op.add_column("cases", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("first_by", sa.String(length=128), nullable=True))
    op.add_column("cases", sa.Column("first_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("first", JSON, nullable=True))
    op.add_column("cases", sa.Column("basis", sa.String(length=80), nullable=True))
    op.add_column("cases", sa.Column("sketch", sa.LargeBinary(), nullable=True))
    op.add_column("cases", sa.Column("bulk_id", sa.String(length=36), nullable=True))
    op.create_index(
        "ix_cases_assigned_to_state_due_at_id", "cases", ["assigned_to", "state", "due_at", "id"], unique=False
    )
    op.create_index(
        "ix_cases_claimed_by_state_due_at_id", "cases", ["claimed_by", "state", "due_at", "id"], unique=False
    )
    op.create_index("ix_cases_decision_opened_at", "cases", ["decision", "opened_at"], unique=False)
    op.create_index("ix_cases_shop_id_author_id", "cases", ["shop_id", "author_id", "opened_at"], unique=False)
    op.create_index("ix_cases_shop_id_opened_at", "cases", ["shop_id", "opened_at"], unique=False)
    op.create_index("ix_cases_state_queue_due_at_id", "cases", ["state", "queue", "due_at", "id"], unique=False)
    op.create_index("ix_cases_state_severity_due_at_id", "cases", ["state", "severity", "due_at", "id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_index("ix_cases_state_severity_due_at_id", table_name="cases")
    op.drop_index("ix_cases_state_queue_due_at_id", table_name="cases")
    op.drop_index("ix_cases_shop_id_opened_at", table_name="cases")
    op.drop_index("ix_cases_shop_id_author_id", table_name="cases")
    op.drop_index("ix_cases_decision_opened_at", table_name="cases")
    op.drop_index("ix_cases_claimed_by_state_due_at_id", table_name="cases")
    op.drop_index("ix_cases_assigned_to_state_due_at_id", table_name="cases")
    op.drop_column("cases", "bulk_id")
    op.drop_column("cases", "sketch")
    op.drop_column("cases", "basis")
    op.drop_column("cases", "first")
    op.drop_column("cases", "first_at")
    op.drop_column("cases", "first_by")
    op.drop_column("cases", "held_until")
    op.drop_column("cases", "assigned_to")
    op.drop_column("cases", "claimed_until")
    op.drop_column("cases", "claimed_by")
    op.drop_column("cases", "stamp")
    op.drop_column("cases", "size")
    op.drop_column("cases", "amount_fen")
    op.drop_column("cases", "author_id")
    op.drop_column("cases", "queue")
    op.drop_column("cases", "suggestion")
    op.drop_column("cases", "policy")
    op.drop_index("ix_appeal_file_appeal_id", table_name="appeal_file")
    op.drop_table("appeal_file")
    op.drop_index("ix_precedent_shop_id_folded_digest", table_name="precedent")
    op.drop_index("ix_precedent_expires_at", table_name="precedent")
    op.drop_index("ix_precedent_case_id", table_name="precedent")
    op.drop_table("precedent")
    op.drop_table("note_draft")
    op.drop_index("ix_case_shingle_shop_id_value", table_name="case_shingle")
    op.drop_table("case_shingle")
    op.drop_index("ix_case_member_content_pk", table_name="case_member")
    op.drop_table("case_member")
    op.drop_index("ix_appeal_state_due_at", table_name="appeal")
    op.drop_index("ix_appeal_case_id", table_name="appeal")
    op.drop_table("appeal")
    op.drop_table("saved_filter")
    op.drop_index("ix_entity_mark_entity", table_name="entity_mark")
    op.drop_index("ix_entity_mark_case_id", table_name="entity_mark")
    op.drop_table("entity_mark")
    op.drop_index("ix_bulk_deed_officer_created_at", table_name="bulk_deed")
    op.drop_table("bulk_deed")
    # ### end Alembic commands ###
