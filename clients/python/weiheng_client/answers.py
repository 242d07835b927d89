"""What the API takes and answers, as types.

Written by scripts/write_reference.py from the API's own description; do not edit it here.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AcrossItem(TypedDict):
    """A supplier over shops; the last three count the shops in which it has that tier."""

    distributor_count: int
    due_count: int
    fulfilment_bp: int | None
    local_count: int
    met_count: int
    order_count: int
    oversold_count: int
    sales_fen: int
    shop_count: int
    strategic_count: int
    supplier_id: str


class AcrossPage(TypedDict):
    """A page of suppliers over shops."""

    items: list[AcrossItem]
    next_cursor: str | None


class AgainstOfficers(TypedDict):
    """Of the contents an officer decided; stopped: any decision but pass. Ratios in basis points, null …"""

    blocked: int
    blocked_let_pass: int
    precision_bp: int | None
    recall_bp: int | None
    stopped: int
    stopped_upheld: int


class AgreementAnswer(TypedDict):
    """The agreement that was kept."""

    agreement_id: str


class AgreementIn(TypedDict):
    """A merchant's written agreement about its deposit, with the four things the law asks for."""

    document: str
    limit_fen: int
    management: str
    refund: str
    shop_id: str
    usage: str
    valid_from: str
    valid_to: NotRequired[str | None]


class AnswerIn(TypedDict):
    """What was done, in words the person was told."""

    answer: str
    outcome: Literal["answered", "refused"]


class AppealAnswer(TypedDict):
    """How an appeal stands, for the merchant; what was written is not said again."""

    appeal_id: str
    decided_at: str | None
    decision: str | None
    decision_reason: str | None
    due_at: str | None
    filed_at: str | None
    link_expires_at: str
    reason: str | None
    state: Literal["offered", "filed", "upheld", "overturned"]
    wording: str | None


class AppealIn(TypedDict):
    """What a provider says against a rating, and where its evidence is."""

    evidence_ref: NotRequired[str | None]
    text: str


class AppealPage(TypedDict):
    """Appeals, the next due first."""

    items: list[RatingAppealAnswer]
    next_cursor: str | None


class ApproveClaimIn(TypedDict):
    """An approval, with the amount where it has to be set or changed."""

    amount_fen: NotRequired[int | None]
    reason: str


class ApproveIn(TypedDict):
    """A second person's answer to what was asked for."""

    approve: bool
    reason: str


class AskedAnswer(TypedDict):
    """Whether a refresh was asked for now, or is at work already."""

    state: Literal["asked", "running"]


class AttemptAnswer(TypedDict):
    """What came of sending once."""

    at: str
    error: str | None
    http_status: int | None
    ok: bool
    took_ms: int


class AuditPage(TypedDict):
    """Rows, newest first."""

    items: list[AuditRowAnswer]
    next_cursor: str | None


class AuditRowAnswer(TypedDict):
    """Who did what to what and why; ``seq`` is null until the row is sealed."""

    action: str
    actor: str
    at: str
    details: dict[str, Any]
    id: str
    object_id: str
    object_type: str
    reason: str | None
    seq: int | None
    shop_id: str | None


class BacktestAnswer(TypedDict):
    """A backtest; ``result`` is null until it is done, and left out of lists. ``officers_withheld``: it …"""

    asked_by: str
    candidate: BacktestCandidateAnswer
    created_at: str
    error: str | None
    finished_at: str | None
    from_at: str
    id: str
    limit: int | None
    officers_withheld: NotRequired[bool]
    progress: ProgressAnswer
    result: NotRequired[BacktestResult | None]
    shop_ids: list[str] | None
    state: Literal["running", "done", "cancelled", "failed"]
    to_at: str


class BacktestCandidateAnswer(TypedDict):
    """What was tried: the kinds that were proposed, and the snapshots' ids, stored or not."""

    rules: str
    tried: list[Literal["rules", "wordlists"]]
    wordlists: str


class BacktestIn(TypedDict):
    """A backtest to run, over screenings from ``from_at`` until before ``to_at``; ``limit``: about so …"""

    candidate: CandidateIn
    examples_aside: NotRequired[bool]
    from_at: str
    limit: NotRequired[int | None]
    shop_ids: NotRequired[list[str] | None]
    to_at: str


class BacktestList(TypedDict):
    """Backtests, newest first."""

    items: list[BacktestAnswer]
    next_cursor: NotRequired[None]


class BacktestResult(TypedDict):
    """What the candidate would have done; every count is of contents (each version screened is one)."""

    changed: int
    decisions: list[MovedDecision]
    events: TriedEvents
    looked_at: int
    officers: OfficersAnswer
    rules: list[MovedRule]
    samples: list[SampleAnswer]
    unreadable: int
    wordlists: list[MovedWordlist]
    words: list[MovedWord]


class BadgeAnswer(TypedDict):
    """A badge, from when it was given until it was taken away."""

    badge_id: str
    granted_at: str
    granted_by: str
    granted_why: str
    lapsed_at: str | None
    provider_id: str
    shop_id: str
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class BadgeIn(TypedDict):
    """The badge is given or taken away."""

    action: Literal["grant", "withdraw"]
    auctioned: NotRequired[bool]
    paid: NotRequired[bool]
    reason: str
    shop_id: NotRequired[str | None]


class BalanceAnswer(TypedDict):
    """One account."""

    account: str
    available_fen: int
    balance_fen: int
    reserved_fen: int
    title: str


BandAnswer = TypedDict(
    "BandAnswer",
    {
        "from": 'Literal["rule", "settings"]',
        "high_bp": "int",
        "low_bp": "int",
        "min_evaluations": "int",
        "window_minutes": "int",
    },
)


class BatchAnswer(TypedDict):
    """Answers in the order of the items."""

    results: list[ScreeningAnswer | ItemError]


class BatchIn(TypedDict):
    """Up to 1,000 contents; each item is checked by itself, so that one bad item spoils nothing."""

    items: list[dict[str, Any]]


class BillDifferenceAnswer(TypedDict):
    """What a bill and the ledger do not agree about."""

    about: str
    amount_fen: int
    day: str
    difference_id: str
    kind: str
    opened_at: str
    payout_id: str | None
    resolution: str | None
    resolved_by: str | None


class BillIn(TypedDict):
    """The platform's bill as it was downloaded."""

    bill: str
    channel: str


class BlindAnswer(TypedDict):
    """The review that was taken, with what the case is about; null when none is left."""

    excerpt: str | None
    review: SecondReviewAnswer | None
    summary: str | None


class BulkAnswer(TypedDict):
    """A bulk decision: it waits until ``due_at``, then it is carried out case by case."""

    bulk_id: str
    count: int
    created_at: str
    due_at: str
    result: dict[str, Any] | None
    state: Literal["waiting", "done", "undone"]


class BulkIn(TypedDict):
    """The same decision on many cases. Without ``policy`` each rests on its own category."""

    case_ids: list[str]
    decision: Literal["pass", "label", "block"]
    policy: NotRequired[str | None]
    reason: str


class CampaignAnswer(TypedDict):
    """A campaign whole: what belongs to it, every judgement, its figures now and by day, and their limits."""

    campaign_id: str
    contests: list[dict[str, Any]]
    coupons: list[dict[str, Any]]
    days: list[dict[str, Any]]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    figures: dict[str, int | None]
    firings: list[StandingFiring]
    judgements: list[dict[str, Any]]
    limits: dict[str, int | None]
    reset_count: int
    shop_id: str
    state: Literal["planned", "running", "ended"]
    title: str | None
    type: str | None


class CampaignCheckAnswer(TypedDict):
    """The hardest word on all parts, and each part's; nothing was stored."""

    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    now: str
    parts: list[CheckedPart]
    shop_id: str
    snapshot: str


class CampaignCheckIn(TypedDict):
    """A whole campaign before it starts: the facts of each part as its event would carry them."""

    campaign: NotRequired[dict[str, JsonValue] | None]
    comparisons: NotRequired[list[dict[str, JsonValue]] | None]
    contests: NotRequired[list[dict[str, JsonValue]] | None]
    coupons: NotRequired[list[dict[str, JsonValue]] | None]
    figures: NotRequired[dict[str, JsonValue] | None]
    now: NotRequired[str | None]
    points: NotRequired[list[dict[str, JsonValue]] | None]
    prices: NotRequired[list[dict[str, JsonValue]] | None]
    products: NotRequired[list[dict[str, JsonValue]] | None]
    rewards: NotRequired[list[dict[str, JsonValue]] | None]
    shop_id: str
    topups: NotRequired[list[dict[str, JsonValue]] | None]
    venues: NotRequired[list[dict[str, JsonValue]] | None]


class CampaignItem(TypedDict):
    """A campaign's own columns, its state now, and what the rules' word of it is since it was last told."""

    campaign_id: str
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    firings: list[StandingFiring]
    reset_count: int
    shop_id: str
    state: Literal["planned", "running", "ended"]
    title: str | None
    type: str | None


class CampaignPage(TypedDict):
    """A page of campaigns."""

    items: list[CampaignItem]
    next_cursor: str | None


class CampaignWhatIfAnswer(TypedDict):
    """A backtest's report over campaigns; ``looked_at`` counts campaigns, coupons, contests and goods …"""

    changed: int
    decisions: list[dict[str, Any]]
    from_at: str
    looked_at: int
    parameters: dict[str, Any]
    rules: list[dict[str, Any]]
    samples: list[dict[str, Any]]
    to_at: str


class CampaignWhatIfIn(TypedDict):
    """Parameters (``pack.name``) with the values to try, and on which period's campaigns."""

    from_at: str
    parameters: dict[str, Any]
    shop_ids: NotRequired[list[str] | None]
    to_at: str


class CanaryAnswer(TypedDict):
    """Why a candidate waits, what the checks found, and what it would change; contents of the key's …"""

    canary: dict[str, Any]
    created_at: str
    findings: list[dict[str, Any]]
    holds: list[str]
    refresh_id: str
    snapshot_id: str
    source: str


class CandidateAnswer(TypedDict):
    """What became of a proposal, with what it changes."""

    against: str | None
    approval_id: str | None
    counts: dict[str, int]
    hard_rules: list[str]
    holds: list[str]
    id: str
    items: list[ChangeAnswer]
    kind: str
    next_cursor: str | None
    state: Literal["active", "activating", "waiting", "unchanged"]
    summary: Said
    total: int
    undoes: list[str]


class CandidateApprovalIn(TypedDict):
    """Why, and which of the words that waiting wordlists add are left out."""

    leave_out: NotRequired[list[LeftOutIn] | None]
    reason: str


class CandidateIn(TypedDict):
    """What to try; the rest is as in force. ``rules`` and ``wordlists`` are a stored snapshot's id, or …"""

    change_id: NotRequired[str | None]
    edits: NotRequired[list[FileEditIn | ParameterEditIn | StatusEditIn] | None]
    rules: NotRequired[str | dict[str, Any] | None]
    upload: NotRequired[FileOfWordsIn | None]
    word: NotRequired[TriedWordIn | None]
    wordlists: NotRequired[str | dict[str, Any] | None]


