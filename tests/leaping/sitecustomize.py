"""What a process of the tests runs before its program: its wall clock is ahead by as many seconds as a file says.

Everything that asks for the time of day gets it so: our code, the frameworks, the logs. What counts steadily goes on as
it does where a real clock is set. The file may be written at any moment.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

_EVERY_S = 0.02


def _lead(file: Path) -> None:
    traveller = time_machine.travel(datetime.now(UTC) + timedelta(seconds=_wanted(file)), tick=True)
    coordinates, ahead = traveller.start(), _wanted(file)

    def follow() -> None:
        nonlocal ahead
        while True:
            wanted = _wanted(file)
            if wanted != ahead:
                coordinates.shift(timedelta(seconds=wanted - ahead))
                ahead = wanted
            time.sleep(_EVERY_S)

    def begin() -> None:
        threading.Thread(target=follow, name="leaping-clock", daemon=True).start()

    os.register_at_fork(after_in_child=begin)
    begin()


def _wanted(file: Path) -> int:
    try:
        return int(file.read_text("ascii") or 0)
    except FileNotFoundError:
        return 0


if "TESTED_CLOCK" in os.environ:
    _lead(Path(os.environ["TESTED_CLOCK"]))
