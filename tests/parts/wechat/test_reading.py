"""No digit is lost, no entity is followed, and nothing but Untrusted comes of what cannot be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wechat.errors import Untrusted
from app.wechat.reading import number, read_object, text

BOMB = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x><y>&b;</y></x>'


@given(st.integers(-(10**30), 10**30))
def test_a_number_of_any_size_is_exact_in_json(value):
    said = read_object(json.dumps({"order_id": value}).encode())

    assert text(said, "order_id") == str(value)


def test_json_and_xml_of_one_message_say_the_same():
    as_json = read_object(b'{"a":3705115058471208928,"b":{"c":"x"},"d":[{"e":1},{"e":2}]}')
    as_xml = read_object(
        b"<xml><a>3705115058471208928</a><b><c><![CDATA[x]]></c></b><d><e>1</e></d><d><e>2</e></d></xml>"
    )

    assert number(as_json, "a") == number(as_xml, "a") == 3705115058471208928
    assert as_json["b"] == as_xml["b"]
    assert [number(each, "e") for each in as_xml["d"]] == [each["e"] for each in as_json["d"]]


@pytest.mark.parametrize(
    "body",
    [BOMB, b"", b"[]", b"1", b'{"a":NaN}', b'{"a":"\\ud800"}', b"<a>", b"<a/>", b"\xff", b"<a>\xff</a>",
     b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x><y>1</y></x>', b"[" * 100_000, b"<a>" * 5_000 + b"</a>" * 5_000,
     b'{"a":' + b"9" * 5_000 + b"}"],
)  # fmt: skip
def test_what_is_no_plain_object_is_not_trusted(body):
    with pytest.raises(Untrusted):
        read_object(body)


@pytest.mark.parametrize("value", [True, None, 1.5, "1.5", "x", "", [1], "١", "1" * 40, "-"])
def test_what_is_no_whole_number_is_none(value):
    assert number({"a": value}, "a") is None