class CaseAnswer(TypedDict):
    """A case, about a content, or about an order or another subject of events (then `subject` says which)."""

    amount_fen: int | None
    assigned_to: str | None
    author_id: str | None
    category: str
    claimed_by: str | None
    claimed_until: str | None
    content_id: str | None
    decided_at: str | None
    decided_by: str | None
    decision: Literal["pass", "label", "review", "block"]
    due_at: str
    excerpt: str | None
    first_at: str | None
    first_by: str | None
    held_until: str | None
    id: str
    opened_at: str
    outcome: str | None
    policy: str | None
    queue: str
    reason: str | None
    screening_id: str | None
    severity: int
    shop_id: str
    size: int
    stamp: int
    state: str
    subject: str | None
    subject_type: str | None
    suggestion: str | None
    summary: str
    wording: dict[str, Any] | None


class CaseFileAnswer(TypedDict):
    """A file; personal data in its name is starred."""

    added_at: str
    added_by: str
    id: str
    media_type: str
    name: str
    sha256: str
    size: int


class CaseFiles(TypedDict):
    """The files of a case, in the order they were added."""

    items: list[CaseFileAnswer]


class CaseOpinionsAnswer(TypedDict):
    """A case's opinions; none while the case ``is_blind`` and not decided."""

    case_id: str
    is_blind: bool
    items: list[HeardAnswer]


class CasePage(TypedDict):
    """A page of cases."""

    items: list[CaseAnswer]
    next_cursor: str | None


class CaseStepAnswer(TypedDict):
    """One thing that was done to a case."""

    action: str
    actor: str
    at: str
    audit_id: str
    details: dict[str, Any]
    reason: str | None


class CertificateAnswer(TypedDict):
    """The signed certificate of an erasure."""

    certificate: dict[str, Any]
    digest: str
    signature: str


class ChangeAnswer(TypedDict):
    """One thing added, removed or changed, in words and as data."""

    change: Literal["added", "removed", "changed"]
    details: list[DetailAnswer]
    en: str
    hard_rules: list[str]
    id: str
    rules: list[str]
    title: str
    title_en: str
    what: Literal["pack", "rule", "parameter", "reference", "examples", "category", "list", "word", "exemption"]
    within: str
    zh: str


class ChangeIn(TypedDict):
    """A listed word to retire, or a context (``value``) in which it is harmless."""

    case_id: NotRequired[str | None]
    reason: str
    value: NotRequired[str]
    what: Literal["allow", "retire"]
    word: str
    wordlist: str


class CheckAnswer(TypedDict):
    """Whether the books say one thing, and what does not hold."""

    checked_at: str
    findings: list[dict[str, str]]
    ok: bool
    took_us: int


class CheckedPart(TypedDict):
    """One part of a campaign as the rules judge it; ``figures`` are those the service worked out."""

    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    doubts: list[str]
    figures: dict[str, int | None]
    firings: list[RemediedFiring]
    kind: str
    part: str
    subject: str | None


class CheckpointAnswer(TypedDict):
    """A signed checkpoint; ``note`` is what is verified, the rest repeats it."""

    at: str
    key_id: str
    note: str
    root: str
    size: int


class CheckpointPage(TypedDict):
    """Checkpoints, largest first; ``growth`` when ``since`` was asked for."""

    growth: GrowthAnswer | None
    items: list[CheckpointAnswer]
    next_cursor: str | None
    public_keys: list[str]


class ClaimAnswer(TypedDict):
    """A claim. ``waits_for`` says what keeps the money from leaving."""

    amount_fen: int
    approved_at: str | None
    approved_by: str | None
    cause: str
    claim_id: str
    excluded_by: str | None
    item: str
    needs_person: bool
    opened_at: str
    opened_by: str
    order_id: str
    paid_fen: int
    recovered_fen: int
    settles_at: str
    shop_id: str
    state: str
    waits_for: list[str]


class ClaimIn(TypedDict):
    """A buyer's claim. ``loss_fen`` is the loss (unsafe food) or the fee of an expertise (a fake)."""

    amount_fen: NotRequired[int | None]
    buyer_ref: NotRequired[str | None]
    cause: str
    evidence: NotRequired[list[str]]
    item: NotRequired[str]
    loss_fen: NotRequired[int]
    order_id: str
    paid_fen: int
    reason: str
    shop_id: str
    transaction_id: NotRequired[str | None]


class ClaimPage(TypedDict):
    """Claims, newest first."""

    items: list[ClaimAnswer]
    next_cursor: str | None


class CloseIn(TypedDict):
    """Why it is over."""

    reason: str


class ConditionAnswer(TypedDict):
    """One condition of a segment; ``holds`` null: the figure was never told."""

    figure: str
    holds: bool | None
    segment: str
    value: int | None
    wanted: str


class ConsentAnswer(TypedDict):
    """A consent; evidence and guardian are sealed and never shown here. ``holds``: in force now."""

    channel: str
    ended_at: str | None
    ended_by: str | None
    ended_why: Literal["withdrawn", "replaced", "erased"] | None
    expires_at: str | None
    given_at: str
    has_evidence: bool
    has_guardian: bool
    holds: bool
    id: str
    is_separate: bool
    is_under_14: bool
    person: str
    purpose: str
    recipient: str | None
    recorded_at: str
    recorded_by: str
    scope: list[str]
    sensitive: list[str]
    text_digest: str
    text_version: str
    withdrawal: str


class ConsentIn(TypedDict):
    """A consent as it was given. With the person and the purpose of the address these are its seven …"""

    channel: str
    evidence: NotRequired[str | None]
    expires_at: NotRequired[str | None]
    given_at: str
    guardian: NotRequired[str | None]
    is_separate: NotRequired[bool]
    is_under_14: NotRequired[bool]
    recipient: NotRequired[str | None]
    scope: list[str]
    sensitive: NotRequired[
        list[Literal["biometric", "religion", "identity", "health", "financial", "location_track", "minor"]]
    ]
    text_digest: str
    text_version: str
    withdrawal: str


class ConsentList(TypedDict):
    """Consents, newest first."""

    items: list[ConsentAnswer]
    next_cursor: NotRequired[None]


class ContentAnswer(TypedDict):
    """A content's present outcome."""

    at: str
    by: str
    content_id: str
    decision: Literal["pass", "label", "review", "block"]
    reason: str | None
    screening_id: str
    shop_id: str
    status: Literal["final", "pending"]
    version: int


class CorrectionAnswer(TypedDict):
    """Whether something has to be set right: ``waiting``, ``met``, ``passed`` or ``cancelled``, and by …"""

    due_at: str
    state: str


class DashboardAnswer(TypedDict):
    """Figures of a span, whole, by step, and by what they are made of."""

    categories: list[FigureRow]
    compared_with: FigureSpan
    counted_at: str | None
    from_at: str
    is_complete: bool
    narrowed_to: dict[str, str]
    officers: list[FigureRow]
    queue: QueueNow
    rules: list[FigureRow]
    series: list[FigureStep]
    shops: list[FigureRow]
    step: str
    to_at: str
    totals: dict[str, FigureTotal]


class DeadLetterAnswer(TypedDict):
    """Work that a person has to look at; of a payout ``provider`` is the channel and ``account`` the shop."""

    account: str
    asked: dict[str, str | int]
    attempts: int
    created_at: str
    error: str | None
    failed_at: str | None
    id: str
    kind: Literal[
        "work_inbound",
        "look_up_platform",
        "pay_claim",
        "deliver_webhook",
        "fetch_split_bill",
        "fetch_fund_bill",
        "fetch_platform_keys",
    ]
    message_id: str | None
    provider: str
    state: str
    what: str


class DeadLetterList(TypedDict):
    """Dead letters."""

    items: list[DeadLetterAnswer]
    next_cursor: NotRequired[None]


class DeadlineAnswer(TypedDict):
    """A deadline: ``waiting``, ``met`` or ``cancelled`` before it was due, or ``passed`` and judged."""

    due_at: str
    kind: str
    name: str
    settled_at: str | None
    state: Literal["waiting", "met", "cancelled", "passed"]
    subject: str
    subject_type: str


class DeadlineItem(TypedDict):
    """A deadline with whose it is."""

    due_at: str
    kind: str
    name: str
    order_id: str | None
    settled_at: str | None
    shop_id: str
    state: Literal["waiting", "met", "cancelled", "passed"]
    subject: str
    subject_type: str


class DeadlinePage(TypedDict):
    """A page of deadlines."""

    items: list[DeadlineItem]
    next_cursor: str | None


class DecideAppealIn(TypedDict):
    """Whether an appeal is right: then the rating is revoked."""

    reason: str
    uphold: bool


class DecideChangeIn(TypedDict):
    """Taken up or left (a proposal of feedback); confirmed or withdrawn (an urgent word)."""

    accept: bool
    reason: str


class DecideEvidenceIn(TypedDict):
    """Whether it is what it says it is, by somebody else than who registered it."""

    reason: str
    verify: bool


class DecideIn(TypedDict):
    """An officer tool's decision on a case."""

    decision: Literal["pass", "label", "block", "return"]
    policy: NotRequired[str | None]
    reason: str
    stamp: NotRequired[int | None]
    suggestion: NotRequired[str | None]


class DecideRatingIn(TypedDict):
    """Whether a held rating may hold."""

    approve: bool
    reason: str


class DecideReviewIn(TypedDict):
    """The second decision."""

    decision: Literal["pass", "label", "return", "block"]
    policy: NotRequired[str | None]
    reason: str


class DecideWordingIn(TypedDict):
    """Approval or refusal."""

    approve: bool
    reason: str


class DeliveryAnswer(TypedDict):
    """A message, as it was sent, and its last attempts, newest first; ``body`` is null where it is kept …"""

    attempts: list[AttemptAnswer]
    body: dict[str, Any] | None
    created_at: str
    delivered_at: str | None
    message_id: str
    state: Literal["waiting", "delivered", "failed", "dropped"]
    type: str


class DeliveryList(TypedDict):
    """Messages of an endpoint, newest first."""

    items: list[DeliveryAnswer]
    next_cursor: str | None


class DepositIn(TypedDict):
    """Money that came in: into the fund, or as a shop's deposit. ``transfer_id`` is yours; once is once."""

    amount_fen: int
    into: Literal["fund", "deposit"]
    note: str
    shop_id: NotRequired[str | None]
    transfer_id: str


class DetailAnswer(TypedDict):
    """One property before and after."""

    after: Any
    before: Any
    field: str
    unit: str | None


class DiffAnswer(TypedDict):
    """What changes from ``against`` to ``id``: a sentence, counts, then a page of changes."""

    against: str | None
    counts: dict[str, int]
    hard_rules: list[str]
    id: str
    items: list[ChangeAnswer]
    kind: str
    next_cursor: str | None
    summary: Said
    total: int


class DifferenceAnswer(TypedDict):
    """One member of a decision that came out differently; hits and personal data are counted."""

    field: str
    now: Any
    stored: Any


class DifferenceList(TypedDict):
    """What is unexplained, oldest first, and how old it is."""

    ages: dict[str, dict[str, int]]
    items: list[BillDifferenceAnswer]
    next_cursor: NotRequired[None]


