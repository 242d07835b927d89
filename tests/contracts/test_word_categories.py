"""Every category of words is asked for by a rule, or is on the list of those that judge by themselves."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CATEGORIES = set(yaml.safe_load((ROOT / "wordlists/categories.yaml").read_text("utf-8")))
RULES = "\n".join(path.read_text("utf-8") for path in ROOT.glob("rules/*/pack.yaml"))
PAGE = (ROOT / "docs/reference/content-facts.md").read_text("utf-8")
ASKED_FOR = {"forced_following"} | {name for name in CATEGORIES if re.search(rf"\b{name}\b", RULES)}
"""`forced_following` is asked for by the score, whose rule S2-32 counts it."""


def test_every_category_is_asked_for_or_judges_by_itself_and_the_page_says_which():
    listed = set(re.findall(r"`([a-z_]+)`", PAGE.partition("## Words that judge by themselves")[2])) & CATEGORIES

    assert listed - ASKED_FOR == CATEGORIES - ASKED_FOR
    assert ASKED_FOR & listed == set()
