"""What a page says by itself in Chinese although it is English: what is quoted is marked ``lang="zh-CN"``."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask import request
from flask_babel import force_locale

CHINESE = re.compile("[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]")
SPOKEN = {"title", "alt", "placeholder", "aria-label", "data-head", "data-on", "data-off", "label"}
DATA = {"shop", "to", "case", "candidate"}
"""Choices among what people have named, which cannot be marked inside an option."""
_VOID = {"meta", "link", "input", "br", "col", "img", "hr", "wbr"}


class Spoken(HTMLParser):
    """Everything a page says by itself: texts and spoken attributes outside of ``lang="zh-CN"``."""

    def __init__(self, page):
        super().__init__()
        self.said, self.broken, self._open, self._choice = [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        self.said += [values[name] for name in SPOKEN & values.keys() if not self._is_quoted and "lang" not in values]
        self.broken += [value for value in values.values() if "<span" in value]
        if tag == "select":
            self._choice = values.get("name", "")
        if tag not in _VOID:
            self._open.append((tag, values.get("lang", "")))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        within = {tag for tag, _ in self._open}
        is_data = "textarea" in within or ("option" in within and self._choice in DATA)
        if not self._is_quoted and not is_data:
            self.said.append(data)

    @property
    def _is_quoted(self):
        return next((language for _, language in reversed(self._open) if language), "") == "zh-CN"


def chinese(page):
    """Texts and spoken attributes that are neither English nor marked, and markup that landed in an attribute."""
    spoken = Spoken(page)
    return [text.strip() for text in spoken.said if CHINESE.search(text)] + spoken.broken


def watch(app, found):
    """Make every page that a test looks at once more, in English, and keep what it says in Chinese."""

    @app.after_request
    def look(response):
        is_page = response.mimetype == "text/html" and request.blueprint in {"console", "merchants"}
        if is_page and request.method == "GET" and response.status_code == 200:
            view = app.view_functions[request.endpoint]
            with force_locale("en_GB"):
                again = view(**request.view_args)
            page = again if isinstance(again, str) else again.get_data(as_text=True)
            found.extend(f"{request.path}: {text[:100]}" for text in chinese(page))
        return response
