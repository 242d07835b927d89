"""A pack of one rule per condition, for tests that make conditions up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

_LONGEST = 500


def condition_pack(
    conditions: Sequence[str],
    *,
    kind: str,
    parameters: Mapping[str, object],
    units: Mapping[str, str],
    missing: str = "review",
    overrides: Mapping[str, object] | None = None,
) -> dict[str, str]:
    """The two files; JSON is YAML. Their examples are there because a pack needs them.

    Texts too long for a pack are left out of the parameters; ``overrides`` are values they have for the shop ``s``.
    """
    rules = [
        {
            "id": f"F0-{number:02d}",
            "title": "fuzz",
            "on": kind,
            "status": "live",
            "effective": {"from": "2020-01-01", "review_by": "2099-01-01"},
            "references": ["law"],
            "when": condition,
            "then": ["block"],
            "reason": "fuzz",
            "missing": missing,
        }
        for number, condition in enumerate(conditions)
    ]
    written: dict[str, dict[str, object]] = {
        name: {"default": value, "unit": units.get(name, "count"), "origin": "engineering"}
        for name, value in parameters.items()
        if not isinstance(value, str) or len(value) <= _LONGEST
    }
    for name, value in (overrides or {}).items():
        written[name]["overrides"] = [{"where": {"shop": "s"}, "value": value}]
    pack = {
        "pack": "fuzz",
        "title": "fuzz",
        "owner": "fuzz",
        "references": {"law": {"text": "law", "confidence": "法条"}},
        "parameters": written,
        "rules": rules,
    }
    side = {side: [{"name": side, "facts": {}}] for side in ("fires", "quiet")}
    examples = {"examples": {rule["id"]: side for rule in rules}}
    return {"fuzz/pack.yaml": json.dumps(pack, ensure_ascii=False), "fuzz/examples.yaml": json.dumps(examples)}