class DimensionAnswer(TypedDict):
    """One dimension of quality, 0 to 100, or null where it cannot be told."""

    features: list[FeatureAnswer]
    name: Literal["info", "emotion", "guide"]
    score: int | None
    title: str
    weight: int


class DisagreementAnswer(TypedDict):
    """A content a reviewer and an officer judged otherwise."""

    case_id: str
    category: str
    decided_at: str
    outcome: Literal["pass", "label", "block", "return"]
    reason: str
    reviewer: str
    score_bp: int
    shop_id: str
    verdict: Literal["pass", "label", "review", "block"]


class DisagreementPage(TypedDict):
    """A page of them, the newest first."""

    items: list[DisagreementAnswer]
    next_cursor: str | None


class DiscardIn(TypedDict):
    """Why it is put away; for a payout also what became of the money."""

    outcome: NotRequired[Literal["paid", "failed"] | None]
    reason: str


class DoubtMove(TypedDict):
    """A reason for a person to look, before and after."""

    after: str | None
    before: str | None
    doubt: str


class EffectAnswer(TypedDict):
    """Something a firing brought about: once for its rule, subject and occasion."""

    data: dict[str, Any]
    occasion: str
    result: dict[str, Any]
    rule: str
    state: Literal["open", "withdrawn"]
    subject: str
    subject_type: str
    verb: str


class EscalateIn(TypedDict):
    """Handing a case to the seniors."""

    reason: str
    stamp: NotRequired[int | None]


class EvaluationAnswer(TypedDict):
    """What would be decided, and why; nothing was stored."""

    advice: list[str]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    doubts: list[str]
    exempted: list[ExemptedAnswer]
    figures: NotRequired[dict[str, int | None] | None]
    firings: list[FiringAnswer]
    fixes: list[FixAnswer]
    hits: list[HitAnswer]
    kind: str
    labels: list[str]
    near_misses: list[str]
    now: str
    opinions: list[OpinionAnswer]
    personal_data: list[PersonalDatumAnswer]
    rewrites: list[RewriteAnswer]
    rules: list[ExplanationAnswer]
    snapshot: SnapshotIds


class EvaluationIn(TypedDict):
    """What if: a content like a screening's, or the facts of an event of some kind. With ``shop_id`` the …"""

    content: NotRequired[ScreeningIn | None]
    facts: NotRequired[dict[str, JsonValue] | None]
    kind: NotRequired[str | None]
    language: NotRequired[Literal["zh", "en"]]
    now: NotRequired[str | None]
    rules: NotRequired[list[str]]
    shop_id: NotRequired[str | None]
    snapshot: NotRequired[WantedSnapshots | None]
    subject: NotRequired[str | None]


class EventAnswer(TypedDict):
    """What became of one event; ``invalid`` with ``errors``, else what it caused as it stands now."""

    cases: NotRequired[list[str]]
    claims: NotRequired[list[str]]
    deadlines: NotRequired[list[dict[str, Any]]]
    decision: NotRequired[Literal["pass", "alert", "warn", "label", "review", "hold", "block"] | None]
    doubts: NotRequired[list[str]]
    effects: NotRequired[list[EffectAnswer]]
    errors: NotRequired[list[ProblemEntry]]
    firings: NotRequired[list[FiringAnswer]]
    id: str
    status: Literal["accepted", "duplicate", "invalid"]


class EventSample(TypedDict):
    """One event, or deadline that passed, on which the two differ, and what made the difference."""

    after: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    before: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    doubts: list[DoubtMove]
    event_id: str
    happened_at: str
    kind: str
    outcome: Literal["pass", "label", "review", "block"] | None
    rules: list[RuleMove]
    shop_id: str
    source: str
    subject: str


class EventWhyAnswer(TypedDict):
    """Why the rules said what they said of one event, or why none of them spoke. ``facts`` are ``kept`` …"""

    decided_at: str | None
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    event_id: str
    facts: Literal["kept", "worked_out"]
    kind: str
    near_misses: list[str]
    now: str
    readable: bool
    replayed: RulesReplayed
    rules: list[ExplanationAnswer]
    shop_id: str
    snapshot: RulesId
    source: str
    subject: str
    void: bool


class EventWhyList(TypedDict):
    """One entry an event and line, the newest first."""

    items: list[EventWhyAnswer]
    next_cursor: NotRequired[None]


class EventsAnswer(TypedDict):
    """Answers in the order of the events."""

    results: list[EventAnswer]


class EventsIn(TypedDict):
    """One event, or ``events``: then each is checked by itself, so that one bad event spoils nothing."""

    data: NotRequired[dict[str, JsonValue] | None]
    events: NotRequired[list[dict[str, Any]] | None]
    id: NotRequired[str | None]
    kind: NotRequired[str | None]
    occurred_at: NotRequired[str | None]
    shop_id: NotRequired[str | None]
    subject: NotRequired[str | None]


class EvidenceAnswer(TypedDict):
    """An evidence pack: `clients/verify_evidence.py` verifies it with the log's public key alone."""

    checkpoint: str
    digest: str
    document: str
    format: Literal["weiheng-evidence/1"]
    public_keys: list[str]
    rows: list[ProvedRow]


class EvidenceIn(TypedDict):
    """A piece to register: its kind, what it is for, from when to when, its number, who issued it, its …"""

    category: NotRequired[str | None]
    claims: NotRequired[list[str]]
    files: NotRequired[list[ProofFileIn]]
    issuer: str
    kind: Literal[
        "test_report",
        "certificate",
        "patent",
        "origin_proof",
        "quality_certificate",
        "efficacy_basis",
        "data_source",
        "production_licence",
        "inspection_report",
        "business_licence",
        "seller_identity",
        "store_proof",
        "professional_licence",
        "portrait_consent",
        "guardian_consent",
        "usage_record",
        "advertiser_qualification",
        "copyright_licence",
        "merchant_agreement",
        "service_agreement",
        "data_agreement",
        "user_agreement",
        "impact_assessment",
        "official_certificate",
        "income_proof",
        "dispatch_filing",
        "award",
        "sales_proof",
        "human_service",
        "option_proof",
        "filming_notice",
        "prepaid_contract",
        "placement_record",
        "recording_archive",
        "patrol_record",
        "other",
    ]
    note: NotRequired[str | None]
    number: str
    shop_id: str
    subject: NotRequired[str | None]
    subject_type: NotRequired[
        Literal["sku", "content", "person", "provider", "supplier", "campaign", "course", "other"] | None
    ]
    valid_from: str
    valid_until: NotRequired[str | None]


class ExemptedAnswer(TypedDict):
    """A listed word that is lawful for this shop: no hit, and no rule sees it. ``valid_to`` is the last …"""

    at_ms: NotRequired[int | None]
    category: str
    end: int
    field: str
    reason: str
    segment: NotRequired[int | None]
    start: int
    text: str
    valid_to: str
    word: str
    wordlist: str


class ExplanationAnswer(TypedDict):
    """Why one rule did what it did; ``failed`` of its ``size`` parts are in the way of its firing."""

    because: str
    condition: PartAnswer
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    failed: int
    first_failed: str | None
    holds: bool | None
    missing: list[str]
    outcome: Literal["fired", "not_fired", "unknown", "not_in_force"]
    pack: str
    reason: str
    references: list[str]
    rule: str
    size: int
    status: Literal["draft", "shadow", "live", "retired"]
    title: str


class ExportAnswer(TypedDict):
    """Everything kept of a person."""

    consents: list[dict[str, Any]]
    created_at: str
    exported_at: str
    fields: dict[str, str]
    format: str
    kept_until: dict[str, str]
    person: str
    requests: list[dict[str, Any]]
    screenings: list[dict[str, Any]]


class ExportIn(TypedDict):
    """For which purpose, and why."""

    purpose: Literal[
        "fulfilment",
        "compensation",
        "after_sales",
        "person_request",
        "legal_duty",
        "security",
        "marketing",
        "profiling",
        "cross_channel_tracking",
    ]
    reason: str


class ExtendIn(TypedDict):
    """Why it takes longer, as the person was told."""

    reason: str


class FeatureAnswer(TypedDict):
    """One thing that was counted, its points, and what more of it would take."""

    count: int
    hint: str | None
    most: int
    name: str
    points: int
    title: str


class FeedAnswer(TypedDict):
    """What one source tells of a shop; what is missing where it tells of orders and is not fresh may …"""

    event_count: int
    fresh: bool
    last_happened_at: str
    last_received_at: str
    shop_id: str
    source: str
    stale_since: str | None
    tells_orders: bool


class FeedList(TypedDict):
    """Feeds."""

    items: list[FeedAnswer]
    next_cursor: NotRequired[None]


class FigureRow(TypedDict):
    """One category, rule, officer or shop with its figures; `…_before` is the span before."""


class FigureSpan(TypedDict):
    """A span of whole hours."""

    from_at: str
    to_at: str


class FigureStep(TypedDict):
    """The figures of one hour or day."""

    at: str


class FigureTotal(TypedDict):
    """A figure of the span, and of the span before; null where there was nothing to work it out from."""

    before: int | None
    value: int | None


class FileEditIn(TypedDict):
    """A whole file replaced, added, or with ``text`` null removed; ``path`` is relative to the folder."""

    path: str
    text: str | None


class FileIn(TypedDict):
    """A file: PDF, JPEG or PNG."""

    content_base64: str
    name: str


class FileOfWordsIn(TypedDict):
    """A file as a list of that name: its bytes in base64, how it is written, and the head it gets."""

    columns: NotRequired[dict[str, str]]
    data: str
    format: NotRequired[Literal["weiheng", "lines", "commas", "csv"]]
    head: NotRequired[dict[str, Any]]
    name: str
    verdicts: NotRequired[dict[str, Literal["block", "review", "label"]]]


class FiringAnswer(TypedDict):
    """A rule that fired, or could not be known (then ``missing`` names the facts)."""

    bindings: dict[str, Any]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    effects: NotRequired[list[dict[str, Any]]]
    limited_by: NotRequired[list[Literal["share", "tripped"]]]
    missing: NotRequired[list[str]]
    overrides: NotRequired[dict[str, dict[str, str]]]
    pack: str
    reason: str
    references: list[str]
    remedy: NotRequired[str | None]
    rule: str
    shadow: NotRequired[bool]
    sign_offs: NotRequired[list[SignedAnswer]]
    unsigned: NotRequired[list[str]]


class FirstWord(TypedDict):
    """Which telling the first of two persons chose; it counts once another person has chosen it too."""

    at: str
    by: str
    reason: str
    telling: str


class FixAnswer(TypedDict):
    """One thing to change: what is wrong, where, by which clause, and how to mend it."""

    clauses: list[str]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    remedy: str
    rule: str | None
    what: str
    where: list[SpotAnswer]


class FlagAnswer(TypedDict):
    """A listed word said in the room."""

    category: str
    corrected_at: str | None
    correction: CorrectionAnswer | None
    flag_id: str
    said_at: str
    sentence: str
    sequence: int
    verdict: str
    word: str


class FreezeAnswer(TypedDict):
    """A freeze that a rule laid on an order or a split. ``state`` is open, lifted by a person, or …"""

    freeze_id: str
    lifted_by: str | None
    lifted_reason: str | None
    opened_at: str
    rule: str
    shop_id: str
    state: str
    subject: str
    subject_type: str


