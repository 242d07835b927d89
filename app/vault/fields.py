"""The kinds of personal field: what each is called, how it is normalised for searching, how wide its index is.

A blind index is truncated where the value need not be unique: two persons in four billion may share one by chance, so
the index alone proves nothing about a value, and what is found is compared again after opening.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import InvalidInput, Problem

VALUE_MAX = 2_000
_NOT_DIGITS = re.compile(r"[^0-9]")
_SPACES = re.compile(r"\s+")
_BETWEEN_NAMES = re.compile(r"[\s·•・.‧]+")
_COUNTRY = re.compile(r"^(?:\+|00)86")


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One kind of field. ``mask`` is the kind of personal data it is masked as; no ``normalise``: not searchable."""

    name: str
    title: str
    mask: str
    normalise: Callable[[str], str] | None = None
    index_bits: int = 32
    is_sensitive: bool = False


def _phone(value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).strip()
    return _NOT_DIGITS.sub("", _COUNTRY.sub("", _SPACES.sub("", folded)))


def _digits(value: str) -> str:
    return _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", value))


def _id_card(value: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", value)).upper()


def _handle(value: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", value)).casefold()


def _person_name(value: str) -> str:
    return _BETWEEN_NAMES.sub("", unicodedata.normalize("NFKC", value)).casefold()


FIELD_KINDS = {
    kind.name: kind
    for kind in (
        FieldKind("name", "姓名", "name", _person_name, index_bits=24),
        FieldKind("phone", "手机号", "mobile", _phone),
        FieldKind("id_card", "身份证号", "resident_id", _id_card, is_sensitive=True),
        FieldKind("wechat_id", "微信号", "wechat_id", _handle),
        FieldKind("email", "电子邮箱", "email", _handle),
        FieldKind("openid", "微信 openid", "openid", str.strip),
        FieldKind("bank_card", "银行卡号", "bank_card", _digits, is_sensitive=True),
        FieldKind("bank_name", "开户行", "bank_name"),
        FieldKind("address", "地址", "address"),
        FieldKind("birth_date", "出生日期", "birth_date", is_sensitive=True),
        FieldKind("note", "备注", "note"),
    )
}


def field_kind(name: str) -> FieldKind:
    """The kind of that name; raises InvalidInput."""
    kind = FIELD_KINDS.get(name)
    if kind is None:
        raise InvalidInput("no such field", problems=[Problem(name, "is unknown", ", ".join(FIELD_KINDS))])
    return kind


def normalised(name: str, value: str) -> str:
    """The value as it is searched by; raises InvalidInput when the field cannot be searched or nothing is left."""
    kind = field_kind(name)
    if kind.normalise is None:
        searchable = ", ".join(each.name for each in FIELD_KINDS.values() if each.normalise is not None)
        raise InvalidInput("the field has no index", problems=[Problem(name, "cannot be searched", searchable)])
    folded = kind.normalise(value)
    if not folded:
        raise InvalidInput("nothing to search by", problems=[Problem(name, "is empty once normalised", kind.title)])
    return folded
