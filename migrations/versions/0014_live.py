"""Live rooms: rooms, hosts, flags, gifts, engagements as events make them; what was heard, in sealed pieces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("live_rooms", "live_hosts", "live_flags", "live_gifts", "engagements", "live_stream", "live_speech")


def upgrade() -> None:
    _live_rooms()
    _live_hosts()
    _live_flags()
    _live_gifts()
    _engagements()
    _live_stream()
    _live_speech()


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)


def _live_rooms() -> None:
    op.create_table(
        "live_rooms",
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("host_refs", JSON, nullable=True),
        sa.Column("virtual_background", sa.Boolean(), nullable=True),
        sa.Column("digital_human", sa.Boolean(), nullable=True),
        sa.Column("operator_shown", sa.Boolean(), nullable=True),
        sa.Column("operator_missing_count", sa.Integer(), nullable=True),
        sa.Column("explicit_label", sa.Boolean(), nullable=True),
        sa.Column("implicit_label", sa.Boolean(), nullable=True),
        sa.Column("prechecked_count", sa.Integer(), nullable=True),
        sa.Column("last_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk_id", sa.String(length=200), nullable=True),
        sa.Column("pk_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flag_count", sa.Integer(), nullable=True),
        sa.Column("corrected_count", sa.Integer(), nullable=True),
        sa.Column("replay_kept_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("interactions_kept_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_rooms")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_live_rooms_shop_id_subject_order_id")),
    )
    op.create_index("ix_live_rooms_shop_id_started_at", "live_rooms", ["shop_id", "started_at"], unique=False)


def _live_hosts() -> None:
    op.create_table(
        "live_hosts",
        sa.Column("is_verified", sa.Boolean(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("age_band", sa.String(length=16), nullable=True),
        sa.Column("guardian_consent", sa.Boolean(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_hosts")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_live_hosts_shop_id_subject_order_id")),
    )


def _live_flags() -> None:
    op.create_table(
        "live_flags",
        sa.Column("room_id", sa.String(length=200), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("speaker", sa.String(length=64), nullable=True),
        sa.Column("wordlist", sa.String(length=128), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("word", sa.String(length=200), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("is_in_pk", sa.Boolean(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_by", sa.String(length=16), nullable=True),
        sa.Column("corrected_sequence", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_flags")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_live_flags_shop_id_subject_order_id")),
    )
    op.create_index(
        "ix_live_flags_shop_id_room_id_said_at", "live_flags", ["shop_id", "room_id", "said_at"], unique=False
    )


def _live_gifts() -> None:
    op.create_table(
        "live_gifts",
        sa.Column("room_id", sa.String(length=200), nullable=True),
        sa.Column("payer_ref", sa.String(length=200), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_gifts")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_live_gifts_shop_id_subject_order_id")),
    )
    op.create_index(
        "ix_live_gifts_shop_id_payer_ref_given_at", "live_gifts", ["shop_id", "payer_ref", "given_at"], unique=False
    )


def _engagements() -> None:
    op.create_table(
        "engagements",
        sa.Column("action", sa.String(length=16), nullable=True),
        sa.Column("target", sa.String(length=200), nullable=True),
        sa.Column("device_ref", sa.String(length=200), nullable=True),
        sa.Column("actor_ref", sa.String(length=200), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_second", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
        sa.UniqueConstraint("shop_id", "subject", "order_id", name=op.f("uq_engagements_shop_id_subject_order_id")),
    )
    op.create_index(
        "ix_engagements_shop_id_device_ref_done_second",
        "engagements",
        ["shop_id", "device_ref", "done_second"],
        unique=False,
    )
    op.create_index(
        "ix_engagements_shop_id_target_action_done_second",
        "engagements",
        ["shop_id", "target", "action", "done_second"],
        unique=False,
    )


def _live_stream() -> None:
    op.create_table(
        "live_stream",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("room_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_count", sa.BigInteger(), nullable=False),
        sa.Column("flag_count", sa.Integer(), nullable=False),
        sa.Column("repeat_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_stream")),
        sa.UniqueConstraint("shop_id", "room_id", name=op.f("uq_live_stream_shop_id_room_id")),
    )
    op.create_index("ix_live_stream_last_at", "live_stream", ["last_at"], unique=False)


def _live_speech() -> None:
    op.create_table(
        "live_speech",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shop_id", sa.String(length=128), nullable=False),
        sa.Column("room_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("utterances", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_speech")),
        sa.UniqueConstraint("shop_id", "room_id", "number", name=op.f("uq_live_speech_shop_id_room_id_number")),
    )
    op.create_index("ix_live_speech_last_at", "live_speech", ["last_at"], unique=False)
    op.create_index(
        "ix_live_speech_shop_id_room_id_last_sequence",
        "live_speech",
        ["shop_id", "room_id", "last_sequence"],
        unique=False,
    )