class FreezePage(TypedDict):
    """Freezes that stand, newest first."""

    items: list[FreezeAnswer]
    next_cursor: str | None


class FreshnessAnswer(TypedDict):
    """How old the wordlists are: ``fresh``, ``stale`` or ``expired``; ``waiting`` contents wait for …"""

    age_s: int | None
    checked_at: str | None
    level: str
    waiting: int


class FundAnswer(TypedDict):
    """The accounts, and the stops in force."""

    accounts: list[BalanceAnswer]
    stops: list[StopAnswer]


class FunnelAnswer(TypedDict):
    """The funnel of a shop over a span, and its share of own channels by month."""

    from_at: str
    month_limit_bp: int
    months: list[MonthShareAnswer]
    shop_id: str
    start_bp: int
    steps: list[FunnelStepAnswer]
    target_bp: int
    to_at: str


class FunnelStepAnswer(TypedDict):
    """One step of the funnel; ``conversion_bp`` null: nobody was told of the step before."""

    conversion_bp: int | None
    from_before: int | None
    passed_all: int
    people: int
    step: str
    title: str


class GoldCaseAnswer(TypedDict):
    """A gold case."""

    case_id: str
    id: str
    lesson: str
    marked_at: str
    marked_by: str
    outcome: str


class GoldIn(TypedDict):
    """Why the decision is right."""

    lesson: str


class GoldOverviewAnswer(TypedDict):
    """Gold cases in the training (the newest 100), and how officers did."""

    items: list[GoldCaseAnswer]
    results: dict[str, dict[str, int]]


class GrowthAnswer(TypedDict):
    """That the tree of ``first`` rows is a beginning of that of ``size`` rows."""

    first: int
    hashes: list[str]
    root: str
    size: int


class HandoverAnswer(TypedDict):
    """A hand-over; ``case_ids`` are those of the key's shops. While this person reviews one of them …"""

    case_ids: list[str]
    id: str
    is_automatic: bool
    made_at: str
    note: str | None
    officer: str
    passed_to: str | None
    taken_at: str | None
    taken_by: str | None


class HandoverIn(TypedDict):
    """What the next shift should know, and to which officer (by user name) everything goes; null: back …"""

    note: NotRequired[str]
    to: NotRequired[str | None]


class HandoverPage(TypedDict):
    """A page of hand-overs."""

    items: list[HandoverAnswer]
    next_cursor: str | None


class Health(TypedDict):
    """Whether the service is up or able to decide, with every check by name."""

    checks: dict[str, str]
    status: Literal["ok", "failing"]


class HeardAnswer(TypedDict):
    """What one reviewer said of a case's content; ``why`` is set where it abstained."""

    answered_at: str | None
    asked_at: str
    is_advice: bool
    is_repeated: bool
    read: list[PictureLineAnswer]
    reason: str
    reviewer: str
    score_bp: int | None
    state: Literal["given", "abstained", "awaited"]
    title: str
    verdict: Literal["pass", "label", "review", "block"] | None
    why: str | None


class HitAnswer(TypedDict):
    """A listed word found; ``start`` and ``end`` count code points of the field as it was sent."""

    at_ms: NotRequired[int | None]
    category: str
    end: int
    field: str
    hidden_by: list[str]
    segment: NotRequired[int | None]
    source: str
    start: int
    suggestion: NotRequired[str | None]
    text: str
    verdict: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    word: str
    wordlist: str


class HoldAnswer(TypedDict):
    """A legal hold."""

    ends_at: str
    id: str
    object_id: str
    object_type: str
    owner: str
    placed_at: str
    placed_by: str
    reason: str
    release_reason: str | None
    released_at: str | None
    released_by: str | None


class HoldIn(TypedDict):
    """What to hold, why, who answers for it, and until when."""

    ends_at: str
    object_id: str
    object_type: Literal["person", "shop", "screening", "case", "kind"]
    owner: str
    reason: str


class HoldList(TypedDict):
    """Holds, newest first."""

    items: list[HoldAnswer]
    next_cursor: None


class InquiryAnswer(TypedDict):
    """An export; `total` is what was counted when it was asked for, `digest` that of its manifest."""

    asked_by: str
    created_at: str
    digest: str | None
    done: int
    finished_at: str | None
    from_at: str
    inquiry_id: str
    notice_id: str | None
    purpose: str
    reason: str
    shop_id: str
    state: Literal["running", "done", "cancelled", "failed"]
    to_at: str
    total: int
    with_personal: bool


class InquiryIn(TypedDict):
    """Whose records, from `from_at` until before `to_at`, for which duty and why; personal data only …"""

    from_at: str
    notice_id: NotRequired[str | None]
    purpose: NotRequired[Literal["legal_duty", "security", "person_request"]]
    reason: str
    shop_id: str
    to_at: str
    with_personal: NotRequired[bool]


class InquiryPage(TypedDict):
    """A page of exports."""

    items: list[InquiryAnswer]
    next_cursor: str | None


class ItemError(TypedDict):
    """A batch item that was not screened; the others were."""

    error: ProblemAnswer
    index: int


JsonValue: TypeAlias = "Any"


class LabelIn(TypedDict):
    """A label on a shop, or on an author in it, for so many days."""

    days: int
    entity_id: NotRequired[str | None]
    entity_type: Literal["shop", "author"]
    reason: str
    shop_id: str
    value: str


class LeftOutIn(TypedDict):
    """A word that a candidate adds, and that is not to come into force with it."""

    word: str
    wordlist: str


class LinearModelAnswer(TypedDict):
    """The trained model in use, with its trial."""

    model_id: str
    reason: str
    report: dict[str, Any]
    trained_at: str
    used_at: str
    used_by: str


class MadeHandoverAnswer(TypedDict):
    """The hand-over that was made; null where there was nothing to give back and nothing to tell."""

    handover: HandoverAnswer | None


class MarkAnswer(TypedDict):
    """A strike or a label."""

    case_id: str | None
    entity_id: str
    entity_type: str
    expires_at: str
    id: str
    kind: str
    made_at: str
    made_by: str
    points: int
    reason: str
    shop_id: str
    value: str
    voided_at: str | None
    voided_by: str | None


class MarksAnswer(TypedDict):
    """How a shop or an author stands, and its marks, living and past, the newest first."""

    items: list[MarkAnswer]
    labels: list[str]
    points: int
    step: str


class MaskedAnswer(TypedDict):
    """A field or segment that held personal data, with that starred (`138****8000`), safe to show and to …"""

    at_ms: NotRequired[int | None]
    field: str
    segment: NotRequired[int | None]
    text: str


class MaskedFieldAnswer(TypedDict):
    """A field, masked; ``masked`` is null where the value is only stored."""

    keep_basis: str | None
    keep_until: str | None
    masked: str | None
    name: str
    title: str
    updated_at: str


class MatchedAnswer(TypedDict):
    """What a bill's import came to."""

    file_id: str
    is_new: bool
    lines: int
    matched: int
    missing: int


class MediumIn(TypedDict):
    """A file media reviewers look at."""

    sha256: NotRequired[str | None]
    type: Literal["image", "video", "audio"]
    url: str


class MentionAnswer(TypedDict):
    """A note that names an officer."""

    case_id: str
    id: str
    named_at: str
    named_by: str
    officer: str
    seen_at: str | None
    shop_id: str
    text: str


class MentionPage(TypedDict):
    """A page of mentions, and how many wait, up to a hundred."""

    items: list[MentionAnswer]
    next_cursor: str | None
    waiting: int


class MentionsSeenAnswer(TypedDict):
    """How many were put away now."""

    seen: int


class MixAnswer(TypedDict):
    """The contents of the window by part, and what the rules say of it."""

    advice: list[str]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    end_at: str
    firings: list[FiringAnswer]
    parts: list[MixPartAnswer]
    shop_id: str
    start_at: str


class MixPartAnswer(TypedDict):
    """One part of the mix; ``share_bp`` is null where nothing is known, ``target_bp`` where the pack has …"""

    count: int
    name: str
    share_bp: int | None
    target_bp: int | None


class MonthAnswer(TypedDict):
    """A month of the fund."""

    by_cause: dict[str, dict[str, int]]
    by_purpose: dict[str, dict[str, int]]
    closing: dict[str, int]
    daily: list[dict[str, Any]]
    is_closed: bool
    month: str
    opening: dict[str, int]


class MonthShareAnswer(TypedDict):
    """A month's sales by whose channel; ``share_bp`` is of what has a channel."""

    gmv_fen: int
    growth_bp: int | None
    is_over_limit: bool | None
    month: str
    private_fen: int
    share_bp: int | None
    unknown_fen: int


MoveAnswer = TypedDict(
    "MoveAnswer",
    {"at": "str", "figures": "dict[str, Any] | None", "from": "str | None", "to": "str"},
)


class MovePage(TypedDict):
    """People who moved, the newest first, under their pseudonyms."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class MovedDecision(TypedDict):
    """How many contents had one decision and would have another, or the same."""

    after: Literal["pass", "label", "review", "block"]
    before: Literal["pass", "label", "review", "block"]
    count: int


class MovedOnLadder(TypedDict):
    """How many events had one decision and would have another, or the same."""

    after: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    before: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    count: int


class MovedRule(TypedDict):
    """A rule's counts. ``status`` as the candidate has it written; null: the candidate has no such rule."""

    after: RuleCounts
    before: RuleCounts
    rule: str
    status: str | None


class MovedWord(TypedDict):
    """Contents in which a word was found."""

    after: int
    before: int
    word: str
    wordlist: str


class MovedWordlist(TypedDict):
    """Contents in which words of a list were found."""

    after: int
    before: int
    wordlist: str


class MustStop(TypedDict):
    """What rested on the consents that were withdrawn: which use, of which data, and who else has them."""

    purpose: str
    recipients: list[str]
    scope: list[str]


class NextAnswer(TypedDict):
    """The case that was taken; null when nothing is left."""

    case: CaseAnswer | None


class NextIn(TypedDict):
    """Which case to take: what it is narrowed to, and one to give back and pass over."""

    category: NotRequired[str | None]
    queue: NotRequired[Literal["content", "orders", "senior"] | None]
    severity: NotRequired[int | None]
    shop_id: NotRequired[str | None]
    skip: NotRequired[str | None]


class NoteIn(TypedDict):
    """A note beside a case."""

    text: str


class NoticeAnswer(TypedDict):
    """A notice with what it says and what was answered, personal data starred, and its documents."""

    answer: str | None
    answered_at: str | None
    answered_by: str | None
    authority: str
    case_id: str | None
    closed_at: str | None
    closed_by: str | None
    closed_why: str | None
    due_at: str
    due_basis: str
    files: list[dict[str, Any]]
    hold_id: str | None
    is_late: bool
    kind: str
    notice_id: str
    number: str
    received_on: str
    recorded_at: str
    recorded_by: str
    shop_id: str
    state: Literal["received", "working", "answered", "closed"]
    subject: str | None
    subject_type: str | None
    taken_at: str | None
    taken_by: str | None
    text: str | None
    title: str


