"""All tables, so that migrations and tests see the whole metadata."""

from app.models.access import ApiKey, DataKey, Officer, Shop
from app.models.audit import AuditCheckpoint, AuditLeaf, AuditNode, AuditPending
from app.models.backtest import Backtest
from app.models.base import Base, new_id
from app.models.consent import Consent
from app.models.content import Case, Content, Screening
from app.models.matcher import PackedMatcher
from app.models.person import Person, PersonField
from app.models.record import Approval, AuditRow, IdempotentAnswer
from app.models.rights import Erasure, KeyRotation, LegalHold, PersonRequest, RetentionPeriod
from app.models.rule import RuleBreaker, RuleMinute
from app.models.sign_off import RuleSignOff
from app.models.snapshot import ActiveSnapshot, Snapshot
from app.models.work import DeliveryAttempt, OutboxMessage, QueueRow, WebhookEndpoint

__all__ = [
    "ActiveSnapshot",
    "ApiKey",
    "Approval",
    "AuditCheckpoint",
    "AuditLeaf",
    "AuditNode",
    "AuditPending",
    "AuditRow",
    "Backtest",
    "Base",
    "Case",
    "Consent",
    "Content",
    "DataKey",
    "DeliveryAttempt",
    "Erasure",
    "IdempotentAnswer",
    "KeyRotation",
    "LegalHold",
    "Officer",
    "OutboxMessage",
    "PackedMatcher",
    "Person",
    "PersonField",
    "PersonRequest",
    "QueueRow",
    "RetentionPeriod",
    "RuleBreaker",
    "RuleMinute",
    "RuleSignOff",
    "Screening",
    "Shop",
    "Snapshot",
    "WebhookEndpoint",
    "new_id",
]
