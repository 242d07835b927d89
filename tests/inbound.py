"""For each inbound provider: how the platform would send a genuine message, and what would be wrong with others.

A provider is held to its contract with these; one that has no entry here fails the contract test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.events.provider import Received
from tests.wechat import PAYMENT, order_event, pay_notice, shop_push


@dataclass(frozen=True)
class Sender:
    """``genuine(now, number)`` is message ``number`` of the account ``main``; ``oldest_s`` is still fresh enough."""

    genuine: Callable[..., Received]
    oldest_s: int
    success: tuple[int, bytes]
    wrong_account: Callable[..., Received]


def pay(now, number=1, **more):
    content = PAYMENT | {"transaction_id": f"42{number:026d}"} | more.pop("content", {})
    headers, body = pay_notice(
        content, **{"original_type": "transaction", "now": now, "notice_id": f"EV-{number}"} | more
    )
    return Received(headers, {}, body)


def push(now, number=1, **more):
    content = order_event("channels_ec_order_confirm", now=now) | {"FromUserName": f"OPENID{number}"}
    query, body = shop_push(more.pop("content", content), now=now, **more)
    return Received({}, query, body)


SENDERS = {
    "wechatpay": Sender(pay, 299, (204, b""), lambda now: pay(now, content={"mchid": "1900000999"})),
    "channels": Sender(push, 5 * 3600 - 1, (200, b"success"), lambda now: push(now, appid="wx8")),
}


def forged(received):
    """Every change of a genuine message that must not be believed."""
    yield "another body", replace(received, body=received.body.replace(b"A", b"B"))
    yield "a longer body", replace(received, body=received.body + b" ")
    yield "a shorter body", replace(received, body=received.body[:-5])
    yield "no body", replace(received, body=b"")
    for name, value in received.headers.items():
        yield f"another {name}", replace(received, headers=received.headers | {name: value[:-4] + value[-4:][::-1]})
        yield f"no {name}", replace(received, headers={k: v for k, v in received.headers.items() if k != name})
    for name, value in received.query.items():
        if name in {"timestamp", "nonce", "msg_signature"}:
            yield f"another {name}", replace(received, query=received.query | {name: value[:-4] + value[-4:][::-1]})
            yield f"no {name}", replace(received, query={k: v for k, v in received.query.items() if k != name})