class NoticeIn(TypedDict):
    """A notice as it came; `hold_until` keeps all records of the shop until then."""

    authority: str
    due_at: NotRequired[str | None]
    files: NotRequired[list[ProofFileIn]]
    hold_until: NotRequired[str | None]
    kind: Literal[
        "assistance", "complaint_12315", "report_12315", "rectification", "penalty_notice", "penalty", "court", "other"
    ]
    number: str
    received_on: str
    shop_id: str
    subject: NotRequired[str | None]
    subject_type: NotRequired[Literal["order", "content", "sku", "person", "other"] | None]
    text: NotRequired[str]
    title: str


class NoticeItem(TypedDict):
    """A notice. `is_late`: it is due and not answered, or was answered late."""

    answered_at: str | None
    answered_by: str | None
    authority: str
    case_id: str | None
    closed_at: str | None
    closed_by: str | None
    closed_why: str | None
    due_at: str
    due_basis: str
    hold_id: str | None
    is_late: bool
    kind: str
    notice_id: str
    number: str
    received_on: str
    recorded_at: str
    recorded_by: str
    shop_id: str
    state: Literal["received", "working", "answered", "closed"]
    subject: str | None
    subject_type: str | None
    taken_at: str | None
    taken_by: str | None
    title: str


class NoticePage(TypedDict):
    """A page of notices."""

    items: list[NoticeItem]
    next_cursor: str | None


class NoticeReplyIn(TypedDict):
    """What was answered, with its documents."""

    files: NotRequired[list[ProofFileIn]]
    text: str


class OfferedAnswer(TypedDict):
    """A link for the merchant; whoever has it can contest this one case until it expires."""

    appeal_id: str
    case_id: str
    expires_at: str
    url: str


class OfficersAgreementAnswer(TypedDict):
    """Agreement, whole and by officer, category and rule, in basis points with 95 % intervals."""

    all: dict[str, Any] | None
    categories: dict[str, Any]
    days: int
    drift: dict[str, Any]
    officers: dict[str, Any]
    rules: dict[str, Any]


class OfficersAnswer(TypedDict):
    """How the old decisions and the candidate's stand against officers' final ones; upheld: label or …"""

    after: AgainstOfficers
    before: AgainstOfficers
    decided: int
    upheld: int


class OpinionAnswer(TypedDict):
    """A reviewer's opinion."""

    reason: str
    reviewer: str
    score_bp: int
    verdict: Literal["pass", "label", "review", "block"]


class OrderAnswer(TypedDict):
    """An order whole; ``history`` says which columns each event changed, in the order of happening."""

    complaints: list[dict[str, Any]]
    deadlines: list[DeadlineAnswer]
    decisions: list[dict[str, Any]]
    effects: list[EffectAnswer]
    events: list[dict[str, Any]]
    history: list[dict[str, Any]]
    order_id: str
    parcels: list[dict[str, Any]]
    refunds: list[dict[str, Any]]
    shop_id: str
    splits: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    updated_at: str
    version: int


class OrderItem(TypedDict):
    """An order's own columns, as the reference of the database lists them."""

    order_id: str
    shop_id: str
    updated_at: str
    version: int


class OrderPage(TypedDict):
    """A page of orders."""

    items: list[OrderItem]
    next_cursor: str | None


class OwnWithdrawIn(TypedDict):
    """Why, where whoever takes their own back wants to say it."""

    reason: NotRequired[str | None]


class ParameterEditIn(TypedDict):
    """Another default of one parameter; the rest of the file stays as it is written."""

    pack: str
    parameter: str
    value: bool | int | str | list[str]


class PartAnswer(TypedDict):
    """One part of a condition as it is written; ``outcome`` is null where it cannot be known."""

    item: NotRequired[int | None]
    kind: Literal["and", "or", "not", "any", "all", "test"]
    looked_at: NotRequired[int | None]
    outcome: bool | None
    parts: list[PartAnswer]
    path: str
    sentence: str
    text: str
    values: list[SeenAnswer]


class PaymentIn(TypedDict):
    """Which telling of a payment counts, as the list of them names it, and why; ``seen``: all that were …"""

    reason: str
    seen: NotRequired[list[str] | None]
    telling: str


class PaymentList(TypedDict):
    """Every telling of an order's payment, the one in force first."""

    first: NotRequired[FirstWord | None]
    items: list[PaymentTold]
    next_cursor: NotRequired[None]


class PaymentTold(TypedDict):
    """One telling of a payment; ``contests`` names the facts in which it contradicts the one in force, …"""

    contests: list[str]
    event: str
    in_force: bool
    out_trade_no: NotRequired[str | None]
    paid_at: str
    paid_fen: NotRequired[int | None]
    source: str
    supplier_id: NotRequired[str | None]
    telling: str
    transaction_id: NotRequired[str | None]


class PeriodAnswer(TypedDict):
    """How long a kind of record is kept."""

    basis: str
    days: int
    kind: str
    least_days: int
    reason: str | None
    set_by: str | None
    title: str


class PeriodList(TypedDict):
    """The retention schedule."""

    items: list[PeriodAnswer]
    next_cursor: None


class PersonAnswer(TypedDict):
    """A person, masked."""

    created_at: str
    erased_at: str | None
    fields: list[MaskedFieldAnswer]
    person: str
    restricted_at: str | None
    shop_id: str | None
    updated_at: str


class PersonList(TypedDict):
    """Persons, masked."""

    items: list[PersonAnswer]
    next_cursor: None


class PersonSegments(TypedDict):
    """A person's segments, under the pseudonym they stand by."""

    items: list[StandsAnswer]
    person: str


class PersonalDatumAnswer(TypedDict):
    """Where personal data of which kind stands; never the value."""

    at_ms: NotRequired[int | None]
    end: int
    field: str
    kind: str
    segment: NotRequired[int | None]
    start: int


class PictureHitAnswer(TypedDict):
    """A listed word in what was read; ``start`` and ``end`` count code points of the line."""

    category: str
    end: int
    source: str
    start: int
    verdict: str
    word: str


class PictureLineAnswer(TypedDict):
    """A line read in the content's picture of that number (0 is the first), personal data starred."""

    hits: list[PictureHitAnswer]
    picture: int
    score_bp: int
    text: str


class PieceAnswer(TypedDict):
    """A piece of evidence. `days_left` counts the last day; none: without end, or it does not hold."""

    category: str | None
    claims: list[str]
    days_left: int | None
    decided_at: str | None
    decided_by: str | None
    decided_why: str | None
    ended_at: str | None
    ended_by: str | None
    ended_why: str | None
    evidence_id: str
    files: list[ProofFileAnswer]
    issuer: str
    kind: str
    note: str | None
    number: str
    proposed_at: str
    proposed_by: str
    shop_id: str
    state: Literal["proposed", "verified", "refused", "expired", "withdrawn"]
    subject: str | None
    subject_type: str | None
    valid_from: str
    valid_until: str | None


class PiecePage(TypedDict):
    """A page of pieces."""

    items: list[PieceAnswer]
    next_cursor: str | None


class PostingAnswer(TypedDict):
    """One entry of the ledger."""

    actor: str
    amount_fen: int
    at: str
    claim_id: str | None
    credit: str
    debit: str
    note: str | None
    phase: str
    posting_id: str
    purpose: str
    refused: str | None
    reverses_id: str | None


class PostingPage(TypedDict):
    """Entries, newest first."""

    items: list[PostingAnswer]
    next_cursor: str | None


class PrecedentAnswer(TypedDict):
    """An officer's earlier decision on the same text of the shop, which answered this doubt."""

    case_id: str
    decided_at: str
    expires_at: str
    id: str
    outcome: str
    reason: str


class ProblemAnswer(TypedDict):
    """RFC 9457 problem document."""

    detail: str
    errors: list[ProblemEntry]
    request_id: str
    status: int
    title: str
    type: str


class ProblemEntry(TypedDict):
    """One thing wrong: where, what, and what was expected."""

    expected: str
    field: str
    problem: str


class ProgressAnswer(TypedDict):
    """Screenings and events passed, of all in the period."""

    done: int
    total: int


class ProofAnswer(TypedDict):
    """Hashes in hex, from the lowest level up, in the tree of ``size`` rows."""

    hashes: list[str]
    root: str
    size: int


class ProofFileAnswer(TypedDict):
    """A file; its bytes are got by themselves."""

    file_id: str
    media_type: str
    sha256: str
    size: int


class ProofFileIn(TypedDict):
    """A file: PDF, JPEG or PNG."""

    content_base64: str
    name: str


class ProofFilesIn(TypedDict):
    """Files to add."""

    files: list[ProofFileIn]


class ProvedRow(TypedDict):
    """A row of the audit log as it was hashed, and its path to the checkpoint's root, hashes in hex."""

    leaf: str
    path: list[str]


class ProviderAnswer(TypedDict):
    """A provider with its ratings, badges and appeals, the newest first."""

    agreement_ref: str | None
    appeals: list[RatingAppealAnswer]
    badges: list[BadgeAnswer]
    commission_bp: int | None
    commission_from_at: str | None
    contract_ends_at: str | None
    contract_id: str | None
    contract_scopes: list[str] | None
    contract_starts_at: str | None
    data_agreement_ref: str | None
    fulfilment_score: int | None
    grade: Literal["A", "B", "C", "D"] | None
    has_badge: bool
    in_force_at: str | None
    innovation_score: int | None
    license_verified_at: str | None
    name: str | None
    provider_id: str
    provider_type: str | None
    ratings: list[RatingAnswer]
    sample_count: int | None
    score: int | None
    service_score: int | None
    shop_id: str


class ProviderItem(TypedDict):
    """A provider of a shop with the rating that holds."""

    agreement_ref: str | None
    commission_bp: int | None
    commission_from_at: str | None
    contract_ends_at: str | None
    contract_id: str | None
    contract_scopes: list[str] | None
    contract_starts_at: str | None
    data_agreement_ref: str | None
    fulfilment_score: int | None
    grade: Literal["A", "B", "C", "D"] | None
    has_badge: bool
    in_force_at: str | None
    innovation_score: int | None
    license_verified_at: str | None
    name: str | None
    provider_id: str
    provider_type: str | None
    sample_count: int | None
    score: int | None
    service_score: int | None
    shop_id: str


class ProviderPage(TypedDict):
    """A page of providers."""

    items: list[ProviderItem]
    next_cursor: str | None


class PutPersonIn(TypedDict):
    """Fields to store; null removes one. ``keep_until`` and ``keep_basis``: how long a law keeps them, …"""

    fields: dict[str, str | None]
    keep_basis: NotRequired[str | None]
    keep_until: NotRequired[str | None]
    shop_id: NotRequired[str | None]


class QualityAnswer(TypedDict):
    """How good the texts are; without a score where a dimension is missing."""

    dimensions: list[DimensionAnswer]
    fear: list[str]
    grade: Literal["poor", "passable", "excellent"] | None
    hints: list[str]
    induced: list[str]
    score: int | None


class QueueAge(TypedDict):
    """How many open cases are at most so old, and older than the line before; null: no bound."""

    count: int
    up_to_minutes: int | None


