"""Officers read Chinese: every name that a hit may carry has a Chinese one in the console."""

from __future__ import annotations

import pytest

from app.text.spellings import Trick
from app.web.console.words import NAMES


@pytest.mark.parametrize(
    "trick", [trick.label for trick in Trick if trick is not Trick.PLAIN] + ["split_over_segments", "emoji_read"]
)
def test_the_console_names_every_trick_in_chinese(trick) -> None:
    assert any("\u4e00" <= char <= "\u9fff" for char in NAMES["trick"][trick])


def test_no_two_tricks_have_the_same_name() -> None:
    names = list(NAMES["trick"].values())

    assert len(set(names)) == len(names)
