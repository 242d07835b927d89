"""All tables, so that migrations and tests see the whole metadata."""

from app.models.access import ApiKey, DataKey, Officer, Shop
from app.models.backtest import Backtest
from app.models.base import Base, new_id
from app.models.content import Case, Content, Screening
from app.models.deadline import Deadline, Feed
from app.models.event import Effect, Event, EventConflict, EventDecision, EventLink, EventRoot
from app.models.inbound import InboundMessage, PlatformToken
from app.models.record import Approval, AuditRow, IdempotentAnswer
from app.models.rule import RuleBreaker, RuleMinute
from app.models.sign_off import RuleSignOff
from app.models.snapshot import ActiveSnapshot, Snapshot
from app.models.subject import Complaint, Order, Parcel, Refund, Split, Ticket
from app.models.work import DeliveryAttempt, OutboxMessage, QueueRow, WebhookEndpoint

__all__ = [
    "ActiveSnapshot",
    "ApiKey",
    "Approval",
    "AuditRow",
    "Backtest",
    "Base",
    "Case",
    "Complaint",
    "Content",
    "DataKey",
    "Deadline",
    "DeliveryAttempt",
    "Effect",
    "Event",
    "EventConflict",
    "EventDecision",
    "EventLink",
    "EventRoot",
    "Feed",
    "IdempotentAnswer",
    "InboundMessage",
    "Officer",
    "Order",
    "OutboxMessage",
    "Parcel",
    "PlatformToken",
    "QueueRow",
    "Refund",
    "RuleBreaker",
    "RuleMinute",
    "RuleSignOff",
    "Screening",
    "Shop",
    "Snapshot",
    "Split",
    "Ticket",
    "WebhookEndpoint",
    "new_id",
]
