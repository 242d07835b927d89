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
from app.web.console.pack_words import NEW_EXAMPLES, NEW_PACK

PACK_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PARTS = {"pack_file": "pack", "examples_file": "examples"}


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
        template = NEW_PACK if part == "pack" else NEW_EXAMPLES
        review = self.today.replace(year=self.today.year + 1, day=min(self.today.day, 28))
        prefix = self.pack[:1].upper() + "1"
        return template.format(pack=self.pack, owner=self.owner, prefix=prefix, start=self.today, review=review)