class QueueNow(TypedDict):
    """The queue as it stands; counted up to 10,000."""

    ages: list[QueueAge]
    late: int
    oldest_opened_at: str | None
    waiting: int


class RateAnswer(TypedDict):
    """How often a rule was evaluated, fired surely, and fired for want of a fact; the rate in basis …"""

    evaluated: int
    fired: int
    rate_bp: int | None
    unknown: int


class RatingAnswer(TypedDict):
    """A rating: held for a person, in force, refused, or revoked by an appeal."""

    appeal_until_at: str
    decided_at: str | None
    decided_by: str | None
    decided_why: str | None
    fulfilment_score: int | None
    grade: str | None
    grade_before: str | None
    held_by: str | None
    in_force_at: str | None
    innovation_score: int | None
    newest_at: str | None
    provider_id: str
    rated_at: str
    rated_by: str
    rating_id: str
    reason: str
    rules_snapshot: str
    sample_count: int
    score: int | None
    service_score: int | None
    shop_id: str
    state: Literal["held", "in_force", "refused", "revoked"]


class RatingAppealAnswer(TypedDict):
    """An appeal against a rating."""

    appeal_id: str
    asked_at: str
    asked_by: str
    decided_at: str | None
    decided_by: str | None
    decided_why: str | None
    due_at: str
    evidence_ref: str | None
    provider_id: str
    rating_id: str
    shop_id: str
    state: Literal["waiting", "upheld", "dismissed"]
    text: str


class ReasonIn(TypedDict):
    """Why."""

    reason: str


class ReassignIn(TypedDict):
    """Giving a case to an officer by user name; null: back to all."""

    reason: str
    stamp: NotRequired[int | None]
    to: str | None


class ReceiverIn(TypedDict):
    """One receiver; `relation` empty: not added yet. `name_encrypted` is true where no name is sent."""

    account: str
    amount_fen: int
    name_encrypted: NotRequired[bool]
    relation: NotRequired[str]
    type: str


class RecoverIn(TypedDict):
    """How a recovery from the merchant ends."""

    how: Literal["deposit", "repaid", "written_off"]
    reason: str


class RefreshAnswer(TypedDict):
    """One run. ``state``: running, unchanged, active, held, failed, abandoned; ``sources`` says what …"""

    asked_by: str
    finished_at: str | None
    id: str
    snapshot: str | None
    sources: dict[str, Any]
    started_at: str
    state: str
    steps: list[dict[str, Any]]


class RefreshList(TypedDict):
    """Runs, newest first."""

    items: list[RefreshAnswer]
    next_cursor: NotRequired[None]


class RejectClaimIn(TypedDict):
    """A rejection; how often somebody claims is no ground."""

    ground: str
    reason: str


class RemediedFiring(TypedDict):
    """A firing with what to change."""

    bindings: dict[str, Any]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    effects: NotRequired[list[dict[str, Any]]]
    limited_by: NotRequired[list[Literal["share", "tripped"]]]
    missing: NotRequired[list[str]]
    overrides: NotRequired[dict[str, dict[str, str]]]
    pack: str
    reason: str
    references: list[str]
    remedy: NotRequired[str | None]
    rule: str
    shadow: NotRequired[bool]
    sign_offs: NotRequired[list[SignedAnswer]]
    unsigned: NotRequired[list[str]]


class ReplayedAnswer(TypedDict):
    """Whether judging again gave what was stored."""

    differences: list[DifferenceAnswer]
    same: bool


class RequestAnswer(TypedDict):
    """A person's request."""

    answer: str | None
    answered_at: str | None
    answered_by: str | None
    channel: str
    due_at: str
    extended_reason: str | None
    id: str
    is_overdue: bool
    kind: str
    person: str
    received_at: str
    shop_id: str | None
    state: str


class RequestIn(TypedDict):
    """What a person asks for. ``note`` is sealed; ``received_at`` is now where it is left out."""

    channel: str
    kind: Literal["copy", "correction", "deletion", "portability", "explanation", "withdrawal"]
    note: NotRequired[str | None]
    received_at: NotRequired[str | None]


class RequestList(TypedDict):
    """Requests, those due first first."""

    items: list[RequestAnswer]
    next_cursor: None


class ResolveIn(TypedDict):
    """What a difference turned out to be."""

    how: Literal["loss", "fund", "returned", "payable"]
    reason: str


class ResolveReviewIn(TypedDict):
    """What is right, what is to be learnt, and whether the case itself follows."""

    corrects: NotRequired[bool]
    decision: Literal["pass", "label", "return", "block"]
    lesson: str


class RetireIn(TypedDict):
    """Which source, as the list of feeds names it, and why it tells nothing more."""

    reason: str
    source: str


class RevealIn(TypedDict):
    """Which fields in full (none named: all), for which purpose, and why."""

    fields: NotRequired[
        list[
            Literal[
                "name",
                "phone",
                "id_card",
                "wechat_id",
                "email",
                "openid",
                "bank_card",
                "bank_name",
                "address",
                "birth_date",
                "note",
            ]
        ]
    ]
    purpose: Literal[
        "fulfilment",
        "compensation",
        "after_sales",
        "person_request",
        "legal_duty",
        "security",
        "marketing",
        "profiling",
        "cross_channel_tracking",
    ]
    reason: str


class RevealedAnswer(TypedDict):
    """Fields in full; this reading is in the audit log."""

    fields: dict[str, str]
    person: str
    purpose: str


class ReviewerAnswer(TypedDict):
    """One reviewer. ``rests``: it failed too often and is left alone; ``answers`` are counted by what …"""

    agreement: TallyAnswer
    answers: dict[str, int]
    blind: TallyAnswer
    is_advice: bool
    is_set_up: bool
    rests: bool
    reviewer: str
    title: str


class ReviewersAnswer(TypedDict):
    """All reviewers over a span of time."""

    end_at: str
    items: list[ReviewerAnswer]
    model: LinearModelAnswer | None
    start_at: str


class RewriteAnswer(TypedDict):
    """A text as it could be sent again."""

    at_ms: NotRequired[int | None]
    field: str
    segment: NotRequired[int | None]
    text: str


class RoomAnswer(TypedDict):
    """A room whole: how far it was heard, its flags in time, what was decided and what follows."""

    decisions: list[dict[str, Any]]
    effects: list[EffectAnswer]
    flags: list[FlagAnswer]
    heard: dict[str, Any] | None
    is_frozen: bool
    room_id: str
    shop_id: str
    state: Literal["running", "ended", "unknown"]
    updated_at: str | None


class RoomItem(TypedDict):
    """A room's own columns, as the reference of the database lists them."""

    room_id: str
    shop_id: str
    state: Literal["running", "ended", "unknown"]
    updated_at: str | None


class RoomPage(TypedDict):
    """A page of rooms."""

    items: list[RoomItem]
    next_cursor: str | None


class RosterLineAnswer(TypedDict):
    """An officer who decides cases. Without a roster nobody is off duty."""

    has_roster: bool
    is_on_duty: bool
    next_at: str | None
    officer: str
    shifts: list[ShiftAnswer]
    skills: SkillsAnswer
    until: str | None


class RosterPage(TypedDict):
    """A page of officers."""

    items: list[RosterLineAnswer]
    next_cursor: str | None


class RotateIn(TypedDict):
    """How long the secrets of before sign beside the new one; 0 when one has leaked."""

    overlap_hours: NotRequired[int]


class RotatedAnswer(TypedDict):
    """The new secret, shown this once, and until when those before it sign as well."""

    id: str
    old_until: str
    secret: str


class RowProofAnswer(TypedDict):
    """Why a row is in the log: its leaf as it was hashed, its path to a root, and the checkpoint signed …"""

    checkpoint: str
    id: str
    inclusion: ProofAnswer
    leaf: str
    public_keys: list[str]
    seq: int


class RuleAnswer(TypedDict):
    """A rule in force; ``tripped`` says since when and why its breaker is open."""

    band: BandAnswer | None
    id: str
    last_day: RateAnswer
    last_hour: RateAnswer
    on: list[str]
    pack: str
    reason: str
    references: list[str]
    review_by: str
    share_bp: int
    status: str
    title: str
    tripped: dict[str, Any] | None


class RuleCounts(TypedDict):
    """Contents on which a rule fired, or would have (shadow), and of both: decided by an officer, and …"""

    decided: int
    fired: int
    upheld: int
    would_fire: int


class RuleList(TypedDict):
    """The rules in force."""

    items: list[RuleAnswer]
    next_cursor: NotRequired[None]
    snapshot: str


class RuleMove(TypedDict):
    """A rule's verdict before and after; ``shadow:…`` had no effect, null did not fire."""

    after: str | None
    before: str | None
    rule: str


class RulesId(TypedDict):
    """The rules an explanation is by."""

    rules: str


class RulesReplayed(TypedDict):
    """Whether the rules that speak now are those that spoke then."""

    same: bool


class Said(TypedDict):
    """One sentence in Chinese and English."""

    en: str
    zh: str


class SampleAnswer(TypedDict):
    """One screening on which the two differ, what made the difference, and its redacted beginning."""

    after: Literal["pass", "label", "review", "block"]
    before: Literal["pass", "label", "review", "block"]
    doubts: list[DoubtMove]
    excerpt: str | None
    outcome: Literal["pass", "label", "review", "block"] | None
    rules: list[RuleMove]
    screening_id: str
    shop_id: str
    words: list[WordMove]


class ScoreAnswer(TypedDict):
    """The quality of a content's texts, and what the rules about quality say."""

    advice: list[str]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    dimensions: list[DimensionAnswer]
    fear: list[str]
    firings: list[FiringAnswer]
    grade: Literal["poor", "passable", "excellent"] | None
    hints: list[str]
    induced: list[str]
    score: int | None


class ScoreIn(TypedDict):
    """A content whose quality is asked for: its texts, as in a screening."""

    category: NotRequired[str | None]
    fields: NotRequired[dict[str, Any] | None]
    kind: Literal[
        "article",
        "campaign_text",
        "comment",
        "coupon_text",
        "course_page",
        "course_script",
        "image_text",
        "live_notice",
        "live_speech",
        "live_title",
        "message",
        "nickname",
        "product_description",
        "product_title",
        "profile",
        "reply",
        "review",
        "shop_name",
        "video_caption",
        "video_description",
        "video_title",
        "video_transcript",
    ]
    segments: NotRequired[list[SegmentIn]]
    shop_id: str
    text: NotRequired[str | None]


class ScreeningAnswer(TypedDict):
    """The decision on one content."""

    advice: list[str]
    case_id: str | None
    content_id: str
    decision: Literal["pass", "label", "review", "block"]
    doubts: list[str]
    exempted: list[ExemptedAnswer]
    firings: list[FiringAnswer]
    fixes: list[FixAnswer]
    hits: list[HitAnswer]
    labels: list[str]
    masked: NotRequired[list[MaskedAnswer] | None]
    opinions: list[OpinionAnswer]
    personal_data: list[PersonalDatumAnswer]
    precedent: NotRequired[PrecedentAnswer | None]
    predecessor_id: str | None
    quality: NotRequired[QualityAnswer | None]
    rewrites: list[RewriteAnswer]
    screening_id: str
    shop_id: str
    snapshot: SnapshotIds
    status: Literal["final", "pending"]
    took_us: int
    version: int


