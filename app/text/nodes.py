"""YAML read as nodes and not as values, because a problem must name its line."""

from __future__ import annotations

import yaml

from app.text.findings import Findings


def compose(source: str, findings: Findings) -> yaml.Node | None:
    """The document's root, or None when it is empty or not YAML; the latter goes to `findings`."""
    try:
        root: yaml.Node | None = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or error
        findings.wrong(f"not YAML: {what}", "YAML", line=mark.line + 1 if mark else 1)
        return None
    return root


def line_of(node: yaml.Node) -> int:
    """The line it begins in, from 1."""
    return int(node.start_mark.line) + 1
