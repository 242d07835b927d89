"""A month as requests, hour by hour: scripted scenes, orders and texts, sorted by when they happened. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from app.text.words import CHINA_TIME
from app.traffic.captions import make_caption
from app.traffic.months.honest_orders import honest_life
from app.traffic.months.script import Scene, read_script, scenes
from app.traffic.months.texts import honest_speech, honest_uploads
from app.traffic.order_life import make_life
from app.traffic.stream import EVENTS, SCREENINGS, Asked

SHOPS = ("honest", "bad")
_AT_ONCE = 100
_ORDER_WAIT = "order-of:"
_ROOM_EVERY = 2


@dataclass(frozen=True, slots=True)
class Month:
    """Which month to make: of which shop, from when, how long, and how much of it."""

    shop: str
    start: datetime
    days: int
    seed: int
    orders_a_day: int
    texts_a_day: int
    step_hours: int = 3
    """How far the clock goes at once; jobs run after each step."""

    @property
    def shop_id(self) -> str:
        """The shop's id; another one for each start, so that a month can be told to a service that knows one."""
        return f"shop-{self.shop}-{self.start.date():%m%d}"

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(days=self.days)


def first_day(end: datetime, days: int) -> datetime:
    """The midnight in China from which ``days`` whole days are over by ``end``."""
    midnight = end.astimezone(CHINA_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days)


def steps_of(month: Month) -> Iterator[tuple[datetime, list[Asked]]]:
    """Each step's end and what is to be sent by then; steps in which nothing happens are there, too."""
    told = sorted(_told(month), key=lambda each: each[0])
    step_s = timedelta(hours=month.step_hours).total_seconds()

    def step_at(each: tuple[datetime, dict[str, Any]]) -> int:
        return int((each[0] - month.start).total_seconds() // step_s)

    by_step = {step: list(group) for step, group in groupby(told, key=step_at)}
    for step in range(month.days * 24 // month.step_hours):
        ends_at = month.start + timedelta(hours=(step + 1) * month.step_hours)
        yield ends_at, list(_requests(month, by_step.get(step, ())))


def _told(month: Month) -> Iterator[tuple[datetime, dict[str, Any]]]:
    yield from _orders(month)
    yield from _uploads(month)
    yield from _rooms(month)
    for scene in scenes(read_script(month.shop), start=month.start, days=month.days):
        if scene.at < month.end:
            yield from _scene(month, scene)


def _scene(month: Month, scene: Scene) -> Iterator[tuple[datetime, dict[str, Any]]]:
    entry = scene.entry
    if "said" in entry:
        yield from _speech(entry["room"], entry["said"], scene.at)
    elif "consent" in entry:
        yield scene.at, {"person": entry["person"], "consent": entry["consent"], "data": entry.get("data")}
    elif "screen" in entry:
        upload = {"kind": entry["screen"], "text": entry["text"]}
        upload |= {name: entry[name] for name in ("category", "facts", "score") if name in entry}
        yield scene.at, upload | {"content_id": entry.get("content_id", f"{month.shop}-s{scene.name}")}
    else:
        subject = entry["subject"]
        if subject.startswith(_ORDER_WAIT):
            subject = _order_id(month, int(subject.removeprefix(_ORDER_WAIT)))
        told = {"id": f"{month.shop}-s{scene.name}"} | _event(entry["kind"], subject, entry["data"])
        yield scene.at, told | ({"shop_id": f"{month.shop_id}-{entry['shop']}"} if "shop" in entry else {})


def _event(kind: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"event": kind, "subject": subject, "data": data}


def _order_id(month: Month, number: int) -> str:
    return f"{month.shop[0]}{int(month.start.timestamp()):x}{month.seed:x}{number:05}"


def _orders(month: Month) -> Iterator[tuple[datetime, dict[str, Any]]]:
    chance = random.Random(f"orders:{month.seed}")  # noqa: S311 - a simulation, no secret
    make = honest_life if month.shop == "honest" else make_life
    for number in range(month.days * month.orders_a_day):
        day, hour = number // month.orders_a_day, min(23.9, max(0.1, chance.gauss(17, 4)))
        paid_at = month.start + timedelta(days=day, hours=hour)
        life = make(chance, _order_id(month, number), month.shop_id, paid_at=paid_at)
        for step, each in enumerate(life.steps):
            if (at := paid_at + timedelta(hours=each.hour)) < month.end:
                yield at, {"id": f"{life.order_id}-{step}"} | _event(each.kind, each.subject, each.data)


def _uploads(month: Month) -> Iterator[tuple[datetime, dict[str, Any]]]:
    chance = random.Random(f"texts:{month.seed}")  # noqa: S311 - a simulation, no secret
    honest = honest_uploads(chance)
    for number in range(month.days * month.texts_a_day):
        day, hour = number // month.texts_a_day, chance.uniform(8, 23)
        if month.shop == "honest":
            upload = next(honest)
        else:
            kind, text = make_caption(chance)
            upload = {"kind": kind, "text": text}
        named = {"content_id": f"{month.shop}-c{number}", "author_id": f"author-{number % 9}"}
        yield month.start + timedelta(days=day, hours=hour), upload | named


def _rooms(month: Month) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """What is said in the rooms of the honest script: an hour of every other evening."""
    if month.shop != "honest":
        return
    chance = random.Random(f"rooms:{month.seed}")  # noqa: S311 - a simulation, no secret
    for day in range(0, month.days, _ROOM_EVERY):
        said = list(honest_speech())
        chance.shuffle(said)
        yield from _speech(f"room-{day}", said, month.start + timedelta(days=day, hours=20, minutes=10))


def _speech(room: str, said: Sequence[str], at: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    texts = iter(enumerate(said))
    base = int(at.timestamp()) % 10_000_000
    while part := list(islice(texts, 10)):
        spoken = [
            {"sequence": base + number, "at": (at + timedelta(seconds=4 * number)).isoformat(), "text": text}
            for number, text in part
        ]
        yield at + timedelta(seconds=4 * part[-1][0]), {"room": room, "utterances": spoken}


def _requests(month: Month, told: Sequence[tuple[datetime, dict[str, Any]]] | Sequence[Any]) -> Iterator[Asked]:
    """Neighbouring events go together; texts and speech each by themselves."""
    waiting: list[dict[str, Any]] = []
    for at, each in told:
        if "event" in each:
            waiting.append(
                {
                    "id": each["id"],
                    "kind": each["event"],
                    "subject": each["subject"],
                    "shop_id": each.get("shop_id", month.shop_id),
                    "occurred_at": at.isoformat(),
                    "data": each["data"],
                }
            )
            if len(waiting) < _AT_ONCE:
                continue
        if waiting:
            yield Asked(0, EVENTS, {"events": waiting}, len(waiting))
            waiting = []
        if "utterances" in each:
            body = {"shop_id": month.shop_id, "utterances": each["utterances"]}
            yield Asked(0, f"/v1/live/{each['room']}/speech", body, len(each["utterances"]))
        elif "consent" in each:
            path = f"/v1/people/{each['person']}/consents/{each['consent']}"
            yield Asked(0, path, each["data"] or {}, 1, "PUT" if each["data"] else "DELETE")
        elif "text" in each:
            yield Asked(0, SCREENINGS, each | {"shop_id": month.shop_id, "occurred_at": at.isoformat()}, 1)
    if waiting:
        yield Asked(0, EVENTS, {"events": waiting}, len(waiting))
