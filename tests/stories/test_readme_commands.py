"""The commands that the READMEs and the tutorial show are run, as they stand there, by a newcomer's shell.

Marks in the pages, each an HTML comment on the line before a fence:

* ``<!-- run: service -->``  the command that starts the service; it keeps running while the others are tried;
* ``<!-- run -->``           a command to run in the project's folder; all of one page share a shell, so variables last;
* ``<!-- answer -->``        what the command before it prints, as JSON: same members, same decision, same words found.

The service runs in a copy of the files git knows, on a free port and with a data folder of its own. The copy's
``.venv`` is a link to this one, which the set-up takes as it stands; ``PYTHONPATH`` makes it run the copy's code. Only
the port in a page's addresses is changed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.zh-CN.md", "docs/tutorial/screen-your-first-text.md")
OF_THE_TEST_RUN = ("WEIHENG_", "MAKE", "MFLAGS", "PROMETHEUS_", "PYTEST_")
START_SECONDS = 90
STOP_SECONDS = 30

MARKED = re.compile(r"^<!-- (run: service|run|answer) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Marked:
    """One marked fence of a page: what it is for, and its text."""

    use: str
    text: str


def marked_fences(page: str) -> list[Marked]:
    return [Marked(use, text) for use, text in MARKED.findall((ROOT / page).read_text(encoding="utf-8"))]


def of_use(fences: list[Marked], use: str) -> list[str]:
    return [fence.text for fence in fences if fence.use == use]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_of_the_sources(folder: Path) -> Path:
    sources = folder / "weiheng"
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - the developer's git
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():  # a deleted file is still listed until the deletion is committed
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, sources / name)
    (sources / ".venv").symlink_to(ROOT / ".venv")
    return sources


def newcomers_environment(sources: Path, port: int) -> dict[str, str]:
    """This environment without what the run that started the tests has put into it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TEST_RUN)}
    return kept | {
        "WEIHENG_PORT": f"{port}",
        "WEIHENG_DATA_DIR": f"{sources.parent / 'data'}",
        "PYTHONPATH": f"{sources}",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def wait_until_ready(service: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        assert service.poll() is None, f"the service ended by itself:\n{log.read_text(encoding='utf-8')}"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"not ready after {START_SECONDS} s:\n{log.read_text(encoding='utf-8')}")


def stop(service: subprocess.Popen[bytes]) -> None:
    """End the service and its children, which are a process group of their own.

    That a service ends by itself when it is asked to is what ``test_service_process`` is about; here it only has to go.
    """
    os.killpg(service.pid, signal.SIGTERM)
    try:
        service.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(service.pid, signal.SIGKILL)
        service.wait()


@contextmanager
def running(command: str, *, sources: Path, environment: dict[str, str]) -> Iterator[None]:
    log = sources.parent / "service.log"
    with log.open("wb") as output:
        service = subprocess.Popen(  # noqa: S603 - our own pages' commands are what is tested
            ["bash", "-euc", command],  # noqa: S607 - the newcomer's bash, wherever it is
            cwd=sources,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_ready(service, int(environment["WEIHENG_PORT"]), log)
        yield
    finally:
        if service.poll() is None:
            stop(service)


def run_in_one_shell(commands: list[str], *, sources: Path, environment: dict[str, str]) -> list[str]:
    """Run the commands one after the other in one bash and return what each printed; the first failure ends it."""
    outputs = [sources.parent / f"printed-{number}" for number in range(len(commands))]
    script = "\n".join(f"{{\n{text}}} >'{output}'" for text, output in zip(commands, outputs, strict=True))
    script = script.replace("127.0.0.1:8000", f"127.0.0.1:{environment['WEIHENG_PORT']}")
    done = subprocess.run(  # noqa: S603 - as above
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - as above
        cwd=sources,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = [output.read_text(encoding="utf-8") if output.exists() else "(not run)" for output in outputs]
    assert done.returncode == 0, "\n".join([script, "-- printed:", *printed, "-- errors:", done.stderr])
    return printed


def what_readers_rely_on(answer: dict[str, object]) -> dict[str, object]:
    hits = answer.get("hits", [])
    assert isinstance(hits, list)
    return {
        "members": sorted(answer),
        "decision": answer.get("decision"),
        "words": sorted(str(hit["word"]) for hit in hits),
    }


# The Chinese page shows the same commands and answers as the English one, which another test sees to.
def test_every_marked_command_works_as_it_stands(tmp_path: Path) -> None:
    pages = [marked_fences(page) for page in (PAGES[0], PAGES[2])]
    [service] = {command for fences in pages for command in of_use(fences, "run: service")}
    sources = copy_of_the_sources(tmp_path)
    environment = newcomers_environment(sources, free_port())

    with running(service, sources=sources, environment=environment):
        for fences in pages:
            check_answers(fences, run_in_one_shell(of_use(fences, "run"), sources=sources, environment=environment))


def check_answers(fences: list[Marked], printed: list[str]) -> None:
    said = iter(printed)
    last = ""
    for fence in fences:
        if fence.use == "run":
            last = next(said)
        elif fence.use == "answer":
            assert what_readers_rely_on(json.loads(last)) == what_readers_rely_on(json.loads(fence.text))


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (marked_fences(page) for page in PAGES[:2])

    assert english == chinese


def test_each_page_starts_the_service_and_then_asks_it_something() -> None:
    for page in PAGES:
        uses = [fence.use for fence in marked_fences(page)]

        assert uses[0] == "run: service", page
        assert "run" in uses, page
