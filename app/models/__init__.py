"""All tables, so that migrations and tests see the whole metadata."""

from app.models.access import ApiKey, DataKey, Officer, RateBucket, Shop
from app.models.audit import AuditCheckpoint, AuditLeaf, AuditNode, AuditPending
from app.models.backtest import Backtest
from app.models.base import Base, new_id
from app.models.beside import CaseFile, Mention
from app.models.campaign import Campaign, Contest, Coupon, FigurePoint, FissionEdge, PointsChange, StoredValue
from app.models.casework import (
    Appeal,
    AppealFile,
    BulkDeed,
    CaseMember,
    CaseShingle,
    EntityMark,
    NoteDraft,
    Precedent,
    SavedFilter,
)
from app.models.claim import Claim, ClaimStep, OrderCompensation
from app.models.consent import Consent
from app.models.content import Case, Content, Screening
from app.models.deadline import Deadline, Feed
from app.models.event import Effect, Event, EventConflict, EventDecision, EventLink, EventRoot, LineMark
from app.models.evidence import Evidence, EvidenceFile, EvidenceUse
from app.models.figure import FigureCount, FigureMark
from app.models.identity import OfficerIdentity, UsedTry
from app.models.inbound import InboundMessage, PlatformCertificate, PlatformToken
from app.models.inquiry import Inquiry, InquiryPart
from app.models.ledger import BooksCheck, LedgerAccount, LedgerPeriod, Posting
from app.models.live import Engagement, LiveFlag, LiveGift, LiveHost, LiveRoom, LiveSpeech, LiveStream
from app.models.matcher import PackedMatcher, PackedRules
from app.models.notice import Notice, NoticeFile
from app.models.payout import BillDifference, BillFile, BillLine, MerchantAgreement, Payout, PayoutStop
from app.models.person import Person, PersonField
from app.models.provider import ProviderAppeal, ProviderBadge, ProviderRating
from app.models.quality import GoldAnswer, GoldCase, SecondReview
from app.models.record import Approval, AuditRow, IdempotentAnswer
from app.models.reviewer import AwaitedCheck, ReviewerModel, ReviewerModelUse, ReviewerOpinion
from app.models.rights import Erasure, KeyRotation, LegalHold, PersonRequest, RetentionPeriod
from app.models.roster import Handover, OfficerShift
from app.models.rule import RuleBreaker, RuleMinute
from app.models.sign_off import RuleSignOff
from app.models.snapshot import ActiveSnapshot, Snapshot
from app.models.split_receiver import SplitReceiver
from app.models.subject import (
    Complaint,
    Order,
    Parcel,
    ProviderJob,
    Refund,
    ServiceProvider,
    Split,
    Supplier,
    Ticket,
)
from app.models.supplier import SupplierRank
from app.models.tiering import PersonSegment, Quote, SegmentMove, TierRun
from app.models.word import WordChange, WordDay
from app.models.wording import Wording
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
    "Appeal",
    "AppealFile",
    "Approval",
    "AuditCheckpoint",
    "AuditLeaf",
    "AuditNode",
    "AuditPending",
    "AuditRow",
    "AwaitedCheck",
    "Backtest",
    "Base",
    "BillDifference",
    "BillFile",
    "BillLine",
    "BooksCheck",
    "BulkDeed",
    "Campaign",
    "Case",
    "CaseFile",
    "CaseMember",
    "CaseShingle",
    "Claim",
    "ClaimStep",
    "Complaint",
    "Consent",
    "Content",
    "Contest",
    "Coupon",
    "DataKey",
    "Deadline",
    "DeliveryAttempt",
    "Effect",
    "Engagement",
    "EntityMark",
    "Erasure",
    "Event",
    "EventConflict",
    "EventDecision",
    "EventLink",
    "EventRoot",
    "Evidence",
    "EvidenceFile",
    "EvidenceUse",
    "Feed",
    "FigureCount",
    "FigureMark",
    "FigurePoint",
    "FissionEdge",
    "GoldAnswer",
    "GoldCase",
    "Handover",
    "IdempotentAnswer",
    "InboundMessage",
    "Inquiry",
    "InquiryPart",
    "KeyRotation",
    "LedgerAccount",
    "LedgerPeriod",
    "LegalHold",
    "LineMark",
    "LiveFlag",
    "LiveGift",
    "LiveHost",
    "LiveRoom",
    "LiveSpeech",
    "LiveStream",
    "Mention",
    "MerchantAgreement",
    "NoteDraft",
    "Notice",
    "NoticeFile",
    "Officer",
    "OfficerIdentity",
    "OfficerShift",
    "Order",
    "OrderCompensation",
    "OutboxMessage",
    "PackedMatcher",
    "PackedRules",
    "Parcel",
    "Payout",
    "PayoutStop",
    "Person",
    "PersonField",
    "PersonRequest",
    "PersonSegment",
    "PlatformCertificate",
    "PlatformToken",
    "PointsChange",
    "Posting",
    "Precedent",
    "ProviderAppeal",
    "ProviderBadge",
    "ProviderJob",
    "ProviderRating",
    "QueueRow",
    "Quote",
    "RateBucket",
    "Refund",
    "RetentionPeriod",
    "ReviewerModel",
    "ReviewerModelUse",
    "ReviewerOpinion",
    "RuleBreaker",
    "RuleMinute",
    "RuleSignOff",
    "SavedFilter",
    "Screening",
    "SecondReview",
    "SegmentMove",
    "ServiceProvider",
    "Shop",
    "Snapshot",
    "Split",
    "SplitReceiver",
    "StoredValue",
    "Supplier",
    "SupplierRank",
    "Ticket",
    "TierRun",
    "UsedTry",
    "WaitingScreening",
    "WebhookEndpoint",
    "WordChange",
    "WordDay",
    "Wording",
    "WordlistCanary",
    "WordlistCheck",
    "WordlistRefresh",
    "WordlistSource",
    "WordlistUpload",
    "new_id",
]
