"""Requests made from the OpenAPI description: mostly of the right shape, with values nobody sends on purpose."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

TEXTS = (
    *("", "a", "\x00", "x\x00y", "\ud800", "\u202eabc", "a" * 300, "a" * 70_000, "  ", "\n", "９９９", "🐮🐮"),
    *("0", "-1", "null", "1e400", "../..", "%00", "' OR 1=1", "=cmd|", "sha256:" + "0" * 64, "shop-1", "order:1"),
    *("2026-11-26", "2026-13-45", "2026-11-26T10:00:00Z", "01a21851-2058-7444-ab14-976582b30d88"),
)
NUMBERS = (0, 1, -1, 2**31, 2**63 - 1, 2**63, 10**30, -(10**30), 1.5, 1e308, 100)
INSTANTS = (
    *("2026-11-23T10:00:00+08:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    *("1900-01-01T00:00:00+00:00", "8999-12-31T23:59:59+00:00", "8999-12-31T23:59:59-12:00"),
)
DAYS = ("2026-11-23", "0001-01-01", "1900-01-01", "8999-12-31", "9999-12-31", "2024-02-29")
_DEEPEST = 7


@dataclass(slots=True)
class Requests:
    """Makes one request after the other from ``spec``; ``learn`` shows it answers, whose ids it asks for later."""

    spec: dict[str, Any]
    chance: random.Random
    known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Path, method and description of every call."""
        return [
            (path, method, described)
            for path, methods in self.spec["paths"].items()
            for method, described in methods.items()
        ]

    def request(self, path: str, described: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The address, and what the test client is given beside it."""
        query = {}
        for parameter in map(self._meant, described.get("parameters", ())):
            name, value = parameter["name"], self._value(parameter.get("schema", {}), parameter["name"])
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(_bytes(self._id(name, value))[:900], safe=""))
            elif parameter["in"] == "query" and self.chance.random() < 0.6:
                query[name] = _bytes(str(value))
        more: dict[str, Any] = {"query_string": urlencode(query)}
        if content := described.get("requestBody", {}).get("content"):
            shape = content.get("application/json", {}).get("schema")
            body = b"a,b\n1,2" if shape is None else json.dumps(self._value(shape)).encode()
            more |= {"data": body, "content_type": "application/json" if shape else next(iter(content))}
        return path, more

    def learn(self, answer: Any) -> None:
        """Note the ids in an answer."""
        for name, value in answer.items() if isinstance(answer, dict) else ():
            if isinstance(value, str) and (name == "id" or name.endswith("_id")):
                self.known[name].append(value)
                self.known["any"].append(value)
            self.learn(value)
        for each in answer[:20] if isinstance(answer, list) else ():
            self.learn(each)

    def _id(self, name: str, value: object) -> str:
        seen = self.known[name] or self.known["any"]
        return self.chance.choice(seen) if seen and self.chance.random() < 0.6 else str(value) or "x"

    def _meant(self, shape: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in shape:
            found: Any = self.spec
            for step in shape["$ref"].split("/")[1:]:
                found = found[step]
            shape = found
        return shape

    def _value(self, shape: dict[str, Any], name: str = "", depth: int = 0) -> Any:
        shape, chance = self._meant(shape), self.chance
        if depth > _DEEPEST or chance.random() < 0.05:
            return chance.choice([None, True, chance.choice(TEXTS), chance.choice(NUMBERS), [], {}, [None], {"a": [1]}])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in shape:
                return self._value(chance.choice(shape[several]), name, depth + 1)
        if "const" in shape or "enum" in shape:
            return chance.choice(shape.get("enum") or [shape["const"]])
        if shape.get("type") in {"object", "array"}:
            return self._many(shape, name, depth + 1)
        return self._text(shape, name) if shape.get("type") == "string" else self._one(shape)

    def _many(self, shape: dict[str, Any], name: str, depth: int) -> Any:
        if shape["type"] == "array":
            count = shape.get("minItems", 0) + self.chance.choice([0, 1, 2])
            return [self._value(shape.get("items", {}), name, depth) for _ in range(count)]
        needed, parts = shape.get("required", ()), shape.get("properties", {}).items()
        wanted = [each for each in parts if each[0] in needed or self.chance.random() < 0.5]
        return {key: self._value(part, key, depth) for key, part in wanted}

    def _one(self, shape: dict[str, Any]) -> Any:
        if shape.get("type") == "boolean":
            return self.chance.choice([True, False])
        return self.chance.choice([shape.get("minimum", 1), shape.get("maximum", 50), *NUMBERS])

    def _text(self, shape: dict[str, Any], name: str) -> str:
        chance = self.chance
        if chance.random() < 0.25:
            return chance.choice(TEXTS)
        if shape.get("format") in {"date", "date-time"}:
            return chance.choice(DAYS if shape["format"] == "date" else INSTANTS)
        if self.known[name] and chance.random() < 0.8:
            return chance.choice(self.known[name])
        longest = min(shape.get("maxLength", 20), 100_000)
        return "shop-1" if "shop" in name else chance.choice(["今天", "药到病除", "x" * longest])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
