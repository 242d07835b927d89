"""What the law and the platform's guarantees give, in fen, with the way it was worked out, for people to read.

Rates that nobody published are parameters of the rule packs; only figures that stand in a law or guarantee are here.
Rounding goes down, and never below what the law says at least.
"""

from __future__ import annotations

from dataclasses import dataclass

FRAUD_TIMES, FRAUD_MIN_FEN = 3, 50_000  # 消费者权益保护法 55
FOOD_TIMES, FOOD_LOSS_TIMES, FOOD_MIN_FEN = 10, 3, 100_000  # 食品安全法 148
FAKE_TIMES = 3  # 假一赔三


@dataclass(frozen=True, slots=True)
class Worked:
    """An amount and its derivation."""

    amount_fen: int
    formula: str


def false_advertising(price_fen: int) -> Worked:
    """Three times the price, at least 500 yuan."""
    return _at_least(FRAUD_TIMES * price_fen, FRAUD_MIN_FEN, f"价款 {yuan(price_fen)} 元 × {FRAUD_TIMES}")


def unsafe_food(price_fen: int, *, loss_fen: int = 0) -> Worked:
    """Ten times the price or three times the loss, whichever is more, at least 1,000 yuan."""
    by_price, by_loss = FOOD_TIMES * price_fen, FOOD_LOSS_TIMES * loss_fen
    if by_loss > by_price:
        return _at_least(by_loss, FOOD_MIN_FEN, f"损失 {yuan(loss_fen)} 元 × {FOOD_LOSS_TIMES}")
    return _at_least(by_price, FOOD_MIN_FEN, f"价款 {yuan(price_fen)} 元 × {FOOD_TIMES}")


def guarantee_fake(price_fen: int, *, fee_fen: int = 0) -> Worked:
    """Three times the goods' price and the fee of the expertise."""
    formula = f"商品价款 {yuan(price_fen)} 元 × {FAKE_TIMES} + 鉴定费 {yuan(fee_fen)} 元"
    return Worked(FAKE_TIMES * price_fen + fee_fen, formula)


def proportional(paid_fen: int, *, share_bp: int, freight_fen: int = 0) -> Worked:
    """The damaged share of what was paid, and the freight."""
    formula = f"实付 {yuan(paid_fen)} 元 × {share_bp / 100:g}% + 运费 {yuan(freight_fen)} 元"
    return Worked(paid_fen * share_bp // 10_000 + freight_fen, formula)


def yuan(fen: int) -> str:
    """Fen as yuan with two places: ``1234`` → ``12.34``."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02}"


def plain_yuan(fen: int) -> str:
    """The same without a mark between the thousands, for files that programs read: ``1234567`` → ``12345.67``."""
    return yuan(fen).replace(",", "")


def _at_least(amount_fen: int, least_fen: int, formula: str) -> Worked:
    if amount_fen >= least_fen:
        return Worked(amount_fen, formula)
    return Worked(least_fen, f"{formula}，不足 {yuan(least_fen)} 元，按 {yuan(least_fen)} 元")
