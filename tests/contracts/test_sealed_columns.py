"""Every column of bytes says whether it is sealed: renewing a key ends the old one, so every value has to be known."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from app.models import Base
from app.vault.sealed_rows import sealed_tables

NOT_SEALED = {
    ("cases", "sketch"): "keyed hashes of pairs of characters, without digits and Latin letters",
    ("audit_checkpoint", "root"): "a hash",
    ("audit_leaf", "hash"): "a hash",
    ("audit_node", "hash"): "a hash",
    ("backtest", "candidate"): "rules and wordlists hold nothing personal",
    ("data_key", "wrapped"): "a wrapped key is what opens the others",
    ("outbox_message", "body"): "messages are thin: identifiers only",
    ("packed_matcher", "data"): "rules and wordlists hold nothing personal",
    ("packed_rules", "data"): "rules and wordlists hold nothing personal",
    ("wordlist_upload", "text"): "rules and wordlists hold nothing personal",
    ("reviewer_model", "body"): "weights of hashed runs of characters, learnt from starred texts",
    ("snapshot", "files"): "rules and wordlists hold nothing personal",
}


def test_every_column_of_bytes_is_declared_sealed_or_says_why_not():
    bytes_ = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {(each.table.name, column) for each in sealed_tables() for column in each.sealed.columns}

    assert sealed <= bytes_
    assert bytes_ - sealed == set(NOT_SEALED)


def test_every_owner_of_sealed_rows_is_a_column():
    for each in sealed_tables():
        assert each.sealed.owner is None or each.sealed.owner in each.table.c
        assert each.sealed.key in each.table.c