class ScreeningIn(TypedDict):
    """One content to screen: ``text`` or named ``fields``, a video's segments, media, and what the …"""

    attributes: NotRequired[dict[str, JsonValue]]
    author_id: NotRequired[str | None]
    category: NotRequired[str | None]
    content_id: str
    deadline_ms: NotRequired[int]
    facts: NotRequired[dict[str, JsonValue]]
    fields: NotRequired[dict[str, Any] | None]
    kind: Literal[
        "article",
        "campaign_text",
        "comment",
        "coupon_text",
        "course_page",
        "course_script",
        "image_text",
        "live_notice",
        "live_speech",
        "live_title",
        "message",
        "nickname",
        "product_description",
        "product_title",
        "profile",
        "reply",
        "review",
        "shop_name",
        "video_caption",
        "video_description",
        "video_title",
        "video_transcript",
    ]
    media: NotRequired[list[MediumIn]]
    occurred_at: NotRequired[str | None]
    score: NotRequired[bool]
    segments: NotRequired[list[SegmentIn]]
    shop_id: str
    text: NotRequired[str | None]


class SearchPeopleIn(TypedDict):
    """A value to find people by; it is normalised like the stored one."""

    field: Literal[
        "name",
        "phone",
        "id_card",
        "wechat_id",
        "email",
        "openid",
        "bank_card",
        "bank_name",
        "address",
        "birth_date",
        "note",
    ]
    value: str


class SecondReviewAnswer(TypedDict):
    """A review. While it waits nothing of the first decision is told."""

    case_id: str
    category: str
    drawn_at: str
    first_by: str | None
    first_outcome: str | None
    id: str
    lesson: str | None
    queue: str
    resolved_at: str | None
    resolved_by: str | None
    resolved_outcome: str | None
    second_at: str | None
    second_by: str | None
    second_outcome: str | None
    shop_id: str
    state: str


class SecondReviewPage(TypedDict):
    """A page of reviews."""

    items: list[SecondReviewAnswer]
    next_cursor: str | None
    waiting: int


class SeenAnswer(TypedDict):
    """A value a part saw; ``withheld`` ones show their length only, ``title`` is what people call a …"""

    length: int | None
    name: str
    origin: str
    state: Literal["given", "absent", "withheld"]
    title: str | None
    unit: str | None
    value: Any
    what: Literal["fact", "parameter", "item", "now"]


class SeenIn(TypedDict):
    """Which mention was seen; null: all that wait."""

    mention_id: NotRequired[str | None]


class SegmentAnswer(TypedDict):
    """One segment of a shop. ``of_three_bp`` is among the three with a target; ``is_off`` null: too few …"""

    count: int
    is_off: bool | None
    of_all_bp: int
    of_three_bp: int | None
    segment: str
    target_bp: int | None
    title: str
    treatments: list[str]


class SegmentIn(TypedDict):
    """A line of a video."""

    at_ms: int
    source: Literal["asr", "ocr", "subtitle", "cover"]
    text: str


class SegmentReport(TypedDict):
    """Every shop's segments."""

    items: list[ShopSegments]
    next_cursor: str | None


class SentAgainAnswer(TypedDict):
    """How many messages are sent again."""

    messages: int


class ShiftAnswer(TypedDict):
    """A shift that holds; of a leave the hours are null."""

    closes: str | None
    first_day: str
    id: str
    keeps_calendar: bool
    kind: Literal["weekly", "day", "leave"]
    last_day: str | None
    made_at: str
    made_by: str
    opens: str | None
    weekdays: list[int]


class ShiftIn(TypedDict):
    """A shift every week, on single days, or a leave; a shift that closes before it opens ends the next …"""

    closes: NotRequired[str | None]
    first_day: str
    keeps_calendar: NotRequired[bool]
    kind: Literal["weekly", "day", "leave"]
    last_day: NotRequired[str | None]
    opens: NotRequired[str | None]
    weekdays: NotRequired[list[int]]


class ShopSegments(TypedDict):
    """A shop's segments as of its last run; ``moved``: people who moved in it."""

    as_of: str
    is_full: bool
    moved: int
    people: int
    segments: list[SegmentAnswer]
    shop_id: str


class SignOffAnswer(TypedDict):
    """A sign-off of the register; it counts while it is ``approved`` and between its days."""

    basis: str
    decided_at: str | None
    decided_by: str | None
    decision_reason: str | None
    id: str
    name: str
    object_type: Literal["parameter", "rule"]
    pack: str
    reason: str
    requested_at: str
    requested_by: str
    signed_by: str
    state: Literal["waiting", "approved", "refused", "withdrawn"]
    valid_from: str
    valid_to: str | None
    value: Any
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class SignOffIn(TypedDict):
    """A sign-off to ask for. ``value`` is the parameter's, as it is today; a rule is signed as it is …"""

    basis: str
    name: str
    object_type: Literal["parameter", "rule"]
    pack: str
    reason: str
    signed_by: str
    valid_from: str
    valid_to: NotRequired[str | None]
    value: NotRequired[int | bool | str | list[str] | None]


class SignOffList(TypedDict):
    """The newest sign-offs, and what is unsigned today."""

    items: list[SignOffAnswer]
    next_cursor: NotRequired[None]
    unsigned: list[UnsignedAnswer]


class SignedAnswer(TypedDict):
    """A sign-off a firing rests on."""

    approved_by: str
    basis: str
    id: str
    name: str
    object_type: Literal["parameter", "rule"]
    signed_by: str
    valid_from: str
    valid_to: str | None
    value: Any


class SinceIn(TypedDict):
    """From which instant on."""

    since: str


class SkillsAnswer(TypedDict):
    """What an officer can judge; an empty list is everything."""

    categories: list[str]
    queues: list[str]
    scripts: list[str]


class SkillsIn(TypedDict):
    """What an officer can judge; what is left out or empty is everything."""

    categories: NotRequired[list[str]]
    queues: NotRequired[list[str]]
    scripts: NotRequired[list[str]]


class SnapshotAnswer(TypedDict):
    """A stored snapshot; ``waiting`` while a second person has not decided it."""

    created_at: str
    id: str
    is_active: bool
    kind: str
    proposed_by: str
    summary: dict[str, Any]
    waiting: WaitingAnswer | None
    was_active: bool


class SnapshotIds(TypedDict):
    """What the decision was judged by."""

    rules: str
    wordlists: str


class SnapshotIn(TypedDict):
    """A candidate: all ``files``, or ``edits`` of what is in force; ``base`` says which snapshot was …"""

    base: NotRequired[str | None]
    edits: NotRequired[list[FileEditIn | ParameterEditIn | StatusEditIn] | None]
    files: NotRequired[dict[str, str] | None]
    kind: Literal["rules", "wordlists"]
    reason: str


class SnapshotList(TypedDict):
    """Stored snapshots, newest first."""

    items: list[SnapshotAnswer]
    next_cursor: NotRequired[None]


class SourceAnswer(TypedDict):
    """A source and what became of it last."""

    checked_at: str | None
    error: str | None
    held_snapshot: str | None
    lists: list[str]
    name: str
    signed: bool
    state: str
    tried_at: str | None
    type: str
    version: int | None


class SourceList(TypedDict):
    """Every source, and how old the wordlists are."""

    freshness: FreshnessAnswer
    items: list[SourceAnswer]
    next_cursor: NotRequired[None]


class SpeechAnswer(TypedDict):
    """What came of a call's utterances; ``corrected`` are flags that were set right by them."""

    corrected: list[str]
    hits: list[SpokenHit]
    in_pk: bool
    results: list[UtteranceAnswer]


class SpeechIn(TypedDict):
    """Utterances of one room, in any order."""

    shop_id: str
    utterances: list[UtteranceIn]


class SplitCheckAnswer(TypedDict):
    """What the rules say of a profit sharing, and the facts they saw."""

    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    doubts: list[str]
    facts: dict[str, Any]
    firings: list[FiringAnswer]


class SplitCheckIn(TypedDict):
    """A profit sharing as it would be asked for."""

    ask_platform: NotRequired[bool]
    fee_fen: NotRequired[int]
    max_ratio_bp: NotRequired[int | None]
    open_claim_count: NotRequired[int | None]
    out_order_no: str
    receivers: list[ReceiverIn]
    shop_id: str
    stored_value_unused: NotRequired[bool | None]
    transaction_id: str
    unsplit_fen: NotRequired[int | None]


class SpokenHit(TypedDict):
    """A listed word that was said; ``repeated`` ones were flagged moments ago and are only counted."""

    cases: NotRequired[list[str] | None]
    category: str
    decision: str | None
    end: int
    firings: NotRequired[list[dict[str, Any]] | None]
    flag_id: str | None
    hidden_by: list[str]
    said_at: str
    sentence: str
    sequence: int
    source: str
    speaker: str | None
    start: int
    status: Literal["flagged", "repeated"]
    suggestion: str | None
    text: str
    verdict: str
    word: str
    wordlist: str


class SpotAnswer(TypedDict):
    """Where something stands, in code points of the field as it was sent."""

    at_ms: NotRequired[int | None]
    end: int
    field: str
    said: str
    segment: NotRequired[int | None]
    start: int


class StandingFiring(TypedDict):
    """A firing that stands, with the event it comes from."""

    at: str
    bindings: dict[str, Any]
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    effects: NotRequired[list[dict[str, Any]]]
    kind: str
    limited_by: NotRequired[list[Literal["share", "tripped"]]]
    missing: NotRequired[list[str]]
    overrides: NotRequired[dict[str, dict[str, str]]]
    pack: str
    reason: str
    references: list[str]
    remedy: NotRequired[str | None]
    rule: str
    shadow: NotRequired[bool]
    sign_offs: NotRequired[list[SignedAnswer]]
    subject: str
    unsigned: NotRequired[list[str]]


class StandsAnswer(TypedDict):
    """Where a person stands in a shop."""

    as_of: str
    figures: dict[str, Any]
    history: list[MoveAnswer]
    segment: str
    shop_id: str
    since_at: str
    title: str
    treatments: list[str]
    why: list[ConditionAnswer]


class StartIn(TypedDict):
    """A second person's answer to who asked to start payouts again."""

    approve: bool
    reason: str


State: TypeAlias = 'Literal["opened", "assessed", "approved", "paying", "paid", "failed", "recovering", "recovered", "written_off", "rejected", "voided"]'


class StatusEditIn(TypedDict):
    """One rule in another state of its life."""

    rule: str
    status: Literal["draft", "shadow", "live", "retired"]


class StepAnswer(TypedDict):
    """One step in a claim's life; ``undid`` names whose approval it undid."""

    actor: str
    at: str
    from_state: str | None
    reason: str
    to_state: str
    undid: list[str]


class StopAnswer(TypedDict):
    """A stop of payouts."""

    lifted_at: str | None
    lifted_by: str | None
    reason: str
    scope: str
    stop_id: str
    thrown_at: str
    thrown_by: str
    value: str


class StopIn(TypedDict):
    """A stop of all payouts, one shop's or one cause's."""

    reason: str
    scope: Literal["all", "shop", "cause"]
    value: NotRequired[str]


