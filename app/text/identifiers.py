"""Check digits of the numbers people are known by. Pure arithmetic, no text search.

Sources: GB 11643-1999 (resident identity number, ISO 7064 MOD 11-2), the immigration administration's notice on the
permanent residence card of 2023 (the same check), GB 32100-2015 (unified social credit code, MOD 31), ISO/IEC 7812-1
(card numbers, Luhn).
"""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"
_REGIONS = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
    for number in range(first, last + 1)
)
_PERMIT_REGIONS = frozenset({"81", "82", "83"})
_USCC_ALPHABET = "0123456789abcdefghjklmnpqrtuwxy"
_EARLIEST_YEAR = 1850
_LATEST_YEAR = 2100
_ID_LENGTH = 18
_OLD_CARD_LENGTH = 15
_CARD_LENGTHS = range(16, 20)


def is_resident_id(number: str) -> bool:
    """Whether 18 characters (17 digits and a digit or lower-case x) are a resident identity number."""
    return number[:2] in _REGIONS and _has_birth_and_check(number)


def is_residence_permit(number: str) -> bool:
    """Whether 18 characters are the number of a residence permit.

    People of Hong Kong, Macao and Taiwan have 81, 82 or 83 where the province stands; foreigners' permanent residence
    cards since December 2023 have 9, the province of issue and three digits of the nationality (ISO 3166-1).
    """
    is_foreigners = number[:1] == "9" and number[1:3] in _REGIONS
    return (is_foreigners or number[:2] in _PERMIT_REGIONS) and _has_birth_and_check(number)


def is_old_residence_card(number: str) -> bool:
    """Whether 15 characters may be a foreigner's permanent residence card of before December 2023.

    Three letters of the nationality, four digits of the place of issue, the birth date as YYMMDD, two digits. Whether
    the last is right is not looked at, so a word beside it has to say what the number is.
    """
    if len(number) != _OLD_CARD_LENGTH or not (number[:3].isalpha() and number[3:].isdigit()):
        return False
    return number[3:5] in _REGIONS and _is_date(f"20{number[7:9]}", number[9:11], number[11:13])


def _has_birth_and_check(number: str) -> bool:
    if len(number) != _ID_LENGTH or not number[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return number[17] == _ID_CHECKS[total % 11] and _is_date(number[6:10], number[10:12], number[12:14])


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        return _EARLIEST_YEAR < date(int(year), int(month), int(day)).year < _LATEST_YEAR
    except ValueError:
        return False


def is_credit_code(code: str) -> bool:
    """Whether 18 lower-case characters are a unified social credit code."""
    if len(code) != _ID_LENGTH or any(letter not in _USCC_ALPHABET for letter in code):
        return False
    values = [_USCC_ALPHABET.index(letter) for letter in code]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return (31 - total % 31) % 31 == values[17]


def is_card_number(number: str) -> bool:
    """Whether this is 16 to 19 digits that pass Luhn and begin like a payment card's (3 to 6, or 9)."""
    if len(number) not in _CARD_LENGTHS or number[0] not in "34569" or len(set(number)) == 1:
        return False
    if not number.isdigit():  # an identity number that is wrong may end with an x
        return False
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    total = sum(int(digit) for digit in number[-1::-2]) + sum(value - 9 * (value > 9) for value in doubled)  # noqa: PLR2004 - Luhn
    return total % 10 == 0
