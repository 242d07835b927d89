"""The English of the console: complete, with the same places for values, and nothing Chinese beside the tables."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.web.console.language import CATALOGUE
from app.web.console.messages import messages
from app.web.console.parts_of_page import PUNCTUATION

CHINESE = re.compile("[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]")
LETTERS = re.compile("[\u2e80-\u2fff\u3400-\u9fff]")
WEB = Path(__file__).parents[2] / "app" / "web"
QUOTED = {
    "case_phrases.py": "reasons for merchants, who read Chinese",
    "officer_pages.py": "a comma that people type",
    "parameter_fields.py": "commas that people type, and the list they read it as",
    "people_pages.py": "the channel as it is stored",
    "parts_of_page.py": "the punctuation and what stands for it",
    "problem_sentences.py": "Chinese of messages that are English",
    "language.py": "what the languages are called",
}


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_of_the_console_has_english(catalogue):
    asked = {text for _, text in messages() if CHINESE.search(text)}

    missing = sorted(text for text in asked if not (found := catalogue.get(text)) or not found.string or found.fuzzy)

    assert missing == [], "make translations, then fill in what it lists"


def test_the_catalogue_has_no_text_that_nobody_asks_for(catalogue):
    asked = {text for _, text in messages()}

    assert [message.id for message in catalogue if message.id and message.id not in asked] == []


def test_english_has_the_places_for_values_of_the_chinese(catalogue):
    def places(text):
        return sorted(re.findall(r"(?<!\{)\{(\w+)\}", text))

    assert [message.id for message in catalogue if places(message.id) != places(message.string)] == []


def test_english_holds_no_chinese(catalogue):
    assert [message.string for message in catalogue if message.id and CHINESE.search(message.string)] == []


def test_templates_hold_no_chinese_but_what_they_quote():
    quoted = {"全网最", "佳面膜", "大家好"}  # contents in commands to copy
    found = {
        (file.name, text)
        for file in WEB.glob("templates/**/*.html")
        for text in re.findall(f"(?:{LETTERS.pattern})+", re.sub(r"\{#.*?#\}", "", file.read_text("utf-8")))
    }

    assert {pair for pair in found if pair[1] not in quoted} == set()


def test_pages_are_written_without_chinese_beside_the_tables():
    found = {}
    for file in WEB.glob("console/*.py"):
        if file.name.endswith("words.py") or file.name == "names.py" or file.name in QUOTED:
            continue
        tree = ast.parse(file.read_text("utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        lines = [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in told
            and CHINESE.search(node.value)
            and node.value not in PUNCTUATION
        ]
        if lines:
            found[file.name] = lines

    assert found == {}