class SupplierAnswer(TypedDict):
    """A supplier with its ranks, the newest first."""

    assigned_at: str | None
    assigned_tier: str | None
    daily_capacity_count: int | None
    exclusive_line: bool | None
    name: str | None
    ranks: list[dict[str, Any]]
    serves: str | None
    shop_id: str
    supplier_id: str


class SupplierItem(TypedDict):
    """A supplier with its newest rank; ``why`` says what was lacking where it has no place."""

    assigned_tier: str | None
    day: str
    due_count: int
    fulfilment_bp: int | None
    met_count: int
    name: str | None
    order_count: int
    oversold_count: int
    place: int | None
    pool_count: int
    rank_bp: int | None
    sales_fen: int
    sales_place_bp: int | None
    score_bp: int | None
    shop_id: str
    supplier_id: str
    tier: Literal["strategic", "distributor", "local"] | None
    why: Literal["too_few_orders", "no_deadlines", "too_few_suppliers"] | None


class SupplierMove(TypedDict):
    """A supplier that would be in another tier."""

    after: Literal["strategic", "distributor", "local", "none"]
    assigned_tier: str | None
    before: Literal["strategic", "distributor", "local", "none"]
    is_judged: bool
    shop_id: str
    supplier_id: str


class SupplierPage(TypedDict):
    """A page of suppliers."""

    items: list[SupplierItem]
    next_cursor: str | None


class SupplierWhatIfAnswer(TypedDict):
    """Suppliers by tier before and after; ``judged_differently`` counts those whose assigned tier is …"""

    after: dict[str, int]
    as_of: str
    before: dict[str, int]
    judged_differently: int
    looked_at: int
    moves: list[SupplierMove]


class SupplierWhatIfIn(TypedDict):
    """Numbers to try, of which shop (all of the key's, if left out), and as of when."""

    as_of: NotRequired[str | None]
    parameters: dict[str, Any]
    shop_id: NotRequired[str | None]


class TallyAnswer(TypedDict):
    """Opinions against officers' decisions; shares are null where there is nothing to divide by."""

    abstained: int
    agreement_bp: int | None
    both_let: int
    both_objected: int
    coverage_bp: int | None
    decided: int
    kappa_bp: int | None
    officer_only: int
    opinions: int
    precision_bp: int | None
    recall_bp: int | None
    reviewer_only: int


class TellingAnswer(TypedDict):
    """One telling; ``contests`` names the facts in which it contradicts the one in force, unsettled."""

    at: str
    contests: list[str]
    event: str
    facts: dict[str, Any]
    in_force: bool
    source: str
    telling: str


class TellingIn(TypedDict):
    """Of which thing which telling counts, as the list names them, and why; ``seen``: all that were …"""

    reason: str
    seen: list[str]
    telling: str
    thing: str


class ThingAnswer(TypedDict):
    """One thing that was told in contradicting ways. ``at_stake_fen`` decides whether it takes two …"""

    at_stake_fen: int
    first: FirstWord | None
    is_contested: bool
    kind: str
    tellings: list[TellingAnswer]
    thing: str
    was_settled: bool


class ThingList(TypedDict):
    """Everything of an order that was told in contradicting ways; of each, the telling in force first."""

    items: list[ThingAnswer]
    next_cursor: NotRequired[None]


class Timeline(TypedDict):
    """What was done to a case, oldest first, at most 200 steps."""

    items: list[CaseStepAnswer]


class TriedAnswer(TypedDict):
    """A what-if; ``from_stored``: worked out from the last run's figures."""

    after: dict[str, int]
    as_of: str
    before: dict[str, int]
    from_stored: bool
    moves: list[dict[str, Any]]
    shop_id: str


class TriedEvents(TypedDict):
    """What the candidate would have said of events; every count is of events, ``rules`` those that spoke …"""

    changed: int
    decisions: list[MovedOnLadder]
    looked_at: int
    officers: OfficersAnswer
    rules: list[MovedRule]
    samples: list[EventSample]
    unreadable: int


class TriedWordIn(TypedDict):
    """A word to add to a ``category``; or one of a ``wordlist`` to retire, or to allow in the context …"""

    category: NotRequired[str | None]
    value: NotRequired[str]
    verdict: NotRequired[Literal["block", "review", "label"]]
    what: NotRequired[Literal["add", "allow", "retire"]]
    word: str
    wordlist: NotRequired[str | None]


class UnsignedAnswer(TypedDict):
    """Something unverified that nobody has signed; ``object_type`` null: no sign-off can help."""

    name: str
    object_type: Literal["parameter", "rule"] | None
    pack: str
    rules: list[str]
    told: str
    value: Any


class UploadAnswer(TypedDict):
    """What was read of an upload; it waits for the next refresh and a second person."""

    encoding: str
    left_out: list[dict[str, Any]]
    name: str
    words: int


class UploadIn(TypedDict):
    """A list to upload."""

    columns: NotRequired[dict[str, str]]
    data: str
    file_name: str
    format: NotRequired[Literal["weiheng", "lines", "commas", "csv"]]
    head: NotRequired[dict[str, Any]]
    name: str
    reason: str
    verdicts: NotRequired[dict[str, Literal["block", "review", "label"]]]


class UtteranceAnswer(TypedDict):
    """What became of an utterance: a ``duplicate`` was heard before, a ``conflict`` has other words by …"""

    sequence: int
    status: Literal["accepted", "duplicate", "conflict"]


class UtteranceIn(TypedDict):
    """A few words: their number in the room, when they were said, whose voice it was."""

    at: str
    sequence: int
    speaker: NotRequired[str]
    text: str


class VoidIn(TypedDict):
    """Why it is taken back."""

    reason: str


class WaitingAnswer(TypedDict):
    """What a second person is asked to approve; ``hard_rules`` block, hold or move money and are …"""

    approval_id: str
    base: str | None
    hard_rules: list[str]
    holds: list[str]
    reason: str
    requested_at: str
    requested_by: str
    undoes: list[str]


class WantedSnapshots(TypedDict):
    """Stored snapshots to judge by; what is left out is the one in force."""

    rules: NotRequired[str | None]
    wordlists: NotRequired[str | None]


class WebhookAnswer(TypedDict):
    """An endpoint and how its receiver stands; ``secret`` only in the answer that made it."""

    created_at: str
    disabled_at: str | None
    disabled_why: str | None
    event_types: list[str]
    failing_since: str | None
    failures: int
    format: Literal["standard", "wecom"]
    id: str
    rests_until: str | None
    secret: NotRequired[str | None]
    shop_ids: list[str] | None
    url: str


class WebhookIn(TypedDict):
    """An endpoint to add. Without ``shop_ids`` it hears of all the key's shops."""

    event_types: list[
        Literal[
            "content.outcome",
            "case.opened",
            "appeal.filed",
            "appeal.decided",
            "snapshot.refused",
            "snapshot.waiting",
            "rule.tripped",
            "rule.review_due",
            "event.fired",
            "live.flagged",
            "wordlists.stale",
            "claim.opened",
            "claim.paid",
            "claim.refused",
            "claim.recovered",
            "evidence.ending",
        ]
    ]
    format: NotRequired[Literal["standard", "wecom"]]
    shop_ids: NotRequired[list[str] | None]
    url: str


class WebhookList(TypedDict):
    """Endpoints."""

    items: list[WebhookAnswer]
    next_cursor: NotRequired[None]


class WhatIfIn(TypedDict):
    """Other numbers for some parameters of the pack ``tiering``."""

    as_of: NotRequired[str | None]
    parameters: dict[str, int]
    shop_id: str


class WholeClaimAnswer(TypedDict):
    """A claim with its calculation, its life, and what buyer and merchant are told."""

    amount_fen: int
    approved_at: str | None
    approved_by: str | None
    basis: dict[str, Any]
    cause: str
    claim_id: str
    excluded_by: str | None
    for_buyer: str
    for_merchant: str
    item: str
    needs_person: bool
    opened_at: str
    opened_by: str
    order_id: str
    paid_fen: int
    recovered_fen: int
    settles_at: str
    shop_id: str
    state: str
    steps: list[StepAnswer]
    waits_for: list[str]


class WhyAnswer(TypedDict):
    """Why a stored decision came out as it did."""

    decision: Literal["pass", "label", "review", "block"]
    kind: str
    near_misses: list[str]
    now: str
    replayed: ReplayedAnswer
    rules: list[ExplanationAnswer]
    screening_id: str
    snapshot: SnapshotIds


class WithdrawIn(TypedDict):
    """Why something ends."""

    reason: str


class WithdrawnAnswer(TypedDict):
    """The consents that ended, and what must stop now."""

    must_stop: MustStop
    withdrawn: list[ConsentAnswer]


class WordChangeAnswer(TypedDict):
    """A proposed change of a word."""

    case_id: str | None
    category: str
    confirm_by: str | None
    decided_at: str | None
    decided_by: str | None
    id: str
    proposed_at: str
    proposed_by: str
    reason: str
    state: str
    value: str
    what: str
    word: str
    wordlist: str


class WordChangeList(TypedDict):
    """Changes, newest first."""

    items: list[WordChangeAnswer]
    next_cursor: NotRequired[None]


class WordIn(TypedDict):
    """One word to list; ``source`` is the law or rule it rests on."""

    source: NotRequired[str]
    text: str
    verdict: NotRequired[Literal["block", "review", "label"]]


class WordMove(TypedDict):
    """A word's verdict before and after."""

    after: str | None
    before: str | None
    word: str
    wordlist: str


class WordRecord(TypedDict):
    """A word: contents it hit, cases officers upheld or cleared, and the share of false alarms."""

    cleared: int
    false_bp: int | None
    hits: int
    upheld: int
    word: str
    wordlist: str


class WordRecordList(TypedDict):
    """Words, those with the most false alarms first."""

    items: list[WordRecord]
    next_cursor: NotRequired[None]


class WordingAnswer(TypedDict):
    """One version."""

    decided_at: str | None
    decided_by: str | None
    decided_reason: str | None
    id: str
    outcome: str
    policy: str
    proposed_at: str
    proposed_by: str
    reason: str
    state: str
    text: str
    version: int


class WordingIn(TypedDict):
    """The next version; an empty policy is any, an empty text ends what is in force."""

    outcome: Literal["pass", "label", "return", "block"]
    policy: NotRequired[str]
    reason: str
    text: str


class WordingPage(TypedDict):
    """A page of versions."""

    items: list[WordingAnswer]
    next_cursor: str | None


class WordlistAnswer(TypedDict):
    """A wordlist in force."""

    category: str
    match: str
    name: str
    owner: str
    source: str
    verdict: Literal["pass", "alert", "warn", "label", "review", "hold", "block"]
    words: int


class WordlistList(TypedDict):
    """The wordlists in force."""

    items: list[WordlistAnswer]
    next_cursor: NotRequired[None]
    snapshot: str


class WordsIn(TypedDict):
    """Words to add. ``urgent``: at once, until a second person confirms them in time."""

    case_id: NotRequired[str | None]
    reason: str
    urgent: NotRequired[bool]
    words: list[WordIn]
