"""Reading `categories.yaml`: which kinds of wording exist, under which law, how grave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import yaml

from app.text.findings import Findings
from app.text.nodes import compose, line_of
from app.text.words import Category

CATEGORIES_FILE = "categories.yaml"

_KEYS = {
    "title": ("a Chinese title", re.compile(r".+", re.DOTALL)),
    "law": ("the law or platform rule", re.compile(r".+", re.DOTALL)),
    "severity": ("1 to 5", re.compile(r"[1-5]")),
    "suggestion": ("true or false", re.compile(r"true|false")),
    "suggest": ("what to write instead", re.compile(r".+", re.DOTALL)),
}
_NEEDED = ("title", "law", "severity")
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def read_categories(source: str, findings: Findings) -> Mapping[str, Category]:
    """The categories by id in the file's order; what is wrong goes to `findings`."""
    known = len(findings.problems)
    root = compose(source, findings)
    if len(findings.problems) > known:
        return MappingProxyType({})
    if not isinstance(root, yaml.MappingNode) or not root.value:
        findings.wrong("no categories", "id: {title: …, law: …, severity: …}")
        return MappingProxyType({})
    categories: dict[str, Category] = {}
    for key, node in root.value:
        category = _read_one(key, node, findings)
        if category and category.id in categories:
            findings.wrong(f"category {category.id!r} is given twice", "each once", line=line_of(key))
        elif category:
            categories[category.id] = category
    return MappingProxyType(categories)


def _read_one(key: yaml.Node, node: yaml.Node, findings: Findings) -> Category | None:
    known = len(findings.problems)
    if not isinstance(key, yaml.ScalarNode) or not _ID.fullmatch(key.value):
        findings.wrong("not a category's id", "lower_case_name", line=line_of(key))
    if not isinstance(node, yaml.MappingNode):
        findings.wrong("a category without its keys", ", ".join(_KEYS), line=line_of(key))
        return None
    values = _values(node, findings)
    findings.line = line_of(key)
    for name in _NEEDED:
        if name not in values:
            findings.wrong(f"{name} is missing", _KEYS[name][0])
    if "suggest" in values and values.get("suggestion") == "false":
        findings.wrong("suggest is given where no suggestion may be made", "no suggest, or suggestion: true")
    if len(findings.problems) > known:
        return None
    return Category(
        id=str(key.value),
        title=values["title"],
        law=values["law"],
        severity=int(values["severity"]),
        is_suggestion_allowed=values.get("suggestion", "true") == "true",
        suggest=values.get("suggest"),
    )


def _values(node: yaml.MappingNode, findings: Findings) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name not in _KEYS:
            findings.unknown("key", name, _KEYS, line=line_of(key))
            continue
        expected, pattern = _KEYS[name]
        if not isinstance(value, yaml.ScalarNode) or not pattern.fullmatch(value.value):
            findings.wrong(f"{name} cannot be read", expected, line=line_of(value))
        values[name] = str(value.value)
    return values
