"""Chinese characters hidden by sound, shape and script; where the tables come from stands in `sources`."""

from __future__ import annotations

from random import Random

from bench.tricks.plant import Plant
from bench.tricks.sources import homophones, pairs, sounds_of, splits, words

_WHOLE = dict(zip("亻氵扌忄讠钅纟饣犭礻衤艹刂辶灬攵冫", "人水手心言金丝食犬示衣草刀走火文冰", strict=True))


def traditional(plant: Plant, _: Random) -> str:
    """As the dictionary writes it, its longest known words first: 头发 as 頭髮, 发票 as 發票."""
    text, out = plant.text, ""
    while rest := text[len(out) :]:
        known = (words()[rest[:size]][0] for size in range(min(6, len(rest)), 0, -1) if rest[:size] in words())
        out += next(known, rest[0])
    return out


def all_sounds(plant: Plant, chance: Random) -> str:
    """Every character as its syllable: `weixin`, `wei xin` or `WeiXin`."""
    style = chance.random()
    syllables = dict(enumerate(sounds_of(plant.text)))
    pieces = [syllables[place] or char for place, char in enumerate(plant.text)]
    if style < 0.5:
        return "".join(pieces)
    return " ".join(pieces) if style < 0.75 else "".join(piece.capitalize() for piece in pieces)


def initials(plant: Plant, _: Random) -> str:
    return "".join(sound[0] if sound else char for char, sound in zip(plant.text, sounds_of(plant.text), strict=True))


def one_syllable(plant: Plant, chance: Random) -> str:
    sounds = sounds_of(plant.text)
    return _replace_one(plant, chance, lambda place: [sounds[place]] if sounds[place] else [])


def one_homophone(plant: Plant, chance: Random) -> str:
    sounds = sounds_of(plant.text)
    return _replace_one(plant, chance, lambda place: [c for c in homophones()[sounds[place]] if c != plant.text[place]])


def one_sellers_pair(plant: Plant, chance: Random) -> str:
    return _replace_one(plant, chance, lambda place: pairs("sellers_pairs.txt")[plant.text[place]])


def one_drawn_alike(plant: Plant, chance: Random) -> str:
    return _replace_one(plant, chance, lambda place: pairs("drawn_alike.txt")[plant.text[place]])


def one_split(plant: Plant, chance: Random) -> str:
    return _replace_one(plant, chance, lambda place: [split for split in (splits().get(plant.text[place]),) if split])


def one_split_whole(plant: Plant, chance: Random) -> str:
    """As above, with a bound radical as the character it comes from: 信 as 人言."""

    def options(place: int) -> list[str]:
        split = splits().get(plant.text[place], "")
        whole = "".join(_WHOLE.get(part, part) for part in split)
        return [whole] if whole != split else []

    return _replace_one(plant, chance, options)


def all_split(plant: Plant, _: Random) -> str:
    """Every character that can be split, two at least."""
    own = [place for place in plant.han if plant.text[place] in splits()]
    if len(own) < 2:
        return plant.text
    return "".join(splits()[char] if place in own else char for place, char in enumerate(plant.text))


def _replace_one(plant: Plant, chance: Random, options) -> str:
    for place in chance.sample(plant.han, len(plant.han)):
        if found := options(place):
            return plant.text[:place] + chance.choice(found) + plant.text[place + 1 :]
    return plant.text
