"""Which sources there are: the folder, uploads and officers' proposals always, and those of the sources file.

The file is read at each refresh, so that a source is added without a restart. One wrong entry is told with its place
and stops the refresh, because a source that silently drops out would let its lists grow old.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from app.errors import BadDefinition, Problem
from app.wordlist_sources.source import Source, load_kinds

FOLDER, UPLOADS, PROPOSALS = "folder", "uploads", "proposals"
_BUILT_IN = ((FOLDER, FOLDER), (UPLOADS, UPLOADS), (PROPOSALS, PROPOSALS))
_MAX_BYTES = 2**20


def configured(file: Path | None) -> tuple[Source, ...]:
    """Every source in the order it is asked: the folder, those of the file, then what people gave.

    Raises BadDefinition naming every wrong entry.
    """
    known = load_kinds()
    built_in = {name: Source(kind, known[kind].Options(name=name), known[kind].fetch) for name, kind in _BUILT_IN}
    problems: list[Problem] = []
    named: dict[str, Source] = {}
    for at, entry in enumerate(_entries(file) if file is not None else []):
        place = f"{file.name if file else ''}: sources.{at}"
        kind = entry.get("type") if isinstance(entry, dict) else None
        module = known.get(str(kind))
        if module is None or kind in {UPLOADS, PROPOSALS}:
            offered = sorted(known.keys() - {UPLOADS, PROPOSALS})
            problems.append(Problem(f"{place}.type", f"unknown: {kind}", ", ".join(offered)))
            continue
        try:
            options = module.Options.model_validate({key: each for key, each in entry.items() if key != "type"})
        except ValidationError as error:
            problems += [
                Problem(f"{place}.{'.'.join(map(str, each['loc']))}", each["msg"])
                for each in error.errors(include_input=False, include_url=False)
            ]
            continue
        if options.name in named or options.name in built_in:
            problems.append(Problem(f"{place}.name", f"{options.name} is taken", "a name of its own"))
        named[options.name] = Source(str(kind), options, module.fetch)
    if problems:
        raise BadDefinition("the wordlist sources are wrong", problems=problems)
    return (built_in[FOLDER], *named.values(), built_in[UPLOADS], built_in[PROPOSALS])


def _entries(file: Path) -> list[Any]:
    try:
        read = yaml.safe_load(file.read_bytes()[:_MAX_BYTES])
    except (OSError, ValueError, yaml.YAMLError) as error:
        problem = Problem(str(file), f"cannot be read: {error}"[:300], "YAML with `sources:`")
        raise BadDefinition("the wordlist sources are wrong", problems=[problem]) from None
    sources = read.get("sources") if isinstance(read, dict) else None
    if not isinstance(sources, list):
        problem = Problem(str(file), "has no `sources`", "a list of sources")
        raise BadDefinition("the wordlist sources are wrong", problems=[problem])
    return sources
