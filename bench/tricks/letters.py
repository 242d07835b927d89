"""Letters and characters written in another form: by Unicode's block arithmetic and by hand, never by normalisation.

The service undoes these by NFKC, character names and TR39's table. Here they are made from where each alphabet begins,
from the order of the 214 radicals in the Kangxi dictionary, and from letters picked by eye.
"""

from __future__ import annotations

import unicodedata
from random import Random

from bench.tricks.hanzi import traditional
from bench.tricks.plant import Plant

# Where the alphabets begin: small a, capital A (0 where the block has none).
CIRCLED = ((0x24D0, 0x24B6),)
NEGATIVE_CIRCLED = ((0, 0x1F150),)
BOLD = ((0x1D41A, 0x1D400), (0x1D5EE, 0x1D5D4), (0x1D482, 0x1D468), (0x1D68A, 0x1D670), (0x1D656, 0x1D63C))
SQUARED = ((0, 0x1F130), (0, 0x1F170))
REGIONAL = ((0, 0x1F1E6),)
PARENTHESISED = ((0x249C, 0x1F110),)
# Digit zero of each style; circled ones begin at 1 and have a zero of their own.
BOLD_ZEROS = (0x1D7CE, 0x1D7EC, 0x1D7CE, 0x1D7F6, 0x1D7EC)

MARKED = {
    "a": "áàâäãåā", "b": "ḃḅ", "c": "çćč", "d": "ďḍ", "e": "éèêëēę", "f": "ḟ", "g": "ğĝǵ", "h": "ĥḧḥ", "i": "íìîïī",
    "j": "ĵ", "k": "ķḱ", "l": "ĺļľ", "m": "ḿṁṃ", "n": "ñńň", "o": "óòôöõō", "p": "ṕṗ", "r": "ŕřṙ", "s": "śšş",
    "t": "ţťṭ", "u": "úùûüū", "v": "ṽṿ", "w": "ŵẁẃẅ", "x": "ẋẍ", "y": "ýÿŷ", "z": "źžż",
}  # fmt: skip
CYRILLIC = {
    "a": "аА", "b": "ЬВ", "c": "сС", "d": "ԁ", "e": "еЕ", "g": "ԍ", "h": "һН", "i": "іІ", "j": "јЈ", "k": "кК",
    "l": "ӏ", "m": "мМ", "n": "п", "o": "оО", "p": "рР", "q": "ԛ", "r": "г", "s": "ѕЅ", "t": "тТ", "v": "ѵ",
    "w": "ԝ", "x": "хХ", "y": "уУ",
}  # fmt: skip
GREEK = {
    "a": "αΑ", "b": "βΒ", "e": "Ε", "h": "Η", "i": "ιΙ", "k": "κΚ", "m": "Μ", "n": "ηΝ", "o": "οΟ", "p": "ρΡ",
    "t": "τΤ", "u": "υ", "v": "ν", "w": "ω", "x": "χΧ", "y": "γΥ", "z": "Ζ",
}  # fmt: skip

# The radicals in the Kangxi dictionary's order; the Unicode block follows it from U+2F00.
_RADICALS = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡"
    "彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹"
    "米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋"
    "韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)
_SIMPLE = dict(zip("见贝车长门韦页风飞马鱼鸟麦黄齐齿龙龟户青", "見貝車長門韋頁風飛馬魚鳥麥黃齊齒龍龜戶靑", strict=True))
KANGXI = {radical: chr(0x2F00 + place) for place, radical in enumerate(_RADICALS)}
KANGXI |= {simple: KANGXI[full] for simple, full in _SIMPLE.items()}
# The radicals' supplement has the simplified and the bound forms.
KANGXI |= dict(zip("见贝车长门页风飞马鱼鸟麦齐齿龙", "⻅⻉⻋⻓⻔⻚⻛⻜⻢⻥⻦⻨⻬⻮⻰", strict=True))


def width(plant: Plant, _: Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in plant.text)


def case(plant: Plant, chance: Random) -> str:
    whole = plant.text.upper()
    mixed = "".join(chance.choice(pair) for pair in zip(whole, plant.text.lower(), strict=True))
    return whole if mixed == plant.text or chance.random() < 0.5 else mixed


def styled(alphabets: tuple[tuple[int, int], ...], zeros: tuple[int, ...] = ()):
    """Latin letters from a block's alphabets; small letters where it has them, sometimes capitals."""

    def hide(plant: Plant, chance: Random) -> str:
        number = chance.randrange(len(alphabets))
        small, capital = alphabets[number]
        first = small if small and (not capital or chance.random() < 0.7) else capital
        out = []
        for char in plant.text:
            if char.isascii() and char.isalpha():
                out.append(chr(first + ord(char.lower()) - ord("a")))
            elif zeros and char.isascii() and char.isdigit():
                out.append(chr(zeros[number] + int(char)))
            else:
                out.append(char)
        return "".join(out)

    return hide


def marked(plant: Plant, chance: Random) -> str:
    """Accents on every Latin letter, in one character or by a combining mark."""
    return "".join(
        chance.choice((*MARKED.get(char.lower(), ""), char + chance.choice("\u0301\u0308\u0323\u0302")))
        if char.isascii() and char.isalpha()
        else char
        for char in plant.text
    )


def swapped(twins: dict[str, str]):
    """Latin letters as letters of another alphabet that look alike; one at least."""

    def hide(plant: Plant, chance: Random) -> str:
        return "".join(chance.choice(twins[low]) if (low := char.lower()) in twins else char for char in plant.text)

    return hide


def kangxi(plant: Plant, _: Random) -> str:
    return "".join(KANGXI.get(char, char) for char in plant.text)


def _compatibility() -> dict[str, list[str]]:
    """Ideographs that Unicode has twice; the database's own field, which names the ideograph each stands for."""
    forms: dict[str, list[str]] = {}
    for block in (range(0xF900, 0xFB00), range(0x2F800, 0x2FA20)):
        for code in block:
            if stands_for := unicodedata.decomposition(chr(code)):
                forms.setdefault(chr(int(stands_for, 16)), []).append(chr(code))
    return forms


COMPATIBILITY = _compatibility()


def compatibility(plant: Plant, chance: Random) -> str:
    out = []
    for char, old in zip(plant.text, traditional(plant, chance), strict=True):
        forms = COMPATIBILITY.get(char) or COMPATIBILITY.get(old)
        out.append(chance.choice(forms) if forms else char)
    return "".join(out)
