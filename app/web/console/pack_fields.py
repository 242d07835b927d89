"""A whole pack as a form: its two files as texts, for what the forms of a rule or a parameter cannot make.

New rules, new packs, references, bands, parameters that come or go: whoever makes them writes them as in the folder,
and is held to the same checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import Problem
from app.rules.pack import Pack
from app.web.console.edit_draft import Draft

PACK_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PARTS = {"pack_file": "pack", "examples_file": "examples"}
_NEW_PACK = """\
# 这个规则包管什么、为什么。
pack: {pack}
title: 新规则包
owner: {owner}
references:
  law: {{text: 依据的法律名称和条款, confidence: 法条}}
parameters:
  title_max: {{default: 60, unit: count, origin: engineering, note: 为什么是这个数}}
rules:
  - id: {prefix}-01
    title: 标题过长
    on: content.submit
    status: draft
    effective: {{from: {start}, review_by: {review}}}
    references: [law]
    when: text_length > title_max
    then: [warn]
    reason: 给上传者的一句话
"""
_NEW_EXAMPLES = """\
examples:
  {prefix}-01:
    fires:
      - {{name: 超过上限, facts: {{text_length: 61}}}}
    quiet:
      - {{name: 等于上限, facts: {{text_length: 60}}}}
"""


@dataclass(frozen=True, slots=True)
class PackTarget:
    """The pack that is edited; one that is not in force yet begins with a draft to write over."""

    pack: str
    owner: str
    today: date

    def values(self, files: Mapping[str, str]) -> dict[str, str]:
        """Both files as they are written."""
        return {name: files.get(f"{self.pack}/{part}.yaml") or self._new(part) for name, part in _PARTS.items()}

    def edited(self, files: Mapping[str, str], draft: Draft, _packs: Sequence[Pack], /) -> dict[str, str]:
        """The files with both texts in place of what was there."""
        texts = {name: draft.values[name].rstrip() + "\n" for name in _PARTS}
        return {**files, **{f"{self.pack}/{part}.yaml": texts[name] for name, part in _PARTS.items()}}

    def rules(self, packs: Sequence[Pack], /) -> tuple[str, ...]:
        """All rules of the pack."""
        return tuple(rule.id for pack in packs if pack.name == self.pack for rule in pack.rules)

    def field_of(self, _problem: Problem, _files: Mapping[str, str]) -> str | None:
        """No field: a file is long, so a problem is told with its line."""
        return None

    def _new(self, part: str) -> str:
        template = _NEW_PACK if part == "pack" else _NEW_EXAMPLES
        review = self.today.replace(year=self.today.year + 1, day=min(self.today.day, 28))
        prefix = self.pack[:1].upper() + "1"
        return template.format(pack=self.pack, owner=self.owner, prefix=prefix, start=self.today, review=review)
