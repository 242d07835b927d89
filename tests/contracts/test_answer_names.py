"""The description of the API knows a schema by the name of its class, so no two answers may share one."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

WEB = Path(__file__).parents[2] / "app" / "web"


def test_no_two_answers_have_one_name():
    found = defaultdict(list)
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.endswith(("Answer", "List")):
                found[node.name].append(str(file.relative_to(WEB)))

    assert {name: files for name, files in found.items() if len(files) > 1} == {}
