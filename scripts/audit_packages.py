"""Known weaknesses of the locked packages (``make audit``): asked of one advisory service after the other.

Exit codes: 0 each package was looked up and none has a known weakness · 1 some have · 2 some could not be looked up.
The last is no "none found": behind a mirror of PyPI, or without a network, pip-audit by itself says that it found
nothing, or ends in a traceback.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("pypi", "osv", "esms")
_WITHIN_S = 300


@dataclass
class Looked:
    """What became of all packages."""

    up: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    weak: dict[str, set[str]] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)  # services that told nothing, and what came instead

    @property
    def exit_code(self) -> int:
        """As the module says."""
        if self.weak:
            return 1
        return 2 if self.missing - self.up or not self.up else 0


def main() -> int:
    """Look all lock files up, say what was found."""
    files = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "requirements").glob("*.txt"))
    looked = Looked()
    for file in (each for each in files if each.name != "without.txt"):
        _look_up(file, looked)
    for package, weaknesses in sorted(looked.weak.items()):
        _say(f"{package}: {'; '.join(sorted(weaknesses))}")
    missing = sorted(looked.missing - looked.up)
    if missing or not looked.up:
        _tell_missing(missing, looked)
    if looked.up:
        _say(f"{len(looked.up)} packages looked up, {len(looked.weak)} of them with known weaknesses")
    return looked.exit_code


def _tell_missing(missing: list[str], looked: Looked) -> None:
    shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")  # noqa: PLR2004
    _say(f"NOT LOOKED UP: {shown or 'any package'}. Of these nothing is known, neither good nor bad.", on=sys.stderr)
    for service, came in looked.silent.items():
        _say(f"  {service} told nothing: {came}", on=sys.stderr)
    _say("  Run it where pypi.org, api.osv.dev or advisories.ecosyste.ms can be reached.", on=sys.stderr)


def _say(line: str, *, on: TextIO = sys.stdout) -> None:
    on.write(line + "\n")


def _look_up(file: Path, looked: Looked) -> None:
    """Ask the services in turn until each package of a lock file was looked up by one."""
    left: set[str] | None = None
    for service in SERVICES:
        if service in looked.silent:
            continue
        found = _ask(service, file, looked)
        if found is None:
            continue
        for each in found:
            _take(each, looked)
        left = {each["name"] for each in found} - looked.up
        if not left:
            return
        if not looked.up:
            looked.silent[service] = found[0]["skip_reason"]
    looked.missing |= _names(file) if left is None else left


def _take(found: dict[str, Any], looked: Looked) -> None:
    if "skip_reason" in found:
        return
    looked.up.add(found["name"])
    for weakness in found["vulns"]:
        mended = ", ".join(weakness["fix_versions"]) or "nothing yet"
        told = f"{weakness['id']} (mended in {mended})"
        looked.weak.setdefault(f"{found['name']} {found['version']}", set()).add(told)


def _ask(service: str, file: Path, looked: Looked) -> list[dict[str, Any]] | None:
    """What pip-audit says by this service; None, and why, where that is nothing."""
    words = shlex.split(os.environ.get("PIP_AUDIT", "uv tool run pip-audit"))
    words += ["--vulnerability-service", service, "--disable-pip", "--require-hashes", "--format", "json"]
    try:
        told = subprocess.run(  # noqa: S603 - the words above
            [*words, "--requirement", str(file)],
            check=False,
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
        )
        found: list[dict[str, Any]] = json.loads(told.stdout)["dependencies"]
    except FileNotFoundError:
        looked.silent[service] = f"there is no {words[0]}: pip install uv"
    except subprocess.TimeoutExpired:
        looked.silent[service] = f"no answer within {_WITHIN_S} s"
    except (json.JSONDecodeError, KeyError):
        lines = told.stderr.strip().splitlines() or [f"exit code {told.returncode}"]
        looked.silent[service] = lines[-1][:200]
    else:
        return found
    return None


def _names(file: Path) -> set[str]:
    lines = file.read_text("utf-8").splitlines()
    return {line.partition("==")[0] for line in lines if line[:1].isalnum()}


if __name__ == "__main__":
    sys.exit(main())
