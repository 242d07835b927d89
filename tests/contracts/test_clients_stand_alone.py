"""Whoever verifies our logs and exports needs nothing of ours: the verifiers import no part of the service."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / "clients"
VERIFIERS = sorted(CLIENTS.glob("verify_*.py"))
MAY = {"cryptography", *(file.stem for file in VERIFIERS)}


def imported(source):
    """The first names of everything a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else str(node.module).split(".")[0]
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            yield ast.unparse(node)


def test_there_is_a_verifier_for_the_log_for_evidence_and_for_exports():
    assert {file.stem for file in VERIFIERS} >= {"verify_audit", "verify_evidence", "verify_inquiry"}


@pytest.mark.parametrize("file", VERIFIERS, ids=lambda file: file.stem)
def test_a_verifier_imports_the_standard_library_and_cryptography_alone(file):
    assert {name for name in imported(file.read_text("utf-8")) if name not in sys.stdlib_module_names | MAY} == set()


@pytest.mark.parametrize("line", ["import app.audit", "from app import audit", "from . import x", "__import__('app')"])
def test_an_import_of_ours_would_be_seen(line):
    assert set(imported(f"def work():\n    {line}\n")) - set(sys.stdlib_module_names) - MAY
