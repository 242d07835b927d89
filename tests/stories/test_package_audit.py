"""``make audit``: weak packages are named, and packages nobody could be asked about are not called well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SKIPPED = {"name": "flask", "skip_reason": "Dependency not found on PyPI"}
WELL = {"name": "flask", "version": "3.1.0", "vulns": []}
WEAK = {"name": "flask", "version": "3.1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.2"]}]}
AWAY = None
PIP_AUDIT = """
import json, sys
answer = json.loads({answers!r})[sys.argv[sys.argv.index("--vulnerability-service") + 1]]
if answer is None:
    sys.exit("Traceback\\nConnectionError: no such host")
print(json.dumps({{"dependencies": [answer]}}))
"""


@pytest.fixture
def audit(tmp_path):
    """The script over one locked package, with pip-audit played by a program that has these services answer so."""

    def run(**answers):
        program, lock = tmp_path / "pip_audit.py", tmp_path / "base.txt"
        program.write_text(PIP_AUDIT.format(answers=json.dumps(answers)), "utf-8")
        lock.write_text("flask==3.1.0 \\\n    --hash=sha256:00\n", "utf-8")
        words = [sys.executable, "-I", PROJECT / "scripts" / "audit_packages.py", str(lock)]
        environment = os.environ | {"PIP_AUDIT": f"{sys.executable} -I {program}"}
        told = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
        return told.returncode, told.stdout, told.stderr

    return run


def test_a_weak_package_is_named_with_where_it_is_mended(audit):
    code, said, _ = audit(pypi=WEAK)

    assert (code, said.splitlines()[0]) == (1, "flask 3.1.0: PYSEC-1 (mended in 3.1.2)")


def test_a_second_service_is_asked_where_the_first_knows_nothing(audit):
    assert audit(pypi=SKIPPED, osv=WELL) == (0, "1 packages looked up, 0 of them with known weaknesses\n", "")
    assert audit(pypi=AWAY, osv=SKIPPED, esms=WEAK)[0] == 1


def test_where_nobody_answers_nothing_is_known_and_that_is_an_error(audit):
    code, said, why = audit(pypi=SKIPPED, osv=AWAY, esms=AWAY)

    assert (code, said) == (2, "")
    assert "NOT LOOKED UP: flask. Of these nothing is known, neither good nor bad." in why
    assert "pypi told nothing: Dependency not found on PyPI" in why
    assert "osv told nothing: ConnectionError: no such host" in why
