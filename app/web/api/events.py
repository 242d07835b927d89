"""Events over HTTP: one, or up to 1,000 at once, each answered for itself."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field, SkipValidation, ValidationError, model_validator

from app.errors import AppError, Conflict, InvalidInput, Problem
from app.events.stored import SentEvent
from app.flows.take_any import take_any
from app.flows.told_events import Told
from app.flows.watch_feeds import own_source
from app.values.access import Caller, Scope
from app.web.auth import answered_once, caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.errors import problems_of
from app.web.event_answers import EventsAnswer
from app.web.limits import charge
from app.web.schema_fields import Contract, FreeMap, Id, Instant, ShopId
from app.web.schemas import BATCH_MAX

blueprint = APIBlueprint(
    "events",
    __name__,
    url_prefix="/v1",
    abp_tags=[Tag(name="events", description="订单等事件 · events of orders and their kin")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class EventIn(Contract):
    """One event: what happened, to what, when; ``data`` are the facts its kind declares."""

    id: Id
    kind: Annotated[str, Field(min_length=1, max_length=64)]
    subject: Id
    shop_id: ShopId
    occurred_at: Instant
    data: FreeMap = Field(default_factory=dict)

    def as_sent(self) -> SentEvent:
        """The value the flow works on; ids are the shop's own, so two shops may use the same."""
        return SentEvent(
            self.id, self.kind, own_source(self.shop_id), self.shop_id, self.subject, self.occurred_at, self.data
        )


class EventsIn(Contract):
    """One event, or ``events``: then each is checked by itself, so that one bad event spoils nothing."""

    events: list[SkipValidation[EventIn]] | None = Field(None, min_length=1, max_length=BATCH_MAX)
    id: Id | None = None
    kind: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    subject: Id | None = None
    shop_id: ShopId | None = None
    occurred_at: Instant | None = None
    data: FreeMap | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> EventsIn:
        own = [name for name in EventIn.model_fields if getattr(self, name) is not None]
        if (self.events is not None) is bool(own):
            raise ValueError("send one event, or `events`")
        return self


@blueprint.post("/events", summary="Take events", responses={200: EventsAnswer})
@answered_once
def take(body: EventsIn) -> Response:
    """Keep events, each once; what they caused is stored before the answer goes out.

    An event sent alone that is wrong is refused as a whole: 422, or 409 where its id was used for other content.
    """
    by = caller(Scope.EVENTS)
    is_alone = body.events is None
    items: list[Any] = [body.model_dump(exclude={"events"}, exclude_none=True)] if is_alone else list(body.events or ())
    charge(len(items) - 1)
    told = _take(items, by)
    if is_alone and told[0].problems:
        error = Conflict if told[0].is_conflict else InvalidInput
        raise error("the event cannot be taken", problems=told[0].problems)
    return Response(orjson.dumps({"results": [each.answer() for each in told]}), content_type="application/json")


def _take(items: list[Any], by: Caller) -> list[Told]:
    told: list[Told | None] = []
    sent: list[SentEvent] = []
    for item in items:
        try:
            event = EventIn.model_validate(_as_text(item)).as_sent()
            by.require_shop(event.shop_id)
            sent.append(event)
            told.append(None)
        except ValidationError as error:
            told.append(_refused(item, problems_of(error)))
        except AppError as error:
            told.append(_refused(item, [Problem("shop_id", error.detail)]))
    taken = iter(take_any(parts(), sent, actor=by.name, now=parts().now()) if sent else ())
    return [each or next(taken) for each in told]


def _as_text(item: Any) -> Any:
    """An instant that was read already, as it is read."""
    if isinstance(item, dict) and hasattr(item.get("occurred_at"), "isoformat"):
        return item | {"occurred_at": item["occurred_at"].isoformat()}
    return item


def _refused(item: Any, problems: list[Problem]) -> Told:
    said = item.get("id") if isinstance(item, dict) else None
    return Told(said if isinstance(said, str) else "", "invalid", problems=tuple(problems))
