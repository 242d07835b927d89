"""All tables, so that migrations and tests see the whole metadata."""

from app.models.access import ApiKey, DataKey, Officer, Shop
from app.models.backtest import Backtest
from app.models.base import Base, new_id
from app.models.content import Case, Content, Screening
from app.models.record import Approval, AuditRow, IdempotentAnswer
from app.models.rule import RuleBreaker, RuleMinute
from app.models.sign_off import RuleSignOff
from app.models.snapshot import ActiveSnapshot, Snapshot
from app.models.word import WordChange, WordDay
from app.models.wordlist import (
    WaitingScreening,
    WordlistCanary,
    WordlistCheck,
    WordlistRefresh,
    WordlistSource,
    WordlistUpload,
)
from app.models.work import DeliveryAttempt, OutboxMessage, QueueRow, WebhookEndpoint

__all__ = [
    "ActiveSnapshot",
    "ApiKey",
    "Approval",
    "AuditRow",
    "Backtest",
    "Base",
    "Case",
    "Content",
    "DataKey",
    "DeliveryAttempt",
    "IdempotentAnswer",
    "Officer",
    "OutboxMessage",
    "QueueRow",
    "RuleBreaker",
    "RuleMinute",
    "RuleSignOff",
    "Screening",
    "Shop",
    "Snapshot",
    "WaitingScreening",
    "WebhookEndpoint",
    "WordChange",
    "WordDay",
    "WordlistCanary",
    "WordlistCheck",
    "WordlistRefresh",
    "WordlistSource",
    "WordlistUpload",
    "new_id",
]
