"""The service as a real process: started like a newcomer does, killed −9 under load, stopped gently."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from socket import socket

import httpx
import orjson
import pytest

from tests.service import MATCHERS

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120


def free_port():
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEIHENG_", "PROMETHEUS_"))}
    return kept | {
        "WEIHENG_DATA_DIR": str(tmp_path / "var"),
        "WEIHENG_CACHE_DIR": str(MATCHERS),
        "WEIHENG_PORT": str(free_port()),
        "PYTHONPATH": PROJECT,
        "PYTHONWARNINGS": "default",
    }


@pytest.fixture
def small(environment, few):
    """The same over a few of the rules and lists, which are there sooner, for tests of processes alone."""
    return environment | {f"WEIHENG_{name.upper()}": str(folder) for name, folder in few.items()}


@contextmanager
def serving(environment, *options):
    """A running ``weiheng serve`` in a process group of its own."""
    log = open(environment["WEIHENG_DATA_DIR"] + ".log", "ab")  # noqa: SIM115, PTH123 - closed below
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "app.cli", "serve", *options],
        env=environment,
        cwd=PROJECT,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        wait_ready(environment, process)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        log.close()


def wait_ready(environment, process):
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            if httpx.get(url(environment) + "/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert process.poll() is None, read_log(environment)
        time.sleep(0.1)
    raise AssertionError("never ready:\n" + read_log(environment))


def url(environment):
    return f"http://127.0.0.1:{environment['WEIHENG_PORT']}"


def read_log(environment):
    with open(environment["WEIHENG_DATA_DIR"] + ".log", encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


def weiheng(environment, *words, **more):
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "app.cli", *words],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def item(number):
    return {
        "content_id": f"c-{number}",
        "kind": "comment",
        "shop_id": "shop-7",
        "text": f"第{number}条：祖传秘方，包治百病" if number % 3 == 0 else f"第{number}条：很好用",
    }


def test_an_acknowledged_decision_survives_kill_9_and_a_second_start_keeps_everything(environment):
    acknowledged = []
    with serving(environment, "--demo") as process:
        key = weiheng(environment, "api-key", "create", "hook", "--scope", "screen", "--scope", "cases").stdout.strip()
        headers = {"authorization": f"Bearer {key}"}

        def upload(worker):
            with httpx.Client(base_url=url(environment), headers=headers, timeout=5) as client:
                for number in range(worker, 100_000, 4):
                    try:
                        answer = client.post("/v1/screenings", json=item(number))
                    except httpx.TransportError:
                        return
                    if answer.status_code == 200:
                        acknowledged.append((answer.json()["screening_id"], answer.content))

        threads = [threading.Thread(target=upload, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        os.killpg(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()

    assert len(acknowledged) > 50
    with serving(environment, "--demo"), httpx.Client(base_url=url(environment), headers=headers, timeout=5) as client:
        for screening_id, answer in acknowledged:
            assert client.get(f"/v1/screenings/{screening_id}").content == answer
        cases = client.get("/v1/cases?limit=200").json()["items"]
        assert {case["state"] for case in cases} == {"open"}
        said = read_log(environment)
        assert said.count("API key") == 2


def test_a_second_service_on_the_same_data_or_port_is_refused_with_a_reason(small, tmp_path):
    with serving(small) as process:
        same_port = weiheng(small | {"WEIHENG_DATA_DIR": str(tmp_path / "other")}, "serve")
        same_data = weiheng(small | {"WEIHENG_PORT": str(free_port())}, "serve")

        assert process.poll() is None
    assert same_port.returncode == 1
    assert "WEIHENG_PORT" in same_port.stderr
    assert same_data.returncode == 1
    assert "SQLite serves one process" in same_data.stderr


def test_a_web_process_ends_with_its_supervisor(small):
    with serving(small) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            try:
                httpx.get(url(small) + "/healthz", timeout=2)
            except httpx.TransportError:
                break
            time.sleep(0.1)

    with serving(small):
        assert httpx.get(url(small) + "/readyz", timeout=5).status_code == 200


def test_a_gentle_stop_finishes_what_is_under_way(small):
    with serving(small) as process:
        key = weiheng(small, "api-key", "create", "hook", "--scope", "screen").stdout.strip()
        headers = {"authorization": f"Bearer {key}"}
        results = []

        body = orjson.dumps({"items": [item(number) for number in range(1_000)]})
        headers |= {"content-type": "application/json", "content-length": str(len(body))}
        sent = threading.Event()

        def pieces():
            yield body
            sent.set()

        def upload():
            where = url(small) + "/v1/screenings/batch"
            results.append(httpx.post(where, content=pieces(), headers=headers, timeout=30))

        thread = threading.Thread(target=upload)
        thread.start()
        assert sent.wait(10)
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        thread.join()
        process.wait(timeout=40)

    assert results[0].status_code == 200
    assert len(results[0].json()["results"]) == 1_000
    assert process.returncode == 0


def test_metrics_add_up_over_processes_and_logs_are_json(environment):
    with serving(environment, "--demo") as process:
        key = weiheng(environment, "api-key", "create", "ops", "--scope", "metrics", "--scope", "screen").stdout.strip()
        headers = {"authorization": f"Bearer {key}"}
        httpx.post(url(environment) + "/v1/screenings", json=item(1), headers=headers, timeout=5)
        text = httpx.get(url(environment) + "/metrics", headers=headers, timeout=5).text
        os.killpg(process.pid, signal.SIGTERM)  # the whole group, as a terminal or a container's runtime does
        process.wait(timeout=35)

    screened = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}
    assert screened['weiheng_screenings_total{decision="pass"}'] >= 2
    assert 'weiheng_http_requests_total{endpoint="screening.screen_one",status="200"}' in screened


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("WEIHENG_PORT", "http", "WEIHENG_PORT"),
        ("WEIHENG_PROT", "8000", "WEIHENG_PORT?"),
        ("WEIHENG_ENV", "production", "VAULT_KEYS"),
    ],
)
def test_wrong_settings_are_named_and_nothing_starts(environment, setting, value, told):
    refused = weiheng(environment | {setting: value}, "serve")

    assert refused.returncode == 1
    assert told in refused.stderr
