"""Reading what the platform sends, JSON or XML, without losing a digit and without being led astray.

Order numbers exceed 2^53 and come unquoted, so integers are read as integers of any size. XML knows no types: every
value there is a text, and what repeats is a list. DTDs, and with them entities, are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import orjson
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.wechat.errors import Doubt, Untrusted

_DEPTH_MAX = 32
_LARGEST_EXACT = 2**64


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON or XML object in ``body``; raises Untrusted when there is none."""
    return read_xml(body) if body.lstrip()[:1] == b"<" else read_json(body)


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object with exact integers; raises Untrusted."""
    try:
        orjson.loads(body)  # the stricter reader: no NaN, no lone surrogates, bounded depth
        value = json.loads(body)  # the exact one: orjson makes floats of what exceeds 64 bits
    except (ValueError, RecursionError):
        raise Untrusted(Doubt.MALFORMED, "the body is no valid JSON") from None
    if not isinstance(value, dict):
        raise Untrusted(Doubt.MALFORMED, "the body is no JSON object")
    return value


def read_xml(body: bytes) -> dict[str, Any]:
    """The root element's children by name; raises Untrusted."""
    try:
        root = fromstring(body.decode("utf-8"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise Untrusted(Doubt.MALFORMED, "the body is no valid XML, or it has a DTD") from None
    value = _value(root, _DEPTH_MAX)
    if not isinstance(value, dict):
        raise Untrusted(Doubt.MALFORMED, "the XML holds no elements")
    return value


def text(content: Mapping[str, Any], *names: str) -> str | None:
    """The first of ``names`` that holds a text or a whole number, as text; None when none does."""
    for name in names:
        value = content.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def number(content: Mapping[str, Any], *names: str) -> int | None:
    """The first of ``names`` that holds a whole number, as XML's texts do too; None when none does."""
    given = text(content, *names)
    if given is None or len(given) > len(str(_LARGEST_EXACT)):
        return None
    sign, digits = (-1, given[1:]) if given[:1] == "-" else (1, given)
    return sign * int(digits) if digits.isascii() and digits.isdecimal() else None


def part(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under ``name``; an empty one when there is none."""
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def parts(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects listed under ``name``; XML gives a single one bare."""
    value = content.get(name)
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]


def _value(element: Element, left: int) -> object:
    if left == 0:
        raise Untrusted(Doubt.MALFORMED, f"the XML is nested deeper than {_DEPTH_MAX}")
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _value(child, left - 1)
        if child.tag in found:
            earlier = found[child.tag]
            found[child.tag] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[child.tag] = value
    return found
