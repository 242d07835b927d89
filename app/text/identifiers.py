"""Check digits of the numbers people are known by. Pure arithmetic, no text search.

Sources: GB 11643-1999 (resident identity number, ISO 7064 MOD 11-2), GB 32100-2015 (unified social credit code,
MOD 31), ISO/IEC 7812-1 (card numbers, Luhn).
"""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"
# Provinces, 81-83 residence permits for people of Hong Kong, Macao and Taiwan, 91 permanent residents.
_REGIONS = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for number in range(first, last + 1)
)
_USCC_ALPHABET = "0123456789abcdefghjklmnpqrtuwxy"
_EARLIEST_YEAR = 1850
_LATEST_YEAR = 2100
_ID_LENGTH = 18
_CARD_LENGTHS = range(16, 20)


def is_resident_id(number: str) -> bool:
    """Whether 18 characters (17 digits and a digit or lower-case x) are a resident identity number."""
    if len(number) != _ID_LENGTH or not number[:17].isdigit() or number[:2] not in _REGIONS:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _EARLIEST_YEAR < born.year < _LATEST_YEAR and number[17] == _ID_CHECKS[total % 11]


def is_credit_code(code: str) -> bool:
    """Whether 18 lower-case characters are a unified social credit code."""
    if len(code) != _ID_LENGTH or any(letter not in _USCC_ALPHABET for letter in code):
        return False
    values = [_USCC_ALPHABET.index(letter) for letter in code]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return (31 - total % 31) % 31 == values[17]


def is_card_number(number: str) -> bool:
    """Whether 16 to 19 digits pass Luhn and begin like a payment card's (3 to 6, or 9)."""
    if len(number) not in _CARD_LENGTHS or number[0] not in "34569" or len(set(number)) == 1:
        return False
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    total = sum(int(digit) for digit in number[-1::-2]) + sum(value - 9 * (value > 9) for value in doubled)  # noqa: PLR2004 - Luhn
    return total % 10 == 0
