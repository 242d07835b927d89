"""Web processes begin with what their supervisor has loaded: memory is shared, and what came since is followed."""

from __future__ import annotations

import json
import signal
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from tests.processes import BANNED, WORDLISTS, processes

NEW = "新禁的词"


def kilobytes(pid):
    """What a process holds, and what of it nobody shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    held = {line.partition(":")[0]: int(line.split()[1]) for line in lines}
    return held["Rss"], held["Private_Clean"] + held["Private_Dirty"]


def decision(service, key, text, name):
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=30)) as connection:
        body = {"content_id": name, "kind": "comment", "shop_id": "shop-7", "text": text}
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connection.request("POST", "/v1/screenings", json.dumps(body).encode(), headers)
        return json.loads(connection.getresponse().read())["decision"]


def test_most_memory_is_shared_and_a_process_started_anew_serves_what_is_in_force_now(tmp_path):
    with processes(tmp_path, None) as service:
        key = service.prepare()
        service.start("serve")
        service.wait_ready()
        [web] = service.web_processes()
        held, own = kilobytes(web.pid)
        before = decision(service, key, NEW, "before")

        (tmp_path / "wordlists" / "new.txt").write_text(WORDLISTS["old.txt"].replace(BANNED, NEW), "utf-8")
        give_up = time.monotonic() + 60
        while decision(service, key, NEW, f"then-{time.monotonic()}") != "block":
            assert time.monotonic() < give_up, service.log()[-3000:]
        web.send_signal(signal.SIGKILL)
        web.wait(30)
        service.wait_ready()
        [anew] = service.web_processes()

        assert before == "pass"
        assert own < held / 2
        assert anew.pid != web.pid
        assert decision(service, key, NEW, "anew") == "block"
        assert decision(service, key, BANNED, "still") == "block"
