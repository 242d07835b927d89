"""Rewrite the generated part of the reference pages, and the schemas, from the code itself.

``.venv/bin/python scripts/write_reference.py`` rewrites what stands between ``<!-- generated -->`` and
``<!-- /generated -->``; the words around it belong to people. Schemas are written whole. A test fails while a page or
a schema differs from what this would write. What is described is imported inside the functions, because app.metrics
chooses its folder while it is imported.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import EnumType
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
BEGIN, END = "<!-- generated -->", "<!-- /generated -->"
_NOTHING = "–"


def settings_part() -> str:
    """Every setting: environment name, what it may be, default, meaning."""
    from app.settings import PREFIX, PROJECT, Settings  # noqa: PLC0415

    rows = []
    own = Settings.__annotations__
    for name, field in sorted(Settings.model_fields.items(), key=lambda each: each[0] not in own):
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(PROJECT) if default.is_relative_to(PROJECT) else default
        shown = (
            _NOTHING if default in (None, "") else f"`{str(default).lower() if default in (True, False) else default}`"
        )
        rows.append((f"`{PREFIX}{name.upper()}`", _values(field), shown, field.description or ""))
    return _table(("setting", "values", "default", "meaning"), rows)


def errors_part() -> str:
    """Every code a problem document can have: the AppError family, then what the door says by itself."""
    from app.errors import AppError  # noqa: PLC0415
    from app.web import errors as door  # noqa: PLC0415

    family = sorted(_family(AppError), key=lambda error: (error.status, error.code))
    rows = [(f"`{error.code}`", str(error.status), error.title, _prose(error)) for error in family]
    known = {error.code for error in family}
    names = _http_names()
    rows += [
        (f"`{code}`", str(status), names[status], "Said by the web framework before the service's own code is reached.")
        for status, code in sorted(door._CODES.items())  # noqa: SLF001 - the one list of them
        if code not in known
    ]
    return _table(("code", "status", "title", "when"), rows)


def metrics_part() -> str:
    """Every metric: name as Prometheus sees it, kind, labels, help."""
    from prometheus_client.metrics import MetricWrapperBase  # noqa: PLC0415

    from app import metrics  # noqa: PLC0415

    rows = []
    for metric in vars(metrics).values():
        if not isinstance(metric, MetricWrapperBase):
            continue
        [family] = metric.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001 - it has no public name
        rows.append((f"`{name}`", family.type, labels or _NOTHING, family.documentation))
    return _table(("metric", "kind", "labels", "meaning"), rows)


def commands_part() -> str:
    """Every command with its arguments and options, as click knows them."""
    import click  # noqa: PLC0415

    from app.cli import main  # noqa: PLC0415

    parts = []
    for path, command in _commands("weiheng", main):
        context = click.Context(command, info_name=path)
        usage = " ".join([path, *command.collect_usage_pieces(context)])
        text = [f"### `{path}`", inspect.cleandoc(command.help or ""), f"```\n{usage}\n```"]
        options = [each for each in command.params if isinstance(each, click.Option)]
        if options:
            text.append(_table(("option", "values", "meaning"), [_option(each) for each in options]))
        parts.append("\n\n".join(text))
    return "\n\n".join(parts)


def tables_part() -> str:
    """Every table with its columns, keys and indexes."""
    from app.models import Base  # noqa: PLC0415

    mappers = sorted(Base.registry.mappers, key=lambda mapper: mapper.local_table.name)
    return "\n\n".join(_one_table(mapper.class_, mapper.local_table) for mapper in mappers)


def wordlists_part() -> str:
    """Every shipped category and list."""
    from wordlist_tables import wordlist_tables  # noqa: PLC0415

    return "\n\n".join(table if isinstance(table, str) else _table(*table) for table in wordlist_tables(ROOT))


def coverage_part() -> str:
    """Every row of the catalogue with what covers it."""
    from app.events.kind import load_kinds  # noqa: PLC0415
    from app.rules.coverage import coverage, totals  # noqa: PLC0415
    from app.rules.pack import load_packs  # noqa: PLC0415

    files = {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in ROOT.glob("rules/*/*.yaml")}
    kinds = load_kinds()
    rows = coverage(load_packs(files, kinds=kinds), kinds)
    told = []
    for each in rows:
        guard = f"`{each.row.guard.code}`" if each.row.guard else ""
        by = ", ".join([rule.id for rule in each.rules] + ([guard] if guard else [])) or _NOTHING
        examples = "/".join(str(each.examples.get(side, 0)) for side in ("fires", "quiet", "unknown"))
        told.append((each.row.id, each.row.what, by, each.state, each.input, examples))
    counts = "; ".join(f"{name}: {count}" for name, count in totals(rows).items())
    return counts + "\n\n" + _table(("row", "what has to be seen", "covered by", "state", "input", "examples"), told)


def constructions_part() -> str:
    """Every construction: what is meant, its category and law, where it is looked for."""
    from app.text.constructions.wording import Construction, constructions  # noqa: PLC0415

    def where(each: Construction) -> str:
        if each.is_talked_of:
            return "said of goods"
        return ", ".join(sorted(each.kinds.only)) or ("claims" if each.kinds.other_than else "everywhere")

    rows = [
        (
            f"`{each.name}`",
            each.title,
            f"`{each.category}`",
            each.source,
            where(each),
            ", ".join(sorted(each.shops.other_than)) or _NOTHING,
        )
        for each in constructions()
    ]
    return _table(
        ("construction", "what is meant", "category", "law or rule", "looked for in", "not in shops of"), rows
    )


def claims_part() -> str:
    """Every kind of claim."""
    from app.text.claims import KINDS  # noqa: PLC0415

    return _table(("kind", "what it is"), [(f"`{name}`", kind.title) for name, kind in KINDS.items()])


def _about_rules(part: str) -> Callable[[], str]:
    def write() -> str:
        import language_reference  # noqa: PLC0415

        text: str = getattr(language_reference, part)(_table)
        return text

    return write


PARTS: dict[str, Callable[[], str]] = {
    "settings.md": settings_part,
    "metrics.md": metrics_part,
    "errors.md": errors_part,
    "command-line.md": commands_part,
    "database.md": tables_part,
    "wordlists.md": wordlists_part,
    "expression-language.md": _about_rules("language_part"),
    "event-kinds.md": _about_rules("kinds_part"),
    "rule-coverage.md": coverage_part,
    "content-facts.md": claims_part,
    "constructions.md": constructions_part,
}


def _schema(name: str) -> Callable[[], str]:
    def write() -> str:
        from app.rules.schema import schema_text  # noqa: PLC0415

        return schema_text(name)

    return write


def _of_client(module: str) -> Callable[[], str]:
    def write() -> str:
        import client_calls  # noqa: PLC0415

        made: str = getattr(client_calls, f"{module}_module")()
        return _formatted(made)

    return write


def _formatted(text: str) -> str:
    """As ``ruff format`` would leave it."""
    ruff = Path(sys.executable).parent / "ruff"
    told = subprocess.run(  # noqa: S603 - of our own environment
        [ruff, "format", "--quiet", "--stdin-filename", ROOT / "clients/python/weiheng_client/calls.py", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


CLIENT = "../../clients/python/weiheng_client"
FILES: dict[str, Callable[[], str]] = {
    **{f"schemas/{name}.schema.json": _schema(name) for name in ("pack", "examples")},
    **{f"{CLIENT}/{module}.py": _of_client(module) for module in ("calls", "answers")},
}


def rewritten(page: str, part: str) -> str:
    """The page with its generated part replaced; raises ValueError when the marks are not there exactly once."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after:
        raise ValueError(f"the page needs {BEGIN} and {END}, once each, in this order")
    return f"{before}{BEGIN}\n\n{part}\n\n{END}{after}"


