"""The service as real processes: what serves and works, and PostgreSQL, are killed and frozen under traffic.

Afterwards comes a short run of mixed traffic, with reads, batches and versions: is its memory flat, is all of it there?
The long forms are ``make faults``, with workers of their own and more kinds of trouble, and ``bench/soak.py``.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing

from bench.soak import soak
from tests.flows.faults import Receiver, counted_wrongly, subscribe, told_wrongly
from tests.own_postgres import own_postgres
from tests.processes import processes
from tests.uploaders import Uploaders


def test_whoever_is_killed_nothing_answered_is_lost_and_nothing_is_done_twice(tmp_path):
    with (
        own_postgres() as postgres,
        processes(tmp_path, postgres.url, EMBEDDED="true") as service,
        closing(Receiver()) as receiver,
    ):
        key = service.prepare()
        service.start("serve")
        service.wait_ready()
        subscribe(service.port, key, receiver.url)
        with Uploaders(service.port, key, pause_s=0.01) as uploaders:
            uploaders.wait_for(20)
            os.kill(service.web_processes()[0].pid, signal.SIGKILL)
            uploaders.wait_for(20)
            postgres.kill()
            postgres.start()
            uploaders.wait_for(20)
            postgres.freeze()
            began = time.monotonic()
            while_frozen = service.ready_status(timeout_s=10), time.monotonic() - began
            postgres.thaw()
            uploaders.wait_for(20)

        assert while_frozen[0] == 503, "a balancer has to hear that nothing can be decided here"
        assert while_frozen[1] < 5
        assert uploaders.not_as_answered() == []
        assert counted_wrongly(service.database_url, uploaders) == []
        assert told_wrongly(uploaders, receiver) == []
        soaked = soak(service.port, key, seconds=2, rate=30)
        assert soaked.is_held, soaked
        assert soaked.decisions > soaked.calls / 2, "batches, versions and repeats have decisions, too"
        assert len(uploaders.statuses) > 1, "nobody noticed anything, so this showed nothing"
