"""What personal data may be read for, and on which legal basis (个人信息保护法 art. 13).

A purpose that rests on consent is open only while the person's consent to it holds; the others rest on a contract or on
a duty the law imposes. Once a person is erased and only the statutory copy is left (art. 47), storing and protecting it
is all that is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import Forbidden, InvalidInput, Problem


class Basis(StrEnum):
    """The legal basis of a purpose."""

    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Purpose:
    """One declared purpose. ``in_storage_only``: still allowed when only the statutory copy is left."""

    name: str
    title: str
    basis: Basis
    in_storage_only: bool = False


PURPOSES = {
    purpose.name: purpose
    for purpose in (
        Purpose("fulfilment", "履行订单与发货", Basis.CONTRACT),
        Purpose("compensation", "赔付与付款", Basis.CONTRACT),
        Purpose("after_sales", "售后与纠纷处理", Basis.CONTRACT),
        Purpose("person_request", "响应本人的请求", Basis.LEGAL_DUTY),
        Purpose("legal_duty", "履行法定义务", Basis.LEGAL_DUTY, in_storage_only=True),
        Purpose("security", "安全保护", Basis.LEGAL_DUTY, in_storage_only=True),
        Purpose("marketing", "营销触达", Basis.CONSENT),
        Purpose("profiling", "画像分析", Basis.CONSENT),
        Purpose("cross_channel_tracking", "跨端追踪", Basis.CONSENT),
    )
}


def find_purpose(name: str) -> Purpose:
    """The purpose of that name; raises InvalidInput."""
    purpose = PURPOSES.get(name)
    if purpose is None:
        raise InvalidInput("no such purpose", problems=[Problem("purpose", "is unknown", ", ".join(PURPOSES))])
    return purpose


def require_basis(purpose: Purpose, *, is_restricted: bool, is_consented: bool) -> None:
    """Raise Forbidden when the purpose has no legal basis for this person now."""
    if is_restricted and not purpose.in_storage_only:
        raise Forbidden(f"only the statutory copy is left, which is not for `{purpose.name}` (个人信息保护法第47条)")
    if purpose.basis is Basis.CONSENT and not is_consented:
        raise Forbidden(f"there is no valid consent to `{purpose.name}`")
