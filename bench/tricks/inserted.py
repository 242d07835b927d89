"""What is put between a word's characters, and what is done to their order and number."""

from __future__ import annotations

from random import Random

from bench.tricks.plant import Plant

EMOJI = ("❤️", "😊", "👍🏻", "🔥", "✨", "👨‍👩‍👧", "🌹", "☆")
KEYCAPS_AND_FLAGS = ("1️⃣", "0️⃣", "🇨🇳", "🅰️", "Ⓜ️", "🆗")
TAGS = ("<b></b>", "<br>", "<br/>", "</i>", "<font color=red>", "<!-- -->", '<span class="x">', "<wbr>")
ENTITIES = ("&nbsp;", "&zwj;", "&shy;", "&#8203;", "&#x200b;", "&ensp;", "&middot;")


def between(*marks: str):
    """One of the marks between all characters."""
    return lambda plant, chance: chance.choice(marks).join(plant.text)


def after(mark: str):
    """The mark after every character: what combines with it."""
    return lambda plant, _: "".join(char + mark for char in plant.text)


def mixed(*marks: str):
    """A mark of its own in every place between characters."""
    return lambda plant, chance: "".join(char + chance.choice(marks) for char in plant.text[:-1]) + plant.text[-1]


def tag_letters(plant: Plant, chance: Random) -> str:
    """Invisible letters of the tag block, one to three in each place."""
    return "".join(
        char + "".join(chr(0xE0061 + chance.randrange(26)) for _ in range(chance.randint(1, 3)))
        for char in plant.text[:-1]
    ) + plant.text[-1]  # fmt: skip


def one_between(alphabet: str):
    """A digit or a letter between two of the word's Chinese characters, in one place or (as often) in every place."""

    def hide(plant: Plant, chance: Random) -> str:
        places = [place for place in plant.han if place - 1 in plant.han]
        if not places:
            return plant.text
        chosen = set(places) if chance.random() < 0.5 else {chance.choice(places)}
        mark = chance.choice(alphabet)
        return "".join(mark + char if place in chosen else char for place, char in enumerate(plant.text))

    return hide


def entity_for_each(plant: Plant, chance: Random) -> str:
    style = chance.choice(("&#x{:x};", "&#{};", "&#X{:X};"))
    return "".join(style.format(ord(char)) for char in plant.text)


def doubled(plant: Plant, _: Random) -> str:
    return "".join(char * 2 for char in plant.text)


def backwards(plant: Plant, _: Random) -> str:
    return plant.text[::-1]


def backwards_shown_forwards(plant: Plant, _: Random) -> str:
    """Written backwards and turned round for the eye by a right-to-left override."""
    return f"\u202e{plant.text[::-1]}\u202c"
