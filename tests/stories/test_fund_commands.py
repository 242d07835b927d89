"""Money that people move on the command line: noted once, starred, and held against the platform's bill."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.models import Posting
from tests.console import put_officer
from tests.flows.test_matching import bill_of


@pytest.fixture
def fund(service, monkeypatch):
    """Runs a command of ``weiheng fund`` as an officer of finance; its exit code and what it says."""
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.parts.settings.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.parts.settings.data_dir))
    monkeypatch.setenv("WEIHENG_FUND_FLOOR_FEN", "100")
    put_officer(service, "cai", roles=["finance"])

    def run(*words):
        done = CliRunner().invoke(main, ["fund", *words, "--by", "cai"])
        return done.exit_code, done.output

    return run


def test_money_is_put_in_and_taken_out_once_and_never_below_the_floor(service, fund):
    assert fund("put", "t-1", "1000", "--note", "首期，联系 13900001234")[0] == 0
    assert fund("put", "d-1", "500", "--shop", "shop-1", "--note", "保证金")[0] == 0
    assert fund("take", "o-1", "300", "--note", "划回") == (0, "out:o-1  3.00 元\n")
    assert fund("take", "o-1", "300", "--note", "划回")[0] == 0
    assert fund("take", "b-1", "200", "--shop", "shop-1", "--note", "退保证金")[0] == 0
    code, said = fund("take", "o-2", "601", "--note", "过多")

    assert code != 0
    assert "余额不足" in said
    with service.parts.db.read() as session:
        rows = session.execute(select(Posting.id, Posting.note, Posting.refused).order_by(Posting.id)).all()
    assert rows == [
        ("deposit:d-1", "保证金", None),
        ("deposit_back:b-1", "退保证金", None),
        ("in:t-1", "首期，联系 139****1234", None),
        ("out:o-1", "划回", None),
        ("out:o-2", "过多", "insufficient"),
    ]


def test_a_bill_is_matched_with_what_was_put_in_and_says_what_nobody_noted(fund, tmp_path):
    path = tmp_path / "bill.csv"
    path.write_bytes(bill_of(datetime.now(UTC), ("t-1", "", "+10.00"), ("f-2", "", "+3.00")))
    fund("put", "t-1", "1000", "--note", "首期")

    code, said = fund("match", str(path))

    assert code == 1
    assert "2 行，相符 1 笔" in said
    assert "unknown_in  f-2  3.00 元" in said
