"""Every page of the console is in the documentation, in both languages and windows, in small pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.write_screenshots import EVENT_CASE, IMAGES, LANGUAGES, LARGEST, PAGE, SIGNED_OUT, WINDOWS, is_page
from tests.service import make_service


@pytest.fixture
def names(one_database, tmp_path):
    """The pages of the console by name."""
    app = make_service(one_database, tmp_path).app
    found = {rule.endpoint.removeprefix("console.") for rule in app.url_map.iter_rules() if is_page(rule)}
    return found | SIGNED_OUT.keys() | {EVENT_CASE}


def test_every_page_has_its_pictures_and_no_picture_is_of_a_page_that_is_gone(names):
    expected = {f"{name}-{language}-{window}.webp" for name in names for language in LANGUAGES for window in WINDOWS}

    assert {file.name for file in IMAGES.iterdir()} == expected
    shown = set(re.findall(r'src="\.\./images/console/([^"]+)"', PAGE.read_text("utf-8")))
    assert shown == expected


def test_no_picture_is_larger_than_it_may_be():
    assert [file.name for file in Path(IMAGES).iterdir() if file.stat().st_size > LARGEST] == []