def main() -> int:
    """Rewrite every page; says which changed."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        for name, make in (PARTS | FILES).items():
            file = (REFERENCE / name).resolve()
            page = file.read_text(encoding="utf-8") if file.exists() else ""
            new = rewritten(page, make()) if name in PARTS else make()
            if new != page:
                file.write_text(new, encoding="utf-8")
                sys.stdout.write(f"{file.relative_to(ROOT)} rewritten\n")
    return 0


def _values(field: Any) -> str:
    kinds = get_args(field.annotation) if _is_union(field.annotation) else (field.annotation,)
    [kind] = [each for each in kinds if each is not type(None)]
    if get_origin(kind) is Literal or isinstance(kind, EnumType):
        return ", ".join(f"`{value}`" for value in (kind if isinstance(kind, EnumType) else get_args(kind)))
    bounds = [
        f"{words} {getattr(limit, name):,}"
        for limit in field.metadata
        for name, words in _BOUNDS.items()
        if hasattr(limit, name)
    ]
    return " ".join([_KINDS.get(kind.__name__, "text"), *bounds])


_KINDS = {
    "bool": "`true`, `false`",
    "int": "whole number",
    "float": "number",
    "Path": "folder",
    "SecretStr": "secret text",
}
_BOUNDS = {"gt": "above", "ge": "from", "le": "to"}


def _is_union(kind: object) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _family(base: type) -> set[Any]:
    """The error class and everything derived from it anywhere in the service."""
    import app  # noqa: PLC0415

    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, waiting = set(), [base]
    while waiting:
        each = waiting.pop()
        if each.__module__.startswith("app."):
            found.add(each)
        waiting += each.__subclasses__()
    return found


def _http_names() -> dict[int, str]:
    from werkzeug.exceptions import default_exceptions  # noqa: PLC0415

    return {status: error().name for status, error in default_exceptions.items()}


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    import click  # noqa: PLC0415

    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in sorted(command.commands):
        yield from _commands(f"{path} {name}", command.commands[name])


def _option(option: Any) -> tuple[str, str, str]:
    import click  # noqa: PLC0415

    names = ", ".join(f"`{name}`" for name in option.opts)
    values = _NOTHING if option.is_flag else option.type.name
    if isinstance(option.type, click.Choice):
        values = ", ".join(f"`{choice}`" for choice in option.type.choices)
    elif isinstance(option.type, click.IntRange):
        values = f"{option.type.min} to {option.type.max:,}"
    said = [option.help] if option.help else []
    if option.required:
        said.append("Required.")
    if option.multiple and "several times" not in (option.help or ""):
        said.append("May be given several times.")
    if isinstance(option.default, str | tuple) and option.default:
        defaults = (option.default,) if isinstance(option.default, str) else option.default
        said.append(f"Default: {', '.join(f'`{each}`' for each in defaults)}.")
    return names, values, " ".join(said)


def _one_table(model: type, table: Any) -> str:
    keys = {column.name for column in table.primary_key}
    rows = []
    for column in table.columns:
        notes = ["primary key"] if column.name in keys else []
        notes += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
        rows.append((f"`{column.name}`", _column_type(column.type), "yes" if column.nullable else "", ", ".join(notes)))
    text = [f"### `{table.name}`", _prose(model), _table(("column", "type", "may be empty", "key"), rows)]
    if rules := [*_unique(table), *_indexes(table)]:
        text.append("\n".join(f"* {rule}" for rule in rules))
    return "\n\n".join(text)


def _column_type(kind: Any) -> str:
    from app.models.base import UtcDateTime  # noqa: PLC0415

    if isinstance(kind, UtcDateTime):
        return "instant"
    if getattr(kind, "length", None):
        return f"text ≤ {kind.length}"
    names = {"TEXT": "text", "BOOLEAN": "yes/no", "INTEGER": "integer", "BIGINT": "big integer", "BLOB": "bytes"}
    return names.get(str(kind), str(kind))


def _unique(table: Any) -> list[str]:
    from sqlalchemy import UniqueConstraint  # noqa: PLC0415

    found = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return sorted(f"unique: {_names(each.columns)}" for each in found)


def _indexes(table: Any) -> list[str]:
    return sorted(f"index: {_names(each.columns)}" for each in table.indexes)


def _names(columns: Iterable[Any]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _prose(thing: Any) -> str:
    """A docstring as Markdown: paragraphs joined, RST's double backticks made single."""
    paragraphs = inspect.cleandoc(thing.__doc__ or "").split("\n\n")
    return re.sub(r"``(.+?)``", r"`\1`", " ".join(" ".join(each.split()) for each in paragraphs))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
