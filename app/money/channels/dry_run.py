"""The channel that pays nobody: it keeps one small file for each order in the data folder and says it was paid.

Everything else is as with a real channel, so a deployment can be watched for a while before money leaves.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import orjson

from app.money.channel import Answer, Outcome, PayoutOrder
from app.settings import Settings


class DryRun:
    """Pays into a folder."""

    name = "dry_run"
    is_real = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pay(self, order: PayoutOrder, *, now: datetime) -> Answer:
        """Write the order down once; the same number with another amount is refused."""
        self._folder.mkdir(parents=True, exist_ok=True)
        told = orjson.dumps({"id": order.id, "amount_fen": order.amount_fen, "at": now.isoformat()})
        path = self._path(order)
        aside = path.with_suffix(f".{id(order)}")
        aside.write_bytes(told)
        with suppress(FileExistsError):
            path.hardlink_to(aside)  # whole or not at all, and only the first
        aside.unlink()
        return self.query(order, now=now)

    def query(self, order: PayoutOrder, *, now: datetime) -> Answer:
        """What was written."""
        del now
        try:
            known = orjson.loads(self._path(order).read_bytes())
        except FileNotFoundError:
            return Answer(Outcome.ABSENT)
        if known["amount_fen"] != order.amount_fen:
            return Answer(Outcome.FAILED, "OTHER_CONTENT", "同一单号的金额不同")
        return Answer(Outcome.PAID, reference=f"dry-{order.id}")

    def _path(self, order: PayoutOrder) -> Path:
        assert order.id.isalnum(), "our own numbers are letters and digits"
        return self._folder / f"{order.id}.json"


def open_channel(settings: Settings) -> DryRun:
    """Always there."""
    return DryRun(settings.data_dir / "dry_run_payouts")
