"""The audit log: numbers, a Merkle tree, signed checkpoints, rows the database itself refuses to change; consents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Each table with the condition under which an insert would replace a row that is there.
GROWING = {
    "audit_row": "id = NEW.id",
    "audit_leaf": "seq = NEW.seq OR row_id = NEW.row_id",
    "audit_node": "level = NEW.level AND position = NEW.position",
    "audit_checkpoint": "size = NEW.size",
}
REFUSED = "the audit log only grows"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.drop_index("ix_audit_row_seq", table_name="audit_row")
    op.drop_column("audit_row", "seq")
    for column in ("actor", "action", "shop_id"):
        op.create_index(f"ix_audit_row_{column}_id", "audit_row", [column, "id"], unique=False)
    op.create_table(
        "audit_pending",
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_audit_pending")),
    )
    op.create_table(
        "audit_leaf",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("row_id", name=op.f("uq_audit_leaf_row_id")),
    )
    op.create_table(
        "audit_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_audit_node")),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
    )
    _add_consents()
    op.execute("INSERT INTO audit_pending (row_id) SELECT id FROM audit_row")
    for statement in _sqlite_triggers() if op.get_bind().dialect.name == "sqlite" else _postgres_triggers():
        op.execute(statement)


def _add_consents() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("scope", JSON, nullable=False),
        sa.Column("is_separate", sa.Boolean(), nullable=False),
        sa.Column("sensitive", JSON, nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=True),
        sa.Column("text_version", sa.String(length=64), nullable=False),
        sa.Column("text_digest", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("withdrawal", sa.Text(), nullable=False),
        sa.Column("is_under_14", sa.Boolean(), nullable=False),
        sa.Column("guardian", sa.LargeBinary(), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.String(length=128), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=128), nullable=True),
        sa.Column("ended_why", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_org_id_person_purpose", "consent", ["org_id", "person", "purpose"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_consent_org_id_person_purpose", table_name="consent")
    op.drop_table("consent")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    names = ("update", "delete", "replace", "waits") if is_sqlite else ("only_grows", "no_truncate", "waits")
    for table in GROWING:
        for name in names:
            on = "" if is_sqlite else f" ON {table}"
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")
    if not is_sqlite:
        op.execute("DROP FUNCTION audit_only_grows()")
        op.execute("DROP FUNCTION audit_row_waits()")
    for table in ("audit_checkpoint", "audit_node", "audit_leaf", "audit_pending"):
        op.drop_table(table)
    for column in ("actor", "action", "shop_id"):
        op.drop_index(f"ix_audit_row_{column}_id", table_name="audit_row")
    op.add_column("audit_row", sa.Column("seq", sa.BigInteger(), nullable=True))
    op.create_index("ix_audit_row_seq", "audit_row", ["seq"], unique=False)


def _sqlite_triggers() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    waits = "BEGIN INSERT INTO audit_pending (row_id) VALUES (NEW.id); END"
    made = [f"CREATE TRIGGER audit_row_waits AFTER INSERT ON audit_row {waits}"]
    for table, same in GROWING.items():
        made.append(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}")
        made.append(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}")
        # INSERT OR REPLACE would take a row out without firing the trigger for deleting
        is_there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - both are ours
        made.append(f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} {is_there} {refuse}")
    return made


def _postgres_triggers() -> list[str]:
    refuse = f"BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END"
    waits = "BEGIN INSERT INTO audit_pending (row_id) VALUES (NEW.id); RETURN NULL; END"
    made = [
        f"CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$",
        f"CREATE FUNCTION audit_row_waits() RETURNS trigger LANGUAGE plpgsql AS $$ {waits} $$",
        "CREATE TRIGGER audit_row_waits AFTER INSERT ON audit_row FOR EACH ROW EXECUTE FUNCTION audit_row_waits()",
    ]
    for table in GROWING:
        for name, before, each in (("only_grows", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
            on = f"BEFORE {before} ON {table} FOR EACH {each}"
            made.append(f"CREATE TRIGGER {table}_{name} {on} EXECUTE FUNCTION audit_only_grows()")
    return made
