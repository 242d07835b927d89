"""The archive is screened again on a Dask cluster, and a worker that is killed changes nothing."""

from __future__ import annotations

import os
import signal
import warnings
from dataclasses import replace

import polars as pl
import pytest
from click.testing import CliRunner

from app.cli import main
from app.flows.rescreen import Task, rescreen
from app.flows.rescreen_archive import Wanted, candidate_of
from app.flows.rescreen_dask import rescreen_with
from app.flows.rescreen_piece import Asked
from app.flows.rescreen_pieces import cut
from app.flows.rescreen_rows import Columns
from app.settings import Settings
from bench.made import made_packs
from tests.service import MATCHERS

HEAD = "# category: banned\n# verdict: block\n# source: 新法第一条\n# owner: test\n"
LISTS = {"categories.yaml": "banned: {title: 新规, law: 新法, severity: 4}\n", "new_law.txt": HEAD + "神效贴\n"}


@pytest.fixture
def task(tmp_path, now):
    for name, files in (("rules", made_packs(1)), ("wordlists", LISTS)):
        for path, body in files.items():
            target = tmp_path / "law" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body, encoding="utf-8")
    settings = Settings.model_validate({"data_dir": tmp_path / "var", "cache_dir": MATCHERS})
    wanted = Wanted(tmp_path / "cluster", Asked(now), (tmp_path,), candidate=tmp_path / "law")
    wanted.folder.mkdir()
    return Task(settings, candidate_of(settings, None, wanted), wanted.asked, Columns(), wanted.folder)


def test_a_cluster_gives_what_one_machine_gives_though_a_worker_is_killed(task, tmp_path):
    from distributed import Client, LocalCluster

    pieces = []
    for number in range(12):
        texts = [f"神效贴 {number}", "加厚四件套", f"小番茄 {number}"] * 30
        pl.DataFrame({"text": texts}).write_parquet(tmp_path / f"day-{number:02}.parquet")
        pieces += cut(tmp_path / f"day-{number:02}.parquet")
    alone = replace(task, folder=tmp_path / "alone")
    alone.folder.mkdir()
    expected = rescreen(alone, pieces, processes=1, progress=lambda *_: None)
    killed = []

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, about ports and sockets of what we kill
        with LocalCluster(2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
            with Client(cluster) as client:

                def progress(_weight, _contents):
                    if not killed:
                        [victim, *_] = client.run(os.getpid).values()
                        os.kill(victim, signal.SIGKILL)
                        killed.append(victim)

                found = rescreen_with(client, task, pieces, progress)

    assert killed
    assert found[0].as_plain() == expected[0].as_plain()
    assert sorted(found[1]) == sorted(expected[1])
    for path in alone.folder.glob("*.parquet"):
        assert pl.read_parquet(path).equals(pl.read_parquet(task.folder / path.name))


def test_a_scheduler_that_is_not_there_is_named(tmp_path):
    (tmp_path / "a.txt").write_text("好看\n", encoding="utf-8")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = CliRunner().invoke(
            main, ["rescreen", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), "--dask", "tcp://127.0.0.1:9"]
        )

    assert told.exit_code == 1
    assert "tcp://127.0.0.1:9 does not answer" in told.output
