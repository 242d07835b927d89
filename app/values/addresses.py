"""Which network addresses the service may connect to when an operator gives it a URL.

``ipaddress.is_private`` alone lets carrier NAT, embedded IPv4 and others through, so the ranges are listed here. The
host is resolved once and the connection goes to the judged address, so a name cannot change its mind in between.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import InvalidInput, Problem

_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "::1/128",
        "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A URL judged fit: connect to ``address``:``port``, speak to ``host``."""

    url: str
    scheme: str
    host: str
    port: int
    address: str


def is_refused(address: str) -> bool:
    """Whether an address is none of the public internet's."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return any(parsed.version == network.version and parsed in network for network in _REFUSED)


def check_url(url: str, *, allow_private: bool) -> tuple[str, str, int]:
    """Scheme, host and port of an https URL (http too where private addresses are allowed), or InvalidInput."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidInput("the URL is malformed", problems=[Problem("url", str(error), "https://host/path")]) from None
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not host or parts.username is not None:
        raise InvalidInput(
            "the URL is not allowed", problems=[Problem("url", url[:200], "https://host/path, no user info")]
        )
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def judge(url: str, *, allow_private: bool) -> Target:
    """Resolve the URL's host once and judge every address it has; raises InvalidInput when any is refused."""
    scheme, host, port = check_url(url, allow_private=allow_private)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a label that is too long is no name at all
        raise InvalidInput(f"{host} cannot be resolved: {error}") from None
    addresses = [str(entry[4][0]) for entry in found]
    refused = [address for address in addresses if is_refused(address)]
    if refused and not allow_private:
        raise InvalidInput(f"{host} leads to {refused[0]}, which is not a public address")
    return Target(url, scheme, host, port, addresses[0])
