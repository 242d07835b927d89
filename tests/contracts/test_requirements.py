"""The requirement files keep their promises: pinned, hashed, explained, and silent about where packages come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("base", "dev", "durable", "bench", "characters", "traces", "ocr")


def wished(kind):
    """Names that a ``.in`` file asks for."""
    lines = (ROOT / f"requirements/{kind}.in").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith(("#", "-"))}


def pinned(kind):
    """Each locked name with its version and how many hashes it has."""
    text = (ROOT / f"requirements/{kind}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    found = {}
    for entry in entries:
        requirement = Requirement(entry.partition("\\")[0].strip())
        [version] = [spec for spec in requirement.specifier if spec.operator == "=="]
        found[canonicalize_name(requirement.name)] = (version.version, entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_wish_is_locked_to_a_version_with_hashes(kind):
    locked = pinned(kind)

    assert wished(kind) <= locked.keys()
    assert all(hashes for _, hashes in locked.values())


def test_tests_run_on_the_versions_the_service_is_installed_with():
    base, dev = pinned("base"), pinned("dev")

    assert {name: dev.get(name) for name in base} == base


@pytest.mark.parametrize("kind", KINDS)
def test_lock_file_names_no_host_and_sets_no_option(kind):
    text = (ROOT / f"requirements/{kind}.txt").read_text(encoding="utf-8")

    assert not re.search(r"://|^-|^#", text, flags=re.MULTILINE)


def test_every_wish_has_a_row_that_says_why():
    page = (ROOT / "docs/explanation/dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Za-z0-9-]+)[^|]*\| [^|]{8,} \| [^|]+ \|$", page, flags=re.MULTILINE)
    explained = {canonicalize_name(name) for name in rows}

    assert explained - {"package"} == set().union(*(wished(kind) for kind in KINDS))
