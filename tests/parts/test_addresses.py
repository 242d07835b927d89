"""Which addresses an operator's URL may lead to."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.values.addresses import check_url, is_refused, judge

REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.254
192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.1.2.3
240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1 100::1
2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 5f00::1
"""
PUBLIC = """
1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.167.1.1 223.5.5.5 2400:3200::1 2606:4700::1
"""


@pytest.mark.parametrize("address", REFUSED.split())
def test_addresses_that_are_not_the_public_internets_are_refused(address):
    assert is_refused(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_let_through(address):
    assert not is_refused(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "ftp://example.com/x",
        "https://",
        "https://user:secret@example.com/x",
        "https://example.com:99999/x",
        "https://[::1/x",
        "javascript:alert(1)",
        "//example.com/x",
    ],
)
def test_a_url_that_is_no_plain_https_url_is_refused_without_a_look_up(url):
    with pytest.raises(InvalidInput):
        check_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "https://localhost/x", "https://2130706433/x", "https://[::ffff:10.0.0.1]/"]
)
def test_a_name_that_leads_inside_is_refused_unless_allowed(url):
    with pytest.raises(InvalidInput, match=r"not a public address|cannot be resolved"):
        judge(url, allow_private=False)


def test_the_judged_address_is_the_one_to_connect_to():
    target = judge("http://127.0.0.1:8080/hook", allow_private=True)

    assert (target.scheme, target.host, target.port, target.address) == ("http", "127.0.0.1", 8080, "127.0.0.1")
