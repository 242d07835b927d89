"""Marks, on an English page, what is quoted in Chinese, so that a screen reader and a font know which language it is.

Whatever a template puts between tags is looked at while the template is compiled: a value that holds Chinese on an
English page is wrapped in ``<span lang="zh-CN">``. Nobody has to remember it for a new page. Values inside of tags, of
titles, options and drawings cannot hold an element and stay as they are. Chinese punctuation that the template itself
puts between pieces becomes English; what a value says is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask
from jinja2 import pass_context
from jinja2.ext import Extension
from jinja2.filters import do_join
from jinja2.lexer import Token, TokenStream
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import pass_eval_context
from markupsafe import Markup, escape

from app.web.console.language import CHINESE, is_chinese

PUNCTUATION = {"：": ": ", "；": "; ", "，": ", ", "、": ", ", "（": " (", "）": ")"}
_LETTERS = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"  # with their punctuation
_CHINESE = re.compile(f"[{_LETTERS}](?:[{_LETTERS}0-9·“”‘’…—％+×/.%\\- ]*[{_LETTERS}“”…])?")
_NO_ELEMENTS = frozenset({"script", "style", "title", "textarea", "option", "text", "tspan", "desc"})
_MARKS = re.compile("([" + "".join(PUNCTUATION) + "])")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def install(app: Flask) -> None:
    """Have every template read this way."""
    app.jinja_env.add_extension(LanguageOfParts)
    app.jinja_env.filters.update(quoted=quoted, join=joined, punctuated=punctuated)


@pass_context
def quoted(_context: Context, value: Any) -> Any:
    """A value as it stands between tags; with the context, so that nothing is worked out while compiling."""
    if not isinstance(value, str) or value.isascii() or isinstance(value, Markup) or is_chinese():
        return value
    pieces, last = [], 0
    for found in _CHINESE.finditer(value):
        pieces += [escape(value[last : found.start()]), _span(found.group())]
        last = found.end()
    return Markup("").join([*pieces, escape(value[last:])]) if pieces else value


@pass_context
def punctuated(_context: Context, mark: str) -> str:
    """One mark of punctuation that stands between a template's pieces."""
    return mark if is_chinese() else PUNCTUATION.get(mark, mark)


@pass_eval_context
def joined(eval_ctx: EvalContext, value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> Any:
    """``join`` with the page's punctuation between the pieces."""
    return do_join(eval_ctx, value, d if is_chinese() else PUNCTUATION.get(d, d), attribute)


def _span(text: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(CHINESE, text)


class LanguageOfParts(Extension):
    """Puts ``|quoted`` behind every value that stands between tags."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The template's tokens, with the filter added."""
        place, in_value, waiting, in_title = _Place(), False, False, False
        previous: Token | None = None
        for token in stream:
            if token.type == "data":
                yield from _with_marks(token)
                place.read(token.value)
            elif token.type == "variable_begin":
                in_value, waiting = True, place.is_between_tags and not in_title
                yield token
                if waiting:
                    yield Token(token.lineno, "lparen", "(")
            elif token.type == "variable_end":
                if waiting:
                    yield from _filter(token, "quoted", closing=True)
                yield token
                in_value = waiting = False
            elif token.type == "string" and in_value and token.value in PUNCTUATION:
                yield Token(token.lineno, "lparen", "(")
                yield token
                yield from _filter(token, "punctuated")
                yield Token(token.lineno, "rparen", ")")
            else:
                if previous is not None and previous.type == "block_begin":
                    in_title = in_title and token.value != "endblock"
                in_title = in_title or (previous is not None and (previous.value, token.value) == ("block", "title"))
                yield token
            previous = token


def _filter(token: Token, name: str, *, closing: bool = False) -> Iterator[Token]:
    if closing:
        yield Token(token.lineno, "rparen", ")")
    yield Token(token.lineno, "pipe", "|")
    yield Token(token.lineno, "name", name)


def _with_marks(token: Token) -> Iterator[Token]:
    """Written text, its Chinese punctuation made a value of its own."""
    for at, piece in enumerate(_MARKS.split(token.value)):
        if at % 2 == 0:
            if piece:
                yield Token(token.lineno, "data", piece)
            continue
        yield Token(token.lineno, "variable_begin", "{{")
        yield Token(token.lineno, "string", piece)
        yield from _filter(token, "punctuated")
        yield Token(token.lineno, "variable_end", "}}")


class _Place:
    """Where in a page the template stands after what was read: between tags, in a tag, or in an element of text."""

    def __init__(self) -> None:
        self._in_tag, self._quote, self._name, self._is_end = False, "", "", False
        self._text_only = ""

    @property
    def is_between_tags(self) -> bool:
        """Whether an element may stand here."""
        return not self._in_tag and not self._text_only

    def read(self, text: str) -> None:
        """Go on through a stretch of the template."""
        at = 0
        while at < len(text):
            at = self._inside(text, at) if self._in_tag else self._outside(text, at)

    def _outside(self, text: str, at: int) -> int:
        found = _TAG.search(text, at)
        if found is None:
            return len(text)
        self._is_end, self._name = bool(found[1]), found[2].lower()
        if not self._text_only or (self._is_end and self._name == self._text_only):
            self._in_tag, self._quote = True, ""
        return found.end()

    def _inside(self, text: str, at: int) -> int:
        mark = text[at]
        if self._quote:
            self._quote = "" if mark == self._quote else self._quote
        elif mark in "\"'":
            self._quote = mark
        elif mark == ">":
            self._in_tag = False
            opens = self._name in _NO_ELEMENTS and not self._is_end and text[at - 1] != "/"
            self._text_only = self._name if opens else ""
        return at + 1
