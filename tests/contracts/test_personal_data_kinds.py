"""Every kind of personal data can be read by an officer and looked up by an uploader, and rules can count them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.events.kinds.content_submit import KIND, content_facts
from app.text.personal_data import KINDS
from app.values.deciding import PersonalDatum
from app.web.console.words import name

PAGE = (
    (Path(__file__).parents[2] / "docs/reference/http-api.md").read_text(encoding="utf-8").partition("\n## People")[0]
)
"""Up to the chapter on persons, whose fields have the same names."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_chinese_name_and_a_row_on_the_page(kind):
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and f"`{kind}`" in line.split("|")[1]]

    assert name("personal", kind) != kind
    assert len(rows) == 1


@pytest.mark.parametrize("kinds", [(), ("mobile",), ("qq", "mobile", "mobile")])
def test_rules_see_which_kinds_there_are_and_how_many_pieces(kinds):
    data = (PersonalDatum("text", 0, 1, kind) for kind in kinds)

    facts = content_facts(sent={}, content_kind="comment", category=None, hits=(), personal_data=data, texts=("x",))

    assert facts["personal_data_kinds"] == sorted(set(kinds))
    assert facts["personal_data_count"] == len(kinds)
    assert "personal_data_count" in {fact.name for fact in KIND.facts}
