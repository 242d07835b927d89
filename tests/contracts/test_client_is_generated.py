"""The generated half of the Python client is what the API's description gives today."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("module", ["calls", "answers"])
def test_the_module_is_what_the_script_would_write(module, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import write_reference

    file = f"{write_reference.CLIENT}/{module}.py"
    written = (write_reference.REFERENCE / file).resolve()

    assert written == ROOT / f"clients/python/weiheng_client/{module}.py"
    assert written.read_text("utf-8") == write_reference.FILES[file](), "run scripts/write_reference.py"
    sys.modules.pop("write_reference")
