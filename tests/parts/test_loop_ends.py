"""A process that is told to stop ends, also where one of its threads never comes to an end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from app.loop import Loop

HANGS = """
import threading
from app.loop import leave_after
threading.Thread(target=threading.Event().wait).start()
leave_after({seconds})
"""


def test_a_process_whose_thread_hangs_is_left_after_its_time():
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", HANGS.format(seconds=0.05)], cwd=Path(__file__).parents[2], timeout=30, check=False
    )

    assert done.returncode == 1
    assert time.monotonic() - began < 30


def test_a_loop_that_is_told_to_stop_finishes_the_step_at_hand_and_does_no_other():
    steps = []

    def step():
        steps.append(len(steps))
        loop.tell_to_stop()
        return 60.0

    loop = Loop("test", step)
    loop.start()
    loop.join()

    assert steps == [0]
