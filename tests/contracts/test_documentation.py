"""The pages keep together: every link leads somewhere, and every page is on the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def prose_of(page):
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors_of(page):
    """What a heading is called in an address: lower case, punctuation gone, spaces as hyphens."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    for target, anchor in LINK.findall(prose_of(page)):
        linked = (page.parent / target).resolve() if target else page

        assert linked.exists(), target
        if anchor and linked.suffix == ".md":
            assert anchor in anchors_of(linked), f"{target}#{anchor}"


def test_every_page_is_on_the_index():
    index = ROOT / "docs/README.md"
    listed = {(index.parent / target).resolve() for target, _ in LINK.findall(prose_of(index)) if target}

    assert [page for page in ROOT.glob("docs/*/**/*.md") if page not in listed] == []


def test_each_page_opens_with_one_title():
    for page in PAGES:
        titles = re.findall(r"^# ", prose_of(page), flags=re.MULTILINE)

        assert len(titles) == 1, page
        assert page.read_text(encoding="utf-8").startswith("# "), page
