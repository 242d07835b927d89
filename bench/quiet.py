"""Waiting until a service does next to nothing by itself, and what its processes have cost."""

from __future__ import annotations

import os
import time
from pathlib import Path

IDLE, QUIET_S = 0.1, 4
"""Cores that count as doing nothing, and for how many seconds on end."""


def cpu_s(group):
    """CPU seconds that all processes of a process group have taken until now."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            ticks += sum(map(int, fields[11:15]))  # its own and that of children it has waited for
    return ticks / os.sysconf("SC_CLK_TCK")


def settle(group):
    """Wait, a minute at most, until the service does next to nothing by itself: a new database is refreshed first."""
    before, quiet = cpu_s(group), 0
    for _ in range(60):
        time.sleep(1)
        spent = cpu_s(group)
        quiet, before = (quiet + 1 if spent - before < IDLE else 0), spent
        if quiet == QUIET_S:
            return
