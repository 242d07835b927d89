"""Receivers of splits, marks on long lines, cases of claims, lifted freezes, the last check.

Receivers are made from the splits that are there.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
KEY, NAME, DIGEST = sa.String(length=36), sa.String(length=128), sa.String(length=80)
_PORTION = 1_000


def _column(name: str, type_: object, *, null: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=null)


def upgrade() -> None:
    op.create_table(
        "split_receiver",
        _column("id", KEY),
        _column("org_id", NAME),
        _column("shop_id", NAME),
        _column("split", sa.String(length=200)),
        _column("receiver", sa.String(length=300)),
        _column("requested_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_receiver")),
    )
    op.create_index(
        "ix_split_receiver_org_id_receiver_requested_at", "split_receiver", ["org_id", "receiver", "requested_at"]
    )
    op.create_index("ix_split_receiver_shop_id_split", "split_receiver", ["shop_id", "split"])
    _receivers_of_known_splits()
    op.create_table(
        "line_mark",
        _column("shop_id", NAME),
        _column("root", sa.String(length=240)),
        _column("event_count", sa.Integer()),
        _column("last_at", INSTANT),
        _column("last_source", sa.String(length=200)),
        _column("last_id", sa.String(length=200)),
        _column("rows", JSON),
        _column("kinds", DIGEST),
        sa.PrimaryKeyConstraint("shop_id", "root", name=op.f("pk_line_mark")),
    )
    op.create_table(
        "books_check",
        _column("id", sa.String(length=16)),
        _column("checked_at", INSTANT),
        _column("checked_by", NAME),
        _column("took_ms", sa.Integer()),
        _column("findings", JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_check")),
    )
    with op.batch_alter_table("claim") as claim:
        claim.alter_column("order_id", existing_type=NAME, type_=sa.String(length=200), existing_nullable=False)
        claim.add_column(sa.Column("case_id", KEY, nullable=True))
        claim.create_index("ix_claim_case_id", ["case_id"])
    with op.batch_alter_table("order_compensation") as cap:
        cap.alter_column("order_id", existing_type=NAME, type_=sa.String(length=200), existing_nullable=False)
    op.add_column("effect", sa.Column("lifted_by", NAME, nullable=True))
    op.add_column("effect", sa.Column("lifted_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE effect SET state = 'open' WHERE state = 'lifted'")
    op.drop_column("effect", "lifted_reason")
    op.drop_column("effect", "lifted_by")
    with op.batch_alter_table("order_compensation") as cap:
        cap.alter_column("order_id", existing_type=sa.String(length=200), type_=NAME, existing_nullable=False)
    with op.batch_alter_table("claim") as claim:
        claim.drop_index("ix_claim_case_id")
        claim.drop_column("case_id")
        claim.alter_column("order_id", existing_type=sa.String(length=200), type_=NAME, existing_nullable=False)
    for table in ("books_check", "line_mark", "split_receiver"):
        op.drop_table(table)


def _receivers_of_known_splits() -> None:
    splits = sa.table(
        "splits",
        sa.column("id", KEY),
        sa.column("org_id", NAME),
        sa.column("shop_id", NAME),
        sa.column("subject", sa.String()),
        sa.column("receivers", JSON),
        sa.column("requested_at", INSTANT),
    )
    made = sa.table(
        "split_receiver",
        *(sa.column(name, sa.String()) for name in ("id", "org_id", "shop_id", "split", "receiver")),
        sa.column("requested_at", INSTANT),
    )
    bind, last, seen = op.get_bind(), "", set()
    while rows := bind.execute(sa.select(splits).where(splits.c.id > last).order_by(splits.c.id).limit(_PORTION)).all():
        last = rows[-1].id
        fresh = [
            {
                "id": str(uuid4()),
                "org_id": row.org_id,
                "shop_id": row.shop_id,
                "split": row.subject,
                "receiver": name[:300],
                "requested_at": row.requested_at,
            }
            for row in rows
            if row.requested_at is not None and (row.shop_id, row.subject) not in seen
            for name in row.receivers or ()
        ]
        seen |= {(row.shop_id, row.subject) for row in rows}
        if fresh:
            bind.execute(made.insert(), fresh)
