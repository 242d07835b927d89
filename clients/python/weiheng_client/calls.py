"""A method for every call of the API, grouped as the service groups them.

Written by scripts/write_reference.py from the API's own description; do not edit it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol, cast
from urllib.parse import quote

from weiheng_client import answers


class Call(Protocol):
    """How the client sends a request: retried, with its key, the answer's JSON or bytes."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        key: str | None = None,
    ) -> Any: ...


class _Group:
    def __init__(self, call: Call) -> None:
        self._call = call


def _given(**params: Any) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in params.items() if value is not None}


class Appeals(_Group):
    """Calls of ``appeals``."""

    def contest(
        self, token: str, body: answers.AppealIn, *, idempotency_key: str | None = None
    ) -> answers.AppealAnswer:
        """Once."""
        return cast(
            "answers.AppealAnswer",
            self._call("POST", f"/v1/appeals/{quote(token, safe='')}", json=body, key=idempotency_key),
        )

    def decide(
        self, case_id: str, body: answers.DecideAppealIn, *, idempotency_key: str | None = None
    ) -> answers.CaseAnswer:
        """By somebody who had no say in the decision."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/appeal/decide", json=body, key=idempotency_key),
        )

    def offer(self, case_id: str, *, idempotency_key: str | None = None) -> answers.OfferedAnswer:
        """For a case decided against the merchant."""
        return cast(
            "answers.OfferedAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/appeals", key=idempotency_key),
        )

    def show(self, token: str) -> answers.AppealAnswer:
        """Needs no key: the token is one."""
        return cast("answers.AppealAnswer", self._call("GET", f"/v1/appeals/{quote(token, safe='')}"))


class AuditLog(_Group):
    """Calls of ``audit_log``."""

    def list_checkpoints(
        self, *, since: int | None = None, cursor: int | None = None, limit: int | None = None
    ) -> answers.CheckpointPage:
        """What was signed over the log, and the keys that signed it."""
        return cast(
            "answers.CheckpointPage",
            self._call("GET", "/v1/audit/checkpoints", params=_given(since=since, cursor=cursor, limit=limit)),
        )

    def iter_list_checkpoints(self, *, since: int | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Every item of ``list_checkpoints``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_checkpoints(since=since, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def list_rows(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        object_type: str | None = None,
        object_id: str | None = None,
        shop_id: str | None = None,
        from_at: str | None = None,
        to_at: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.AuditPage:
        """Rows of the key's shops, newest first."""
        return cast(
            "answers.AuditPage",
            self._call(
                "GET",
                "/v1/audit",
                params=_given(
                    actor=actor,
                    action=action,
                    object_type=object_type,
                    object_id=object_id,
                    shop_id=shop_id,
                    from_at=from_at,
                    to_at=to_at,
                    cursor=cursor,
                    limit=limit,
                ),
            ),
        )

    def iter_list_rows(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        object_type: str | None = None,
        object_id: str | None = None,
        shop_id: str | None = None,
        from_at: str | None = None,
        to_at: str | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_rows``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_rows(
                actor=actor,
                action=action,
                object_type=object_type,
                object_id=object_id,
                shop_id=shop_id,
                from_at=from_at,
                to_at=to_at,
                limit=limit,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def prove(self, audit_id: str) -> answers.RowProofAnswer:
        """That a row stands in the log as the newest checkpoint signed it."""
        return cast("answers.RowProofAnswer", self._call("GET", f"/v1/audit/{quote(audit_id, safe='')}/proof"))


class Backtests(_Group):
    """Calls of ``backtests``."""

    def add_backtest(self, body: answers.BacktestIn, *, idempotency_key: str | None = None) -> answers.BacktestAnswer:
        """Replay a candidate over a period's screenings and events, in the background."""
        return cast("answers.BacktestAnswer", self._call("POST", "/v1/backtests", json=body, key=idempotency_key))

    def cancel(self, backtest_id: str, *, idempotency_key: str | None = None) -> answers.BacktestAnswer:
        """End a backtest that is not done."""
        return cast(
            "answers.BacktestAnswer",
            self._call("POST", f"/v1/backtests/{quote(backtest_id, safe='')}/cancel", key=idempotency_key),
        )

    def get_backtest(
        self, backtest_id: str, *, format: Literal["json", "csv"] | None = None
    ) -> answers.BacktestAnswer | bytes:
        """Its state and progress, and its result when it is done."""
        return cast(
            "answers.BacktestAnswer | bytes",
            self._call("GET", f"/v1/backtests/{quote(backtest_id, safe='')}", params=_given(format=format)),
        )

    def list_backtests(self, *, limit: int | None = None) -> answers.BacktestList:
        """The key's backtests, newest first, without their results."""
        return cast("answers.BacktestList", self._call("GET", "/v1/backtests", params=_given(limit=limit)))


class BulkDeeds(_Group):
    """Calls of ``bulk_deeds``."""

    def ask(self, body: answers.BulkIn, *, idempotency_key: str | None = None) -> answers.BulkAnswer:
        """Nothing happens before `due_at`."""
        return cast("answers.BulkAnswer", self._call("POST", "/v1/cases/bulk", json=body, key=idempotency_key))

    def show(self, bulk_id: str) -> answers.BulkAnswer:
        """How it stands."""
        return cast("answers.BulkAnswer", self._call("GET", f"/v1/cases/bulk/{quote(bulk_id, safe='')}"))

    def undo(self, bulk_id: str, *, idempotency_key: str | None = None) -> answers.BulkAnswer:
        """Until `due_at`."""
        return cast(
            "answers.BulkAnswer",
            self._call("POST", f"/v1/cases/bulk/{quote(bulk_id, safe='')}/undo", key=idempotency_key),
        )


class Campaigns(_Group):
    """Calls of ``campaigns``."""

    def check(
        self, body: answers.CampaignCheckIn, *, idempotency_key: str | None = None
    ) -> answers.CampaignCheckAnswer:
        """Judge a whole campaign before it starts."""
        return cast(
            "answers.CampaignCheckAnswer", self._call("POST", "/v1/campaigns/check", json=body, key=idempotency_key)
        )

    def get_one(self, campaign_id: str, *, shop_id: str | None = None) -> answers.CampaignAnswer:
        """The campaign as it stands, its coupons and contests, every judgement, its figures now and by day."""
        return cast(
            "answers.CampaignAnswer",
            self._call("GET", f"/v1/campaigns/{quote(campaign_id, safe='')}", params=_given(shop_id=shop_id)),
        )

    def list_all(
        self,
        *,
        shop_id: str | None = None,
        type: str | None = None,
        state: Literal["planned", "running", "ended"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.CampaignPage:
        """Campaigns of the key's shops, each with its state and what the rules say of it now."""
        return cast(
            "answers.CampaignPage",
            self._call(
                "GET",
                "/v1/campaigns",
                params=_given(shop_id=shop_id, type=type, state=state, cursor=cursor, limit=limit),
            ),
        )

    def iter_list_all(
        self,
        *,
        shop_id: str | None = None,
        type: str | None = None,
        state: Literal["planned", "running", "ended"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_all``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_all(shop_id=shop_id, type=type, state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def table(
        self,
        *,
        shop_id: str | None = None,
        type: str | None = None,
        state: Literal["planned", "running", "ended"] | None = None,
    ) -> bytes:
        """Campaigns of the key's shops as CSV, the newest 10,000, with rules and reasons."""
        return cast(
            "bytes", self._call("GET", "/v1/campaigns.csv", params=_given(shop_id=shop_id, type=type, state=state))
        )

    def what_if(
        self, body: answers.CampaignWhatIfIn, *, idempotency_key: str | None = None
    ) -> answers.CampaignWhatIfAnswer:
        """Judge the period's campaigns again with some parameters changed, and count what would come out …"""
        return cast(
            "answers.CampaignWhatIfAnswer", self._call("POST", "/v1/campaigns/what-if", json=body, key=idempotency_key)
        )


class Candidates(_Group):
    """Calls of ``candidates``."""

    def approve_snapshot(
        self, snapshot_id: str, body: answers.CandidateApprovalIn, *, idempotency_key: str | None = None
    ) -> answers.SnapshotAnswer:
        """Approve a waiting candidate as a second person."""
        return cast(
            "answers.SnapshotAnswer",
            self._call("POST", f"/v1/snapshots/{quote(snapshot_id, safe='')}/approve", json=body, key=idempotency_key),
        )

    def diff_snapshot(
        self, snapshot_id: str, *, against: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> answers.DiffAnswer:
        """What changes from `against` (default: what is in force) to this snapshot, in words and as a list."""
        return cast(
            "answers.DiffAnswer",
            self._call(
                "GET",
                f"/v1/snapshots/{quote(snapshot_id, safe='')}/diff",
                params=_given(against=against, cursor=cursor, limit=limit),
            ),
        )

    def iter_diff_snapshot(
        self, snapshot_id: str, *, against: str | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``diff_snapshot``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.diff_snapshot(snapshot_id, against=against, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def propose_snapshot(
        self, body: answers.SnapshotIn, *, idempotency_key: str | None = None
    ) -> answers.CandidateAnswer:
        """Check, try and store a candidate."""
        return cast("answers.CandidateAnswer", self._call("POST", "/v1/snapshots", json=body, key=idempotency_key))

    def refuse_snapshot(
        self, snapshot_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None
    ) -> answers.SnapshotAnswer:
        """Refuse a waiting candidate as a second person."""
        return cast(
            "answers.SnapshotAnswer",
            self._call("POST", f"/v1/snapshots/{quote(snapshot_id, safe='')}/refuse", json=body, key=idempotency_key),
        )

    def withdraw_snapshot(
        self, snapshot_id: str, body: answers.OwnWithdrawIn, *, idempotency_key: str | None = None
    ) -> answers.SnapshotAnswer:
        """Take back a waiting candidate that the caller proposed."""
        return cast(
            "answers.SnapshotAnswer",
            self._call("POST", f"/v1/snapshots/{quote(snapshot_id, safe='')}/withdraw", json=body, key=idempotency_key),
        )


class CaseFiles(_Group):
    """Calls of ``case_files``."""

    def add_file(
        self, case_id: str, body: answers.FileIn, *, idempotency_key: str | None = None
    ) -> answers.CaseFileAnswer:
        """PDF, JPEG or PNG, told by its first bytes."""
        return cast(
            "answers.CaseFileAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/files", json=body, key=idempotency_key),
        )

    def get_file(self, case_id: str, file_id: str) -> bytes:
        """As it was sent, to be saved."""
        return cast("bytes", self._call("GET", f"/v1/cases/{quote(case_id, safe='')}/files/{quote(file_id, safe='')}"))

    def list_files(self, case_id: str) -> answers.CaseFiles:
        """At most 20 a case."""
        return cast("answers.CaseFiles", self._call("GET", f"/v1/cases/{quote(case_id, safe='')}/files"))


class CaseWork(_Group):
    """Calls of ``case_work``."""

    def add_note(self, case_id: str, body: answers.NoteIn, *, idempotency_key: str | None = None) -> answers.CaseAnswer:
        """Notes stand in the time line."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/notes", json=body, key=idempotency_key),
        )

    def claim(self, case_id: str, body: answers.ClaimIn, *, idempotency_key: str | None = None) -> answers.CaseAnswer:
        """Nobody else can decide it until it is given back, decided, or the claim times out."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/claim", json=body, key=idempotency_key),
        )

    def escalate(
        self, case_id: str, body: answers.EscalateIn, *, idempotency_key: str | None = None
    ) -> answers.CaseAnswer:
        """It goes to the queue `senior`."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/escalate", json=body, key=idempotency_key),
        )

    def hold(self, case_id: str, body: answers.HoldIn, *, idempotency_key: str | None = None) -> answers.CaseAnswer:
        """Until an instant at most 30 days ahead."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/hold", json=body, key=idempotency_key),
        )

    def reassign(
        self, case_id: str, body: answers.ReassignIn, *, idempotency_key: str | None = None
    ) -> answers.CaseAnswer:
        """It is the first they get with *next*, and nobody else's *next* gives it."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/reassign", json=body, key=idempotency_key),
        )

    def release(self, case_id: str, *, idempotency_key: str | None = None) -> answers.CaseAnswer:
        """Giving back what one does not have changes nothing."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/release", key=idempotency_key),
        )

    def take_next(self, body: answers.NextIn, *, idempotency_key: str | None = None) -> answers.NextAnswer:
        """The case that is due first and nobody has, taken for this key."""
        return cast("answers.NextAnswer", self._call("POST", "/v1/cases/next", json=body, key=idempotency_key))

    def timeline(self, case_id: str) -> answers.Timeline:
        """Each step is a row of the audit log."""
        return cast("answers.Timeline", self._call("GET", f"/v1/cases/{quote(case_id, safe='')}/timeline"))


class Cases(_Group):
    """Calls of ``cases``."""

    def decide(self, case_id: str, body: answers.DecideIn, *, idempotency_key: str | None = None) -> answers.CaseAnswer:
        """Close the case."""
        return cast(
            "answers.CaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/decide", json=body, key=idempotency_key),
        )

    def get_case(self, case_id: str) -> answers.CaseAnswer:
        """One case of the key's shops."""
        return cast("answers.CaseAnswer", self._call("GET", f"/v1/cases/{quote(case_id, safe='')}"))

    def list_cases(
        self,
        *,
        state: Literal["open", "held", "second", "decided", "appealed", "upheld", "overturned", "superseded"]
        | None = None,
        queue: Literal["content", "orders", "senior"] | None = None,
        category: str | None = None,
        shop_id: str | None = None,
        severity: int | None = None,
        assigned_to: str | None = None,
        claimed_by: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.CasePage:
        """Cases of the key's shops, by due time."""
        return cast(
            "answers.CasePage",
            self._call(
                "GET",
                "/v1/cases",
                params=_given(
                    state=state,
                    queue=queue,
                    category=category,
                    shop_id=shop_id,
                    severity=severity,
                    assigned_to=assigned_to,
                    claimed_by=claimed_by,
                    cursor=cursor,
                    limit=limit,
                ),
            ),
        )

    def iter_list_cases(
        self,
        *,
        state: Literal["open", "held", "second", "decided", "appealed", "upheld", "overturned", "superseded"]
        | None = None,
        queue: Literal["content", "orders", "senior"] | None = None,
        category: str | None = None,
        shop_id: str | None = None,
        severity: int | None = None,
        assigned_to: str | None = None,
        claimed_by: str | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_cases``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_cases(
                state=state,
                queue=queue,
                category=category,
                shop_id=shop_id,
                severity=severity,
                assigned_to=assigned_to,
                claimed_by=claimed_by,
                limit=limit,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return


class Claims(_Group):
    """Calls of ``claims``."""

    def appeal(
        self, claim_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None
    ) -> answers.WholeClaimAnswer:
        """Have a rejected claim heard again, by somebody else."""
        return cast(
            "answers.WholeClaimAnswer",
            self._call("POST", f"/v1/claims/{quote(claim_id, safe='')}/appeal", json=body, key=idempotency_key),
        )

    def approve(
        self, claim_id: str, body: answers.ApproveClaimIn, *, idempotency_key: str | None = None
    ) -> answers.WholeClaimAnswer:
        """Approve."""
        return cast(
            "answers.WholeClaimAnswer",
            self._call("POST", f"/v1/claims/{quote(claim_id, safe='')}/approve", json=body, key=idempotency_key),
        )

    def end_recovery(
        self, claim_id: str, body: answers.RecoverIn, *, idempotency_key: str | None = None
    ) -> answers.WholeClaimAnswer:
        """Take it from the merchant's deposit (only by written agreement), note that it was repaid, or write …"""
        return cast(
            "answers.WholeClaimAnswer",
            self._call("POST", f"/v1/claims/{quote(claim_id, safe='')}/recover", json=body, key=idempotency_key),
        )

    def get_claim(self, claim_id: str) -> answers.WholeClaimAnswer:
        """One claim with its calculation, its life, and what buyer and merchant are told."""
        return cast("answers.WholeClaimAnswer", self._call("GET", f"/v1/claims/{quote(claim_id, safe='')}"))

    def list_claims(
        self,
        *,
        state: answers.State | None = None,
        cause: str | None = None,
        order_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.ClaimPage:
        """Claims of the key's shops, newest first."""
        return cast(
            "answers.ClaimPage",
            self._call(
                "GET",
                "/v1/claims",
                params=_given(state=state, cause=cause, order_id=order_id, cursor=cursor, limit=limit),
            ),
        )

    def iter_list_claims(
        self,
        *,
        state: answers.State | None = None,
        cause: str | None = None,
        order_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_claims``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_claims(state=state, cause=cause, order_id=order_id, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def open_claim(self, body: answers.ClaimIn, *, idempotency_key: str | None = None) -> answers.ClaimAnswer:
        """Open a buyer's claim, or find the one there is for this order, item and cause."""
        return cast("answers.ClaimAnswer", self._call("POST", "/v1/claims", json=body, key=idempotency_key))

    def reject(
        self, claim_id: str, body: answers.RejectClaimIn, *, idempotency_key: str | None = None
    ) -> answers.WholeClaimAnswer:
        """Reject before money is on its way."""
        return cast(
            "answers.WholeClaimAnswer",
            self._call("POST", f"/v1/claims/{quote(claim_id, safe='')}/reject", json=body, key=idempotency_key),
        )


class Consents(_Group):
    """Calls of ``consents``."""

    def delete_consent(self, person: str, purpose: str) -> answers.WithdrawnAnswer:
        """Withdraw, at once."""
        return cast(
            "answers.WithdrawnAnswer",
            self._call("DELETE", f"/v1/people/{quote(person, safe='')}/consents/{quote(purpose, safe='')}"),
        )

    def get_consents(self, person: str, purpose: str) -> answers.ConsentList:
        """The consents of a person to one purpose, newest first."""
        return cast(
            "answers.ConsentList",
            self._call("GET", f"/v1/people/{quote(person, safe='')}/consents/{quote(purpose, safe='')}"),
        )

    def list_consents(self, person: str) -> answers.ConsentList:
        """Every consent of a person, newest first, with how each ended."""
        return cast("answers.ConsentList", self._call("GET", f"/v1/people/{quote(person, safe='')}/consents"))

    def put_consent(self, person: str, purpose: str, body: answers.ConsentIn) -> answers.ConsentAnswer:
        """Record a consent."""
        return cast(
            "answers.ConsentAnswer",
            self._call("PUT", f"/v1/people/{quote(person, safe='')}/consents/{quote(purpose, safe='')}", json=body),
        )


class DeadLetters(_Group):
    """Calls of ``dead_letters``."""

    def discard(
        self, letter_id: str, body: answers.DiscardIn, *, idempotency_key: str | None = None
    ) -> answers.DeadLetterAnswer:
        """Put it away for good."""
        return cast(
            "answers.DeadLetterAnswer",
            self._call("POST", f"/v1/dead-letters/{quote(letter_id, safe='')}/discard", json=body, key=idempotency_key),
        )

    def list_letters(
        self,
        *,
        kind: Literal[
            "work_inbound",
            "look_up_platform",
            "pay_claim",
            "deliver_webhook",
            "fetch_split_bill",
            "fetch_fund_bill",
            "fetch_platform_keys",
        ]
        | None = None,
    ) -> answers.DeadLetterList:
        """Up to 200, oldest first: inbound messages, questions to platforms, payouts, webhooks."""
        return cast("answers.DeadLetterList", self._call("GET", "/v1/dead-letters", params=_given(kind=kind)))

    def replay(
        self, letter_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None
    ) -> answers.DeadLetterAnswer:
        """Have it worked again with all its attempts, after what was wrong has been mended."""
        return cast(
            "answers.DeadLetterAnswer",
            self._call("POST", f"/v1/dead-letters/{quote(letter_id, safe='')}/replay", json=body, key=idempotency_key),
        )


class Evaluations(_Group):
    """Calls of ``evaluations``."""

    def evaluate(self, body: answers.EvaluationIn, *, idempotency_key: str | None = None) -> answers.EvaluationAnswer:
        """Judge a content or an event's facts without storing anything, and explain every rule."""
        return cast("answers.EvaluationAnswer", self._call("POST", "/v1/evaluations", json=body, key=idempotency_key))

    def why(self, screening_id: str, *, language: Literal["zh", "en"] | None = None) -> answers.WhyAnswer:
        """Explain a stored decision by judging again what it saw, by the snapshots it names."""
        return cast(
            "answers.WhyAnswer",
            self._call("GET", f"/v1/screenings/{quote(screening_id, safe='')}/why", params=_given(language=language)),
        )

    def why_of_events(
        self,
        *,
        language: Literal["zh", "en"] | None = None,
        shop_id: str | None = None,
        event_id: str | None = None,
        subject: str | None = None,
        source: str | None = None,
        rule: str | None = None,
    ) -> answers.EventWhyList:
        """Explain what the rules said of an event (an order's, a refund's, a campaign's …), or why none of …"""
        return cast(
            "answers.EventWhyList",
            self._call(
                "GET",
                "/v1/events/why",
                params=_given(
                    language=language, shop_id=shop_id, event_id=event_id, subject=subject, source=source, rule=rule
                ),
            ),
        )


class Events(_Group):
    """Calls of ``events``."""

    def take(self, body: answers.EventsIn, *, idempotency_key: str | None = None) -> answers.EventsAnswer:
        """Keep events, each once."""
        return cast("answers.EventsAnswer", self._call("POST", "/v1/events", json=body, key=idempotency_key))


class Evidence(_Group):
    """Calls of ``evidence``."""

    def export(
        self, case_id: str, body: answers.EvidenceIn, *, idempotency_key: str | None = None
    ) -> answers.EvidenceAnswer | bytes:
        """Exporting is on record itself: the document's digest goes into the audit log before the pack is …"""
        return cast(
            "answers.EvidenceAnswer | bytes",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/evidence", json=body, key=idempotency_key),
        )


class EvidenceRegistry(_Group):
    """Calls of ``evidence_registry``."""

    def add(
        self, evidence_id: str, body: answers.ProofFilesIn, *, idempotency_key: str | None = None
    ) -> answers.PieceAnswer:
        """While it waits to be looked at."""
        return cast(
            "answers.PieceAnswer",
            self._call("POST", f"/v1/evidence/{quote(evidence_id, safe='')}/files", json=body, key=idempotency_key),
        )

    def decide(
        self, evidence_id: str, body: answers.DecideEvidenceIn, *, idempotency_key: str | None = None
    ) -> answers.PieceAnswer | bytes:
        """By somebody else than who registered it."""
        return cast(
            "answers.PieceAnswer | bytes",
            self._call("POST", f"/v1/evidence/{quote(evidence_id, safe='')}/decide", json=body, key=idempotency_key),
        )

    def list_evidence(
        self,
        *,
        shop_id: str | None = None,
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
        | None = None,
        state: Literal["proposed", "verified", "refused", "expired", "withdrawn"] | None = None,
        subject: str | None = None,
        number: str | None = None,
        ends_within_days: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.PiecePage:
        """Pieces of the key's shops, the newest first."""
        return cast(
            "answers.PiecePage",
            self._call(
                "GET",
                "/v1/evidence",
                params=_given(
                    shop_id=shop_id,
                    kind=kind,
                    state=state,
                    subject=subject,
                    number=number,
                    ends_within_days=ends_within_days,
                    cursor=cursor,
                    limit=limit,
                ),
            ),
        )

    def iter_list_evidence(
        self,
        *,
        shop_id: str | None = None,
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
        | None = None,
        state: Literal["proposed", "verified", "refused", "expired", "withdrawn"] | None = None,
        subject: str | None = None,
        number: str | None = None,
        ends_within_days: int | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_evidence``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_evidence(
                shop_id=shop_id,
                kind=kind,
                state=state,
                subject=subject,
                number=number,
                ends_within_days=ends_within_days,
                limit=limit,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def propose(self, body: answers.EvidenceIn, *, idempotency_key: str | None = None) -> answers.PieceAnswer | bytes:
        """It counts once somebody else has verified it."""
        return cast("answers.PieceAnswer | bytes", self._call("POST", "/v1/evidence", json=body, key=idempotency_key))

    def show(self, evidence_id: str) -> answers.PieceAnswer:
        """One piece with its files' digests."""
        return cast("answers.PieceAnswer", self._call("GET", f"/v1/evidence/{quote(evidence_id, safe='')}"))

    def show_file(self, evidence_id: str, file_id: str) -> bytes:
        """The file as it came."""
        return cast(
            "bytes", self._call("GET", f"/v1/evidence/{quote(evidence_id, safe='')}/files/{quote(file_id, safe='')}")
        )

    def withdraw(
        self, evidence_id: str, body: answers.WithdrawIn, *, idempotency_key: str | None = None
    ) -> answers.PieceAnswer:
        """It counts no more, and what was let through because of it goes to a person."""
        return cast(
            "answers.PieceAnswer",
            self._call("POST", f"/v1/evidence/{quote(evidence_id, safe='')}/withdraw", json=body, key=idempotency_key),
        )


class Figures(_Group):
    """Calls of ``figures``."""

    def show_figures(
        self,
        *,
        from_at: str | None = None,
        to_at: str | None = None,
        step: Literal["hour", "day"] | None = None,
        shop_id: str | None = None,
        category: str | None = None,
        rule: str | None = None,
        officer: str | None = None,
        format: Literal["json", "csv"] | None = None,
        table: Literal["series", "totals", "categories", "rules", "officers", "shops"] | None = None,
    ) -> answers.DashboardAnswer | bytes:
        """Volumes, automation, time limits, false positives, load, latency, compensation, dispatch: now and …"""
        return cast(
            "answers.DashboardAnswer | bytes",
            self._call(
                "GET",
                "/v1/figures",
                params=_given(
                    from_at=from_at,
                    to_at=to_at,
                    step=step,
                    shop_id=shop_id,
                    category=category,
                    rule=rule,
                    officer=officer,
                    format=format,
                    table=table,
                ),
            ),
        )


class Freezes(_Group):
    """Calls of ``freezes``."""

    def lift(
        self, freeze_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None
    ) -> answers.FreezeAnswer:
        """Free it again, with a reason that stands in the audit rows."""
        return cast(
            "answers.FreezeAnswer",
            self._call("POST", f"/v1/freezes/{quote(freeze_id, safe='')}/lift", json=body, key=idempotency_key),
        )

    def list_freezes(self, *, cursor: str | None = None, limit: int | None = None) -> answers.FreezePage:
        """Orders and splits that are frozen, in the key's shops."""
        return cast("answers.FreezePage", self._call("GET", "/v1/freezes", params=_given(cursor=cursor, limit=limit)))

    def iter_list_freezes(self, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Every item of ``list_freezes``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_freezes(limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return


class Fund(_Group):
    """Calls of ``fund``."""

    def ask_to_start(
        self, stop_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None
    ) -> answers.StopAnswer:
        """Ask that a stop may end."""
        return cast(
            "answers.StopAnswer",
            self._call("POST", f"/v1/fund/stops/{quote(stop_id, safe='')}/start", json=body, key=idempotency_key),
        )

    def check_books(self) -> answers.CheckAnswer:
        """Whether sums are zero, balances equal their postings, and nothing is an orphan: all of the books, …"""
        return cast("answers.CheckAnswer", self._call("GET", "/v1/fund/check"))

    def keep_agreement(
        self, body: answers.AgreementIn, *, idempotency_key: str | None = None
    ) -> answers.AgreementAnswer:
        """Keep a merchant's written agreement."""
        return cast(
            "answers.AgreementAnswer", self._call("POST", "/v1/fund/agreements", json=body, key=idempotency_key)
        )

    def list_postings(
        self,
        *,
        account: str | None = None,
        claim_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.PostingPage:
        """Entries, newest first, of one account or claim where asked."""
        return cast(
            "answers.PostingPage",
            self._call(
                "GET",
                "/v1/fund/postings",
                params=_given(account=account, claim_id=claim_id, cursor=cursor, limit=limit),
            ),
        )

    def iter_list_postings(
        self, *, account: str | None = None, claim_id: str | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_postings``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_postings(account=account, claim_id=claim_id, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def month_file(
        self, *, month: str | None = None, format: Literal["json", "csv", "xlsx", "pdf"] | None = None
    ) -> dict[str, Any] | bytes:
        """基金月报 as a workbook, on paper or as text: opening, contributions, payouts, recoveries, closing."""
        return cast(
            "dict[str, Any] | bytes", self._call("GET", "/v1/fund/report", params=_given(month=month, format=format))
        )

    def put_in(self, body: answers.DepositIn, *, idempotency_key: str | None = None) -> answers.PostingAnswer:
        """Note money that was put into the fund, or paid by a shop as its deposit."""
        return cast("answers.PostingAnswer", self._call("POST", "/v1/fund/deposits", json=body, key=idempotency_key))

    def show_fund(self, *, at: str | None = None) -> answers.FundAnswer:
        """Every account as it stands, or as it stood at an instant, and the stops in force."""
        return cast("answers.FundAnswer", self._call("GET", "/v1/fund", params=_given(at=at)))

    def show_month(self, month: str) -> answers.MonthAnswer:
        """基金月报: balances at both ends and by day, what moved by purpose, claims by cause."""
        return cast("answers.MonthAnswer", self._call("GET", f"/v1/fund/months/{quote(month, safe='')}"))

    def start(self, stop_id: str, body: answers.StartIn, *, idempotency_key: str | None = None) -> answers.StopAnswer:
        """Agree, or refuse, as somebody else than who asked."""
        return cast(
            "answers.StopAnswer",
            self._call("POST", f"/v1/fund/stops/{quote(stop_id, safe='')}/approve", json=body, key=idempotency_key),
        )

    def stop(self, body: answers.StopIn, *, idempotency_key: str | None = None) -> answers.StopAnswer:
        """Stop all payouts, one shop's or one cause's, at once."""
        return cast("answers.StopAnswer", self._call("POST", "/v1/fund/stops", json=body, key=idempotency_key))


class Funnel(_Group):
    """Calls of ``funnel``."""

    def show_funnel(
        self,
        *,
        shop_id: str | None = None,
        from_at: str | None = None,
        to_at: str | None = None,
        months: int | None = None,
        format: Literal["json", "csv"] | None = None,
    ) -> answers.FunnelAnswer | bytes:
        """公域获客 → 社群沉淀 → 朋友圈触达 → 小程序成交: people by step, conversion, and GMV of own channels by month."""
        return cast(
            "answers.FunnelAnswer | bytes",
            self._call(
                "GET",
                "/v1/funnel",
                params=_given(shop_id=shop_id, from_at=from_at, to_at=to_at, months=months, format=format),
            ),
        )


class Handovers(_Group):
    """Calls of ``handovers``."""

    def list_handovers(
        self, *, state: Literal["waiting", "taken"] | None = None, cursor: str | None = None, limit: int | None = None
    ) -> answers.HandoverPage:
        """What officers left at the end of their shifts."""
        return cast(
            "answers.HandoverPage",
            self._call("GET", "/v1/handovers", params=_given(state=state, cursor=cursor, limit=limit)),
        )

    def iter_list_handovers(
        self, *, state: Literal["waiting", "taken"] | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_handovers``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_handovers(state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def make(self, body: answers.HandoverIn, *, idempotency_key: str | None = None) -> answers.MadeHandoverAnswer:
        """Everything that this key, and the officer whose name it bears, has taken or is kept for them."""
        return cast("answers.MadeHandoverAnswer", self._call("POST", "/v1/handovers", json=body, key=idempotency_key))

    def take(self, handover_id: str, *, idempotency_key: str | None = None) -> answers.HandoverAnswer:
        """It stands above nobody's list any more."""
        return cast(
            "answers.HandoverAnswer",
            self._call("POST", f"/v1/handovers/{quote(handover_id, safe='')}/take", key=idempotency_key),
        )


class Inbound(_Group):
    """Calls of ``inbound``."""

    def list_dead_letters(self) -> answers.DeadLetterList:
        """Up to 200 messages and questions whose attempts are used up, oldest first."""
        return cast("answers.DeadLetterList", self._call("GET", "/v1/inbound/dead-letters"))

    def retry_dead_letter(self, letter_id: str, *, idempotency_key: str | None = None) -> answers.DeadLetterAnswer:
        """Have one worked again, with all its attempts, after what was wrong has been mended."""
        return cast(
            "answers.DeadLetterAnswer",
            self._call("POST", f"/v1/inbound/dead-letters/{quote(letter_id, safe='')}/retry", key=idempotency_key),
        )


class Inquiries(_Group):
    """Calls of ``inquiries``."""

    def ask(self, body: answers.InquiryIn, *, idempotency_key: str | None = None) -> answers.InquiryAnswer:
        """It is made in the background."""
        return cast("answers.InquiryAnswer", self._call("POST", "/v1/inquiries", json=body, key=idempotency_key))

    def cancel(self, inquiry_id: str, *, idempotency_key: str | None = None) -> answers.InquiryAnswer:
        """End one that is running."""
        return cast(
            "answers.InquiryAnswer",
            self._call("POST", f"/v1/inquiries/{quote(inquiry_id, safe='')}/cancel", key=idempotency_key),
        )

    def download(self, inquiry_id: str) -> bytes:
        """The ZIP with its signed manifest."""
        return cast("bytes", self._call("GET", f"/v1/inquiries/{quote(inquiry_id, safe='')}/file"))

    def list_inquiries(self, *, cursor: str | None = None, limit: int | None = None) -> answers.InquiryPage:
        """Exports of the key's shops, the newest first."""
        return cast(
            "answers.InquiryPage", self._call("GET", "/v1/inquiries", params=_given(cursor=cursor, limit=limit))
        )

    def iter_list_inquiries(self, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Every item of ``list_inquiries``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_inquiries(limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def show(self, inquiry_id: str) -> answers.InquiryAnswer:
        """One export."""
        return cast("answers.InquiryAnswer", self._call("GET", f"/v1/inquiries/{quote(inquiry_id, safe='')}"))


class Live(_Group):
    """Calls of ``live``."""

    def hear(self, room_id: str, body: answers.SpeechIn, *, idempotency_key: str | None = None) -> answers.SpeechAnswer:
        """Keep what was said, and answer at once with every listed word in it and what follows from each."""
        return cast(
            "answers.SpeechAnswer",
            self._call("POST", f"/v1/live/{quote(room_id, safe='')}/speech", json=body, key=idempotency_key),
        )

    def room(self, room_id: str, *, shop_id: str | None = None) -> answers.RoomAnswer:
        """State, hits with time and sentence, what is due for correction, decisions and effects."""
        return cast(
            "answers.RoomAnswer",
            self._call("GET", f"/v1/live/{quote(room_id, safe='')}", params=_given(shop_id=shop_id)),
        )

    def rooms(
        self,
        *,
        shop_id: str | None = None,
        state: Literal["running", "ended"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.RoomPage:
        """Rooms of the key's shops."""
        return cast(
            "answers.RoomPage",
            self._call("GET", "/v1/live", params=_given(shop_id=shop_id, state=state, cursor=cursor, limit=limit)),
        )

    def iter_rooms(
        self, *, shop_id: str | None = None, state: Literal["running", "ended"] | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``rooms``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.rooms(shop_id=shop_id, state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return


class Marks(_Group):
    """Calls of ``marks``."""

    def list_marks(
        self, *, shop_id: str | None = None, author_id: str | None = None, limit: int | None = None
    ) -> answers.MarksAnswer:
        """Living marks count."""
        return cast(
            "answers.MarksAnswer",
            self._call("GET", "/v1/marks", params=_given(shop_id=shop_id, author_id=author_id, limit=limit)),
        )

    def put_label(self, body: answers.LabelIn, *, idempotency_key: str | None = None) -> answers.MarkAnswer:
        """Rules may ask for labels."""
        return cast("answers.MarkAnswer", self._call("POST", "/v1/marks", json=body, key=idempotency_key))

    def void(self, mark_id: str, body: answers.VoidIn, *, idempotency_key: str | None = None) -> answers.MarkAnswer:
        """A second time changes nothing."""
        return cast(
            "answers.MarkAnswer",
            self._call("POST", f"/v1/marks/{quote(mark_id, safe='')}/void", json=body, key=idempotency_key),
        )


class Mentions(_Group):
    """Calls of ``mentions``."""

    def list_mentions(
        self,
        *,
        officer: str | None = None,
        state: Literal["waiting", "all"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.MentionPage:
        """Notes on cases of the key's shops."""
        return cast(
            "answers.MentionPage",
            self._call("GET", "/v1/mentions", params=_given(officer=officer, state=state, cursor=cursor, limit=limit)),
        )

    def iter_list_mentions(
        self, *, officer: str | None = None, state: Literal["waiting", "all"] | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_mentions``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_mentions(officer=officer, state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def put_away(self, body: answers.SeenIn, *, idempotency_key: str | None = None) -> answers.MentionsSeenAnswer:
        """One's own only: a key puts away what names the officer whose name it bears."""
        return cast(
            "answers.MentionsSeenAnswer", self._call("POST", "/v1/mentions/seen", json=body, key=idempotency_key)
        )


class Notices(_Group):
    """Calls of ``notices``."""

    def answer(
        self, notice_id: str, body: answers.NoticeReplyIn, *, idempotency_key: str | None = None
    ) -> answers.NoticeAnswer:
        """Keep what was answered to the authority."""
        return cast(
            "answers.NoticeAnswer",
            self._call("POST", f"/v1/notices/{quote(notice_id, safe='')}/answer", json=body, key=idempotency_key),
        )

    def close(
        self, notice_id: str, body: answers.CloseIn, *, idempotency_key: str | None = None
    ) -> answers.NoticeAnswer:
        """After the answer, or without one where the authority withdrew it."""
        return cast(
            "answers.NoticeAnswer",
            self._call("POST", f"/v1/notices/{quote(notice_id, safe='')}/close", json=body, key=idempotency_key),
        )

    def list_notices(
        self,
        *,
        shop_id: str | None = None,
        kind: Literal[
            "assistance",
            "complaint_12315",
            "report_12315",
            "rectification",
            "penalty_notice",
            "penalty",
            "court",
            "other",
        ]
        | None = None,
        state: Literal["open", "received", "working", "answered", "closed"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.NoticePage:
        """Notices of the key's shops, the next due first."""
        return cast(
            "answers.NoticePage",
            self._call(
                "GET", "/v1/notices", params=_given(shop_id=shop_id, kind=kind, state=state, cursor=cursor, limit=limit)
            ),
        )

    def iter_list_notices(
        self,
        *,
        shop_id: str | None = None,
        kind: Literal[
            "assistance",
            "complaint_12315",
            "report_12315",
            "rectification",
            "penalty_notice",
            "penalty",
            "court",
            "other",
        ]
        | None = None,
        state: Literal["open", "received", "working", "answered", "closed"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_notices``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_notices(shop_id=shop_id, kind=kind, state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def record(self, body: answers.NoticeIn, *, idempotency_key: str | None = None) -> answers.NoticeAnswer:
        """It becomes a case of the seniors, due when the notice says or the law does."""
        return cast("answers.NoticeAnswer", self._call("POST", "/v1/notices", json=body, key=idempotency_key))

    def show(self, notice_id: str) -> answers.NoticeAnswer:
        """One notice, whole."""
        return cast("answers.NoticeAnswer", self._call("GET", f"/v1/notices/{quote(notice_id, safe='')}"))

    def show_file(self, notice_id: str, file_id: str) -> bytes:
        """The document as it came."""
        return cast(
            "bytes", self._call("GET", f"/v1/notices/{quote(notice_id, safe='')}/files/{quote(file_id, safe='')}")
        )

    def take(self, notice_id: str, *, idempotency_key: str | None = None) -> answers.NoticeAnswer:
        """Say that one works on it."""
        return cast(
            "answers.NoticeAnswer",
            self._call("POST", f"/v1/notices/{quote(notice_id, safe='')}/take", key=idempotency_key),
        )


class Operations(_Group):
    """Calls of ``operations``."""

    def healthz(self) -> answers.Health:
        """Whether the process answers at all."""
        return cast("answers.Health", self._call("GET", "/healthz"))

    def metrics_page(self) -> bytes:
        """Metrics of all processes in Prometheus text format."""
        return cast("bytes", self._call("GET", "/metrics"))

    def readyz(self) -> answers.Health:
        """Whether the database answers in time, at the right revision, and a judge is loaded."""
        return cast("answers.Health", self._call("GET", "/readyz"))


class Orders(_Group):
    """Calls of ``orders``."""

    def beat_feed(
        self, shop_id: str, *, source: str | None = None, idempotency_key: str | None = None
    ) -> answers.FeedAnswer:
        """A sign of life where there is nothing to tell, so that a quiet shop is not taken for an outage."""
        return cast(
            "answers.FeedAnswer",
            self._call(
                "POST", f"/v1/feeds/{quote(shop_id, safe='')}/beat", params=_given(source=source), key=idempotency_key
            ),
        )

    def choose(
        self, order_id: str, body: answers.TellingIn, *, shop_id: str | None = None, idempotency_key: str | None = None
    ) -> answers.ThingList:
        """Settle a contradiction: everything since goes by this telling."""
        return cast(
            "answers.ThingList",
            self._call(
                "POST",
                f"/v1/orders/{quote(order_id, safe='')}/tellings",
                params=_given(shop_id=shop_id),
                json=body,
                key=idempotency_key,
            ),
        )

    def choose_payment(
        self, order_id: str, body: answers.PaymentIn, *, shop_id: str | None = None, idempotency_key: str | None = None
    ) -> answers.PaymentList:
        """Settle a contradiction: the order's limits, claims and refunds go by this telling from then on."""
        return cast(
            "answers.PaymentList",
            self._call(
                "POST",
                f"/v1/orders/{quote(order_id, safe='')}/payments",
                params=_given(shop_id=shop_id),
                json=body,
                key=idempotency_key,
            ),
        )

    def get_order(self, order_id: str, *, shop_id: str | None = None) -> answers.OrderAnswer:
        """The order as it stands, its history, and everything that rests on it."""
        return cast(
            "answers.OrderAnswer",
            self._call("GET", f"/v1/orders/{quote(order_id, safe='')}", params=_given(shop_id=shop_id)),
        )

    def list_deadlines(
        self,
        *,
        state: Literal["waiting", "passed", "met", "cancelled"] | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.DeadlinePage:
        """Deadlines of the key's shops."""
        return cast(
            "answers.DeadlinePage",
            self._call("GET", "/v1/deadlines", params=_given(state=state, kind=kind, cursor=cursor, limit=limit)),
        )

    def iter_list_deadlines(
        self,
        *,
        state: Literal["waiting", "passed", "met", "cancelled"] | None = None,
        kind: str | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_deadlines``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_deadlines(state=state, kind=kind, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def list_feeds(self) -> answers.FeedList:
        """Every source of every shop's events: when something came last, and whether its silence is believed."""
        return cast("answers.FeedList", self._call("GET", "/v1/feeds"))

    def list_orders(
        self,
        *,
        shop_id: str | None = None,
        buyer_ref: str | None = None,
        paid_from: str | None = None,
        paid_to: str | None = None,
        state: Literal["unsent", "sent", "cancelled", "late"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.OrderPage:
        """Orders of the key's shops with their own columns."""
        return cast(
            "answers.OrderPage",
            self._call(
                "GET",
                "/v1/orders",
                params=_given(
                    shop_id=shop_id,
                    buyer_ref=buyer_ref,
                    paid_from=paid_from,
                    paid_to=paid_to,
                    state=state,
                    cursor=cursor,
                    limit=limit,
                ),
            ),
        )

    def iter_list_orders(
        self,
        *,
        shop_id: str | None = None,
        buyer_ref: str | None = None,
        paid_from: str | None = None,
        paid_to: str | None = None,
        state: Literal["unsent", "sent", "cancelled", "late"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_orders``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_orders(
                shop_id=shop_id,
                buyer_ref=buyer_ref,
                paid_from=paid_from,
                paid_to=paid_to,
                state=state,
                limit=limit,
                cursor=cursor,
            )
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def list_payments(self, order_id: str, *, shop_id: str | None = None) -> answers.PaymentList:
        """Every telling of the order's payment, the one in force first, and what of the others contradicts it."""
        return cast(
            "answers.PaymentList",
            self._call("GET", f"/v1/orders/{quote(order_id, safe='')}/payments", params=_given(shop_id=shop_id)),
        )

    def list_tellings(self, order_id: str, *, shop_id: str | None = None) -> answers.ThingList:
        """Whatever of the order was told in contradicting ways, settled or not, with every telling of it."""
        return cast(
            "answers.ThingList",
            self._call("GET", f"/v1/orders/{quote(order_id, safe='')}/tellings", params=_given(shop_id=shop_id)),
        )

    def retire_feed(
        self, shop_id: str, body: answers.RetireIn, *, idempotency_key: str | None = None
    ) -> answers.FeedList:
        """Forget a source that was switched off for good: its silence holds nothing up any more."""
        return cast(
            "answers.FeedList",
            self._call("POST", f"/v1/feeds/{quote(shop_id, safe='')}/retire", json=body, key=idempotency_key),
        )


class People(_Group):
    """Calls of ``people``."""

    def erase(self, person: str, *, reason: str | None = None) -> answers.CertificateAnswer:
        """Erase a person at once but for what the law keeps."""
        return cast(
            "answers.CertificateAnswer",
            self._call("DELETE", f"/v1/people/{quote(person, safe='')}", params=_given(reason=reason)),
        )

    def export(
        self, person: str, body: answers.ExportIn, *, idempotency_key: str | None = None
    ) -> answers.ExportAnswer:
        """Everything kept of a person, in the clear and portable."""
        return cast(
            "answers.ExportAnswer",
            self._call("POST", f"/v1/people/{quote(person, safe='')}/export", json=body, key=idempotency_key),
        )

    def export_by_address(
        self,
        person: str,
        *,
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
        | None = None,
        reason: str | None = None,
    ) -> answers.ExportAnswer:
        """The same with purpose and reason in the address, for clients of an earlier version."""
        return cast(
            "answers.ExportAnswer",
            self._call(
                "GET", f"/v1/people/{quote(person, safe='')}/export", params=_given(purpose=purpose, reason=reason)
            ),
        )

    def get_person(self, person: str) -> answers.PersonAnswer:
        """A person with masked fields."""
        return cast("answers.PersonAnswer", self._call("GET", f"/v1/people/{quote(person, safe='')}"))

    def put_person(self, person: str, body: answers.PutPersonIn) -> answers.PersonAnswer:
        """Store fields of a person, who is made on first sight."""
        return cast("answers.PersonAnswer", self._call("PUT", f"/v1/people/{quote(person, safe='')}", json=body))

    def reveal(
        self, person: str, body: answers.RevealIn, *, idempotency_key: str | None = None
    ) -> answers.RevealedAnswer:
        """Fields in full, for a purpose with a legal basis."""
        return cast(
            "answers.RevealedAnswer",
            self._call("POST", f"/v1/people/{quote(person, safe='')}/reveal", json=body, key=idempotency_key),
        )

    def search_people(self, body: answers.SearchPeopleIn, *, idempotency_key: str | None = None) -> answers.PersonList:
        """Persons of whom a field has this value, masked, at most 50."""
        return cast("answers.PersonList", self._call("POST", "/v1/people/search", json=body, key=idempotency_key))


class ProfitSharing(_Group):
    """Calls of ``profit_sharing``."""

    def check(self, body: answers.SplitCheckIn, *, idempotency_key: str | None = None) -> answers.SplitCheckAnswer:
        """What the rules say of a split before it is asked for."""
        return cast(
            "answers.SplitCheckAnswer", self._call("POST", "/v1/profit-sharing/check", json=body, key=idempotency_key)
        )


class Providers(_Group):
    """Calls of ``providers``."""

    def appeal(
        self, rating_id: str, body: answers.AppealIn, *, idempotency_key: str | None = None
    ) -> answers.RatingAppealAnswer:
        """Contest a rating, in time and once."""
        return cast(
            "answers.RatingAppealAnswer",
            self._call(
                "POST", f"/v1/provider-ratings/{quote(rating_id, safe='')}/appeal", json=body, key=idempotency_key
            ),
        )

    def badge(
        self, provider_id: str, body: answers.BadgeIn, *, idempotency_key: str | None = None
    ) -> answers.BadgeAnswer:
        """Give the badge where every rule lets it, or take it away."""
        return cast(
            "answers.BadgeAnswer",
            self._call("POST", f"/v1/providers/{quote(provider_id, safe='')}/badge", json=body, key=idempotency_key),
        )

    def decide(
        self, rating_id: str, body: answers.DecideRatingIn, *, idempotency_key: str | None = None
    ) -> answers.RatingAnswer:
        """Let a held rating hold, or refuse it."""
        return cast(
            "answers.RatingAnswer",
            self._call(
                "POST", f"/v1/provider-ratings/{quote(rating_id, safe='')}/decide", json=body, key=idempotency_key
            ),
        )

    def get_provider(self, provider_id: str, *, shop_id: str | None = None) -> answers.ProviderAnswer:
        """A provider with its ratings, badges and appeals."""
        return cast(
            "answers.ProviderAnswer",
            self._call("GET", f"/v1/providers/{quote(provider_id, safe='')}", params=_given(shop_id=shop_id)),
        )

    def hear(
        self, appeal_id: str, body: answers.DecideAppealIn, *, idempotency_key: str | None = None
    ) -> answers.RatingAppealAnswer:
        """Uphold an appeal, and the rating is revoked, or dismiss it."""
        return cast(
            "answers.RatingAppealAnswer",
            self._call(
                "POST", f"/v1/provider-appeals/{quote(appeal_id, safe='')}/decide", json=body, key=idempotency_key
            ),
        )

    def list_appeals(
        self,
        *,
        state: Literal["waiting", "upheld", "dismissed"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.AppealPage:
        """Appeals of the key's shops."""
        return cast(
            "answers.AppealPage",
            self._call("GET", "/v1/provider-appeals", params=_given(state=state, cursor=cursor, limit=limit)),
        )

    def iter_list_appeals(
        self, *, state: Literal["waiting", "upheld", "dismissed"] | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_appeals``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_appeals(state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def list_providers(
        self,
        *,
        shop_id: str | None = None,
        provider_type: Literal["technology", "training", "operation", "warehouse", "other"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.ProviderPage:
        """Providers of the key's shops with the ratings that hold."""
        return cast(
            "answers.ProviderPage",
            self._call(
                "GET",
                "/v1/providers",
                params=_given(shop_id=shop_id, provider_type=provider_type, cursor=cursor, limit=limit),
            ),
        )

    def iter_list_providers(
        self,
        *,
        shop_id: str | None = None,
        provider_type: Literal["technology", "training", "operation", "warehouse", "other"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_providers``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_providers(shop_id=shop_id, provider_type=provider_type, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return


class Quality(_Group):
    """Calls of ``quality``."""

    def mix(self, *, shop_id: str | None = None) -> answers.MixAnswer:
        """Contents of the last days by part of the 3:5:2 mix, each once."""
        return cast("answers.MixAnswer", self._call("GET", "/v1/content-mix", params=_given(shop_id=shop_id)))

    def score(self, body: answers.ScoreIn, *, idempotency_key: str | None = None) -> answers.ScoreAnswer:
        """Score the texts of a content in three dimensions."""
        return cast("answers.ScoreAnswer", self._call("POST", "/v1/contents/score", json=body, key=idempotency_key))


class Reconciliations(_Group):
    """Calls of ``reconciliations``."""

    def list_differences(self) -> answers.DifferenceList:
        """Differences nobody has explained, oldest first, and how old they are."""
        return cast("answers.DifferenceList", self._call("GET", "/v1/reconciliations"))

    def put_bill(self, body: answers.BillIn, *, idempotency_key: str | None = None) -> answers.MatchedAnswer:
        """Import the bill of a day and compare it with the ledger."""
        return cast("answers.MatchedAnswer", self._call("POST", "/v1/reconciliations", json=body, key=idempotency_key))

    def resolve(
        self, difference_id: str, body: answers.ResolveIn, *, idempotency_key: str | None = None
    ) -> answers.BillDifferenceAnswer:
        """Say what it was: money that came back into the fund, or a loss."""
        return cast(
            "answers.BillDifferenceAnswer",
            self._call(
                "POST", f"/v1/reconciliations/{quote(difference_id, safe='')}/resolve", json=body, key=idempotency_key
            ),
        )


class Reports(_Group):
    """Calls of ``reports``."""

    def compliance(
        self,
        *,
        month: str | None = None,
        shop_id: str | None = None,
        format: Literal["json", "xlsx", "pdf"] | None = None,
    ) -> dict[str, Any] | bytes:
        """合规月报: contents, cases, appeals, notices, evidence, claims, and who looked at personal data."""
        return cast(
            "dict[str, Any] | bytes",
            self._call("GET", "/v1/reports/compliance", params=_given(month=month, shop_id=shop_id, format=format)),
        )


class Reviewers(_Group):
    """Calls of ``reviewers``."""

    def case_opinions(self, case_id: str) -> answers.CaseOpinionsAnswer:
        """What reviewers said of the case's content."""
        return cast("answers.CaseOpinionsAnswer", self._call("GET", f"/v1/cases/{quote(case_id, safe='')}/opinions"))

    def list_disagreements(
        self,
        *,
        reviewer: str | None = None,
        shop_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.DisagreementPage:
        """Contents that a reviewer and an officer judged otherwise, the newest first."""
        return cast(
            "answers.DisagreementPage",
            self._call(
                "GET",
                "/v1/reviewers/disagreements",
                params=_given(reviewer=reviewer, shop_id=shop_id, cursor=cursor, limit=limit),
            ),
        )

    def iter_list_disagreements(
        self, *, reviewer: str | None = None, shop_id: str | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_disagreements``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_disagreements(reviewer=reviewer, shop_id=shop_id, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def list_reviewers(self, *, days: int | None = None, shop_id: str | None = None) -> answers.ReviewersAnswer:
        """Every reviewer that is set up or was, with how far it agreed with officers."""
        return cast(
            "answers.ReviewersAnswer", self._call("GET", "/v1/reviewers", params=_given(days=days, shop_id=shop_id))
        )

    def table(self, *, days: int | None = None, shop_id: str | None = None) -> bytes:
        """The agreement of reviewers with officers as CSV: a line a reviewer, over all cases and over blind …"""
        return cast("bytes", self._call("GET", "/v1/reviewers.csv", params=_given(days=days, shop_id=shop_id)))


class Rights(_Group):
    """Calls of ``rights``."""

    def answer(
        self, request_id: str, body: answers.AnswerIn, *, idempotency_key: str | None = None
    ) -> answers.RequestAnswer:
        """Say that a request was answered or refused, and what the person was told."""
        return cast(
            "answers.RequestAnswer",
            self._call("POST", f"/v1/requests/{quote(request_id, safe='')}/answer", json=body, key=idempotency_key),
        )

    def extend(
        self, request_id: str, body: answers.ExtendIn, *, idempotency_key: str | None = None
    ) -> answers.RequestAnswer:
        """Move the due date by another 15 working days, once."""
        return cast(
            "answers.RequestAnswer",
            self._call("POST", f"/v1/requests/{quote(request_id, safe='')}/extend", json=body, key=idempotency_key),
        )

    def hold(self, body: answers.HoldIn, *, idempotency_key: str | None = None) -> answers.HoldAnswer:
        """Keep something from being pruned or erased until a day."""
        return cast("answers.HoldAnswer", self._call("POST", "/v1/holds", json=body, key=idempotency_key))

    def list_holds(
        self, *, state: Literal["active", "all"] | None = None, limit: int | None = None
    ) -> answers.HoldList:
        """Legal holds, newest first."""
        return cast("answers.HoldList", self._call("GET", "/v1/holds", params=_given(state=state, limit=limit)))

    def list_requests(
        self, *, state: Literal["open", "answered", "refused"] | None = None, limit: int | None = None
    ) -> answers.RequestList:
        """Requests of persons of the key's shops, those due first first."""
        return cast("answers.RequestList", self._call("GET", "/v1/requests", params=_given(state=state, limit=limit)))

    def receive(
        self, person: str, body: answers.RequestIn, *, idempotency_key: str | None = None
    ) -> answers.RequestAnswer:
        """Put what a person asks for on record."""
        return cast(
            "answers.RequestAnswer",
            self._call("POST", f"/v1/people/{quote(person, safe='')}/requests", json=body, key=idempotency_key),
        )

    def release(
        self, hold_id: str, body: answers.ExtendIn, *, idempotency_key: str | None = None
    ) -> answers.HoldAnswer:
        """End a hold before its time."""
        return cast(
            "answers.HoldAnswer",
            self._call("POST", f"/v1/holds/{quote(hold_id, safe='')}/release", json=body, key=idempotency_key),
        )

    def schedule(self) -> answers.PeriodList:
        """How long each kind of record is kept, and on which basis."""
        return cast("answers.PeriodList", self._call("GET", "/v1/retention"))


class Rosters(_Group):
    """Calls of ``rosters``."""

    def add_shift(
        self, username: str, body: answers.ShiftIn, *, idempotency_key: str | None = None
    ) -> answers.RosterLineAnswer:
        """Whoever has a shift is given cases in their shifts only."""
        return cast(
            "answers.RosterLineAnswer",
            self._call("POST", f"/v1/rosters/{quote(username, safe='')}/shifts", json=body, key=idempotency_key),
        )

    def end_shift(self, shift_id: str, *, idempotency_key: str | None = None) -> answers.RosterLineAnswer:
        """It is kept, and holds no more."""
        return cast(
            "answers.RosterLineAnswer",
            self._call("POST", f"/v1/rosters/shifts/{quote(shift_id, safe='')}/end", key=idempotency_key),
        )

    def list_rosters(
        self, *, on_duty: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> answers.RosterPage:
        """Officers who decide cases of the key's shops: on duty or not, their skills and shifts."""
        return cast(
            "answers.RosterPage",
            self._call("GET", "/v1/rosters", params=_given(on_duty=on_duty, cursor=cursor, limit=limit)),
        )

    def iter_list_rosters(self, *, on_duty: bool | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Every item of ``list_rosters``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_rosters(on_duty=on_duty, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def set_skills(self, username: str, body: answers.SkillsIn) -> answers.RosterLineAnswer:
        """Takes the place of what was said before, and holds for the next case they take."""
        return cast(
            "answers.RosterLineAnswer", self._call("PUT", f"/v1/rosters/{quote(username, safe='')}/skills", json=body)
        )


class Rules(_Group):
    """Calls of ``rules``."""

    def reset(self, rule_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None) -> answers.RuleAnswer:
        """Close the breaker of a rule."""
        return cast(
            "answers.RuleAnswer",
            self._call("POST", f"/v1/rules/{quote(rule_id, safe='')}/reset", json=body, key=idempotency_key),
        )


class Screening(_Group):
    """Calls of ``screening``."""

    def get_content(self, content_id: str, *, shop_id: str | None = None) -> answers.ContentAnswer:
        """The content's present outcome, after officers and reviewers."""
        return cast(
            "answers.ContentAnswer",
            self._call("GET", f"/v1/contents/{quote(content_id, safe='')}", params=_given(shop_id=shop_id)),
        )

    def get_screening(self, screening_id: str) -> answers.ScreeningAnswer:
        """The decision exactly as it was answered."""
        return cast("answers.ScreeningAnswer", self._call("GET", f"/v1/screenings/{quote(screening_id, safe='')}"))

    def screen_batch(self, body: answers.BatchIn, *, idempotency_key: str | None = None) -> answers.BatchAnswer:
        """Judge many contents."""
        return cast("answers.BatchAnswer", self._call("POST", "/v1/screenings/batch", json=body, key=idempotency_key))

    def screen_one(self, body: answers.ScreeningIn, *, idempotency_key: str | None = None) -> answers.ScreeningAnswer:
        """Judge a content before it is published and answer at once."""
        return cast("answers.ScreeningAnswer", self._call("POST", "/v1/screenings", json=body, key=idempotency_key))


class SecondReviews(_Group):
    """Calls of ``second_reviews``."""

    def agreement(
        self, *, days: int | None = None, format: Literal["json", "csv"] | None = None
    ) -> answers.OfficersAgreementAnswer | bytes:
        """Cohen's κ and the share of agreement of first and second decisions, by first officer, category and …"""
        return cast(
            "answers.OfficersAgreementAnswer | bytes",
            self._call("GET", "/v1/second-reviews/agreement", params=_given(days=days, format=format)),
        )

    def decide(
        self, review_id: str, body: answers.DecideReviewIn, *, idempotency_key: str | None = None
    ) -> answers.SecondReviewAnswer:
        """The answer tells the first decision."""
        return cast(
            "answers.SecondReviewAnswer",
            self._call(
                "POST", f"/v1/second-reviews/{quote(review_id, safe='')}/decide", json=body, key=idempotency_key
            ),
        )

    def give_up(self, review_id: str, *, idempotency_key: str | None = None) -> answers.SecondReviewAnswer:
        """The case may be looked at again, and the review is somebody else's."""
        return cast(
            "answers.SecondReviewAnswer",
            self._call("POST", f"/v1/second-reviews/{quote(review_id, safe='')}/give-up", key=idempotency_key),
        )

    def list_gold(self) -> answers.GoldOverviewAnswer:
        """What officers train on, and how they did."""
        return cast("answers.GoldOverviewAnswer", self._call("GET", "/v1/gold-cases"))

    def list_reviews(
        self,
        *,
        state: Literal["waiting", "agreed", "disputed", "resolved"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.SecondReviewPage:
        """Reviews of the key's shops."""
        return cast(
            "answers.SecondReviewPage",
            self._call("GET", "/v1/second-reviews", params=_given(state=state, cursor=cursor, limit=limit)),
        )

    def iter_list_reviews(
        self, *, state: Literal["waiting", "agreed", "disputed", "resolved"] | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_reviews``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_reviews(state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def mark_gold(
        self, case_id: str, body: answers.GoldIn, *, idempotency_key: str | None = None
    ) -> answers.GoldCaseAnswer:
        """A decided case whose decision is beyond doubt, for officers to train on."""
        return cast(
            "answers.GoldCaseAnswer",
            self._call("POST", f"/v1/cases/{quote(case_id, safe='')}/gold", json=body, key=idempotency_key),
        )

    def resolve(
        self, review_id: str, body: answers.ResolveReviewIn, *, idempotency_key: str | None = None
    ) -> answers.SecondReviewAnswer:
        """By somebody who gave neither decision."""
        return cast(
            "answers.SecondReviewAnswer",
            self._call(
                "POST", f"/v1/second-reviews/{quote(review_id, safe='')}/resolve", json=body, key=idempotency_key
            ),
        )

    def take_next(self, *, idempotency_key: str | None = None) -> answers.BlindAnswer:
        """The oldest one of a case this key had no hand in."""
        return cast("answers.BlindAnswer", self._call("POST", "/v1/second-reviews/next", key=idempotency_key))


class Segments(_Group):
    """Calls of ``segments``."""

    def list_moves(
        self, *, shop_id: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> answers.MovePage:
        """Moves from one segment to another, the newest first."""
        return cast(
            "answers.MovePage",
            self._call("GET", "/v1/segment-moves", params=_given(shop_id=shop_id, cursor=cursor, limit=limit)),
        )

    def iter_list_moves(self, *, shop_id: str | None = None, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Every item of ``list_moves``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_moves(shop_id=shop_id, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def show_person(self, person: str, *, shop_id: str | None = None) -> answers.PersonSegments:
        """Where a person stands in each of the key's shops: current, why, recommended treatment, history."""
        return cast(
            "answers.PersonSegments",
            self._call("GET", f"/v1/segments/{quote(person, safe='')}", params=_given(shop_id=shop_id)),
        )

    def show_report(
        self, *, shop_id: str | None = None, format: Literal["json", "csv"] | None = None
    ) -> answers.SegmentReport | bytes:
        """How many customers are in which segment, against the strategy's shares, and what each is offered."""
        return cast(
            "answers.SegmentReport | bytes",
            self._call("GET", "/v1/segments", params=_given(shop_id=shop_id, format=format)),
        )

    def what_if(self, body: answers.WhatIfIn, *, idempotency_key: str | None = None) -> answers.TriedAnswer:
        """How many customers would be in which segment with other parameters."""
        return cast("answers.TriedAnswer", self._call("POST", "/v1/segments/what-if", json=body, key=idempotency_key))


class SignOffs(_Group):
    """Calls of ``sign_offs``."""

    def ask(self, body: answers.SignOffIn, *, idempotency_key: str | None = None) -> answers.SignOffAnswer:
        """Ask that a value, or a rule as it is worded, may block or pay."""
        return cast("answers.SignOffAnswer", self._call("POST", "/v1/rules/sign-offs", json=body, key=idempotency_key))

    def decide(
        self, sign_off_id: str, body: answers.ApproveIn, *, idempotency_key: str | None = None
    ) -> answers.SignOffAnswer:
        """Answer as the second person."""
        return cast(
            "answers.SignOffAnswer",
            self._call(
                "POST", f"/v1/rules/sign-offs/{quote(sign_off_id, safe='')}/decide", json=body, key=idempotency_key
            ),
        )

    def list_sign_offs(self, *, limit: int | None = None) -> answers.SignOffList:
        """The newest sign-offs, and what the rules in force rest on without one."""
        return cast("answers.SignOffList", self._call("GET", "/v1/rules/sign-offs", params=_given(limit=limit)))

    def withdraw(
        self, sign_off_id: str, body: answers.WithdrawIn, *, idempotency_key: str | None = None
    ) -> answers.SignOffAnswer:
        """End a sign-off at once."""
        return cast(
            "answers.SignOffAnswer",
            self._call(
                "POST", f"/v1/rules/sign-offs/{quote(sign_off_id, safe='')}/withdraw", json=body, key=idempotency_key
            ),
        )


class Snapshots(_Group):
    """Calls of ``snapshots``."""

    def activate_snapshot(
        self, snapshot_id: str, body: answers.ReasonIn, *, idempotency_key: str | None = None
    ) -> answers.SnapshotAnswer:
        """Put a snapshot that was in force before in force again, or leave that to a second person."""
        return cast(
            "answers.SnapshotAnswer",
            self._call("POST", f"/v1/snapshots/{quote(snapshot_id, safe='')}/activate", json=body, key=idempotency_key),
        )

    def list_rules(self) -> answers.RuleList:
        """Every rule of the active snapshot: its status, how often it fired, whether its breaker is open."""
        return cast("answers.RuleList", self._call("GET", "/v1/rules"))

    def list_snapshots(
        self, *, kind: Literal["rules", "wordlists"] | None = None, limit: int | None = None
    ) -> answers.SnapshotList:
        """Stored snapshots, newest first, and which are in force."""
        return cast("answers.SnapshotList", self._call("GET", "/v1/snapshots", params=_given(kind=kind, limit=limit)))

    def list_wordlists(self) -> answers.WordlistList:
        """Every list of the active snapshot with its head and how many words it has."""
        return cast("answers.WordlistList", self._call("GET", "/v1/wordlists"))


class Suppliers(_Group):
    """Calls of ``suppliers``."""

    def get_supplier(self, supplier_id: str, *, shop_id: str | None = None) -> answers.SupplierAnswer:
        """A supplier with its ranks of the last 90 rankings."""
        return cast(
            "answers.SupplierAnswer",
            self._call("GET", f"/v1/suppliers/{quote(supplier_id, safe='')}", params=_given(shop_id=shop_id)),
        )

    def list_across(self, *, cursor: str | None = None, limit: int | None = None) -> answers.AcrossPage:
        """Each supplier once, with its newest figures of all the key's shops added up."""
        return cast(
            "answers.AcrossPage",
            self._call("GET", "/v1/suppliers-across-shops", params=_given(cursor=cursor, limit=limit)),
        )

    def iter_list_across(self, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Every item of ``list_across``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_across(limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def list_suppliers(
        self,
        *,
        shop_id: str | None = None,
        tier: Literal["strategic", "distributor", "local", "none"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.SupplierPage:
        """Suppliers of the key's shops with their newest rank."""
        return cast(
            "answers.SupplierPage",
            self._call("GET", "/v1/suppliers", params=_given(shop_id=shop_id, tier=tier, cursor=cursor, limit=limit)),
        )

    def iter_list_suppliers(
        self,
        *,
        shop_id: str | None = None,
        tier: Literal["strategic", "distributor", "local", "none"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_suppliers``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_suppliers(shop_id=shop_id, tier=tier, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def table(
        self, *, shop_id: str | None = None, tier: Literal["strategic", "distributor", "local", "none"] | None = None
    ) -> bytes:
        """Suppliers of the key's shops with their newest rank, all of them, as CSV."""
        return cast("bytes", self._call("GET", "/v1/suppliers.csv", params=_given(shop_id=shop_id, tier=tier)))

    def what_if(
        self, body: answers.SupplierWhatIfIn, *, idempotency_key: str | None = None
    ) -> answers.SupplierWhatIfAnswer:
        """In which tiers suppliers would be with other numbers, and whose assigned tier would be judged …"""
        return cast(
            "answers.SupplierWhatIfAnswer", self._call("POST", "/v1/suppliers/what-if", json=body, key=idempotency_key)
        )


class WebhookUpkeep(_Group):
    """Calls of ``webhook_upkeep``."""

    def enable(self, webhook_id: str, *, idempotency_key: str | None = None) -> answers.WebhookAnswer:
        """Enable an endpoint that was ended or answered 410."""
        return cast(
            "answers.WebhookAnswer",
            self._call("POST", f"/v1/webhooks/{quote(webhook_id, safe='')}/enable", key=idempotency_key),
        )

    def list_deliveries(
        self,
        webhook_id: str,
        *,
        state: Literal["waiting", "delivered", "failed", "dropped"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> answers.DeliveryList:
        """The endpoint's messages with what came of each attempt, newest first."""
        return cast(
            "answers.DeliveryList",
            self._call(
                "GET",
                f"/v1/webhooks/{quote(webhook_id, safe='')}/deliveries",
                params=_given(state=state, limit=limit, cursor=cursor),
            ),
        )

    def iter_list_deliveries(
        self,
        webhook_id: str,
        *,
        state: Literal["waiting", "delivered", "failed", "dropped"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_deliveries``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_deliveries(webhook_id, state=state, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def replay_failed(
        self, webhook_id: str, body: answers.SinceIn, *, idempotency_key: str | None = None
    ) -> answers.SentAgainAnswer:
        """Send again what was given up or dropped since then, at most 10,000 messages, oldest first."""
        return cast(
            "answers.SentAgainAnswer",
            self._call("POST", f"/v1/webhooks/{quote(webhook_id, safe='')}/replay", json=body, key=idempotency_key),
        )

    def replay_one(
        self, webhook_id: str, message_id: str, *, idempotency_key: str | None = None
    ) -> answers.SentAgainAnswer:
        """Send one message again, whatever became of it, under the same `webhook-id` and with all its …"""
        return cast(
            "answers.SentAgainAnswer",
            self._call(
                "POST",
                f"/v1/webhooks/{quote(webhook_id, safe='')}/deliveries/{quote(message_id, safe='')}/replay",
                key=idempotency_key,
            ),
        )

    def rotate(
        self, webhook_id: str, body: answers.RotateIn, *, idempotency_key: str | None = None
    ) -> answers.RotatedAnswer:
        """Sign with a new secret at once, and with those of before as well until the overlap ends."""
        return cast(
            "answers.RotatedAnswer",
            self._call("POST", f"/v1/webhooks/{quote(webhook_id, safe='')}/rotate", json=body, key=idempotency_key),
        )


class Webhooks(_Group):
    """Calls of ``webhooks``."""

    def add_webhook(self, body: answers.WebhookIn, *, idempotency_key: str | None = None) -> answers.WebhookAnswer:
        """Add an endpoint."""
        return cast("answers.WebhookAnswer", self._call("POST", "/v1/webhooks", json=body, key=idempotency_key))

    def end_webhook(self, webhook_id: str) -> answers.WebhookAnswer:
        """Disable an endpoint."""
        return cast("answers.WebhookAnswer", self._call("DELETE", f"/v1/webhooks/{quote(webhook_id, safe='')}"))

    def list_webhooks(self) -> answers.WebhookList:
        """Endpoints the key may see, newest last."""
        return cast("answers.WebhookList", self._call("GET", "/v1/webhooks"))


class Wordings(_Group):
    """Calls of ``wordings``."""

    def decide(
        self, wording_id: str, body: answers.DecideWordingIn, *, idempotency_key: str | None = None
    ) -> answers.WordingAnswer:
        """By somebody else than its author."""
        return cast(
            "answers.WordingAnswer",
            self._call("POST", f"/v1/wordings/{quote(wording_id, safe='')}/decide", json=body, key=idempotency_key),
        )

    def list_wordings(
        self,
        *,
        state: Literal["waiting", "approved", "refused"] | None = None,
        outcome: Literal["pass", "label", "return", "block"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> answers.WordingPage:
        """Of all outcomes and policies."""
        return cast(
            "answers.WordingPage",
            self._call("GET", "/v1/wordings", params=_given(state=state, outcome=outcome, cursor=cursor, limit=limit)),
        )

    def iter_list_wordings(
        self,
        *,
        state: Literal["waiting", "approved", "refused"] | None = None,
        outcome: Literal["pass", "label", "return", "block"] | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every item of ``list_wordings``, page after page."""
        cursor: Any = None
        while True:
            page: Any = self.list_wordings(state=state, outcome=outcome, limit=limit, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def propose(self, body: answers.WordingIn, *, idempotency_key: str | None = None) -> answers.WordingAnswer:
        """It waits for a second person."""
        return cast("answers.WordingAnswer", self._call("POST", "/v1/wordings", json=body, key=idempotency_key))


class Wordlists(_Group):
    """Calls of ``wordlists``."""

    def get_canary(self, snapshot_id: str) -> answers.CanaryAnswer:
        """Why a candidate of a refresh waits, what the checks found, and which contents it would judge …"""
        return cast("answers.CanaryAnswer", self._call("GET", f"/v1/snapshots/{quote(snapshot_id, safe='')}/canary"))

    def get_refresh(self, refresh_id: str) -> answers.RefreshAnswer:
        """One run."""
        return cast("answers.RefreshAnswer", self._call("GET", f"/v1/wordlists/refreshes/{quote(refresh_id, safe='')}"))

    def list_refreshes(self, *, limit: int | None = None) -> answers.RefreshList:
        """Runs, newest first, with their steps and what became of each source."""
        return cast("answers.RefreshList", self._call("GET", "/v1/wordlists/refreshes", params=_given(limit=limit)))

    def list_sources(self) -> answers.SourceList:
        """Every source with its health, and how old the wordlists are."""
        return cast("answers.SourceList", self._call("GET", "/v1/wordlists/sources"))

    def refresh(self, *, idempotency_key: str | None = None) -> answers.AskedAnswer:
        """Have a worker refresh the wordlists now."""
        return cast("answers.AskedAnswer", self._call("POST", "/v1/wordlists/refresh", key=idempotency_key))


class Words(_Group):
    """Calls of ``words``."""

    def decide(
        self, change_id: str, body: answers.DecideChangeIn, *, idempotency_key: str | None = None
    ) -> answers.WordChangeAnswer:
        """Take up what feedback proposed, or confirm an urgent word as a second person."""
        return cast(
            "answers.WordChangeAnswer",
            self._call(
                "POST", f"/v1/wordlists/changes/{quote(change_id, safe='')}/decide", json=body, key=idempotency_key
            ),
        )

    def feedback(
        self, *, days: int | None = None, wordlist: str | None = None, limit: int | None = None
    ) -> answers.WordRecordList:
        """Hits and the share of false alarms of each word, the most wrong first."""
        return cast(
            "answers.WordRecordList",
            self._call("GET", "/v1/wordlists/feedback", params=_given(days=days, wordlist=wordlist, limit=limit)),
        )

    def list_changes(
        self,
        *,
        state: Literal["proposed", "waiting", "urgent", "accepted", "refused", "withdrawn", "rolled_back"]
        | None = None,
        limit: int | None = None,
    ) -> answers.WordChangeList:
        """What was proposed about single words, by people and by feedback, newest first."""
        return cast(
            "answers.WordChangeList",
            self._call("GET", "/v1/wordlists/changes", params=_given(state=state, limit=limit)),
        )

    def propose(self, body: answers.ChangeIn, *, idempotency_key: str | None = None) -> answers.WordChangeAnswer:
        """Propose a context in which a listed word is harmless, or that a word goes."""
        return cast(
            "answers.WordChangeAnswer", self._call("POST", "/v1/wordlists/changes", json=body, key=idempotency_key)
        )

    def propose_words(
        self, name: str, body: answers.WordsIn, *, idempotency_key: str | None = None
    ) -> answers.WordChangeList:
        """Propose words for the category of a list."""
        return cast(
            "answers.WordChangeList",
            self._call("POST", f"/v1/wordlists/{quote(name, safe='')}/words", json=body, key=idempotency_key),
        )

    def upload(self, body: answers.UploadIn, *, idempotency_key: str | None = None) -> answers.UploadAnswer:
        """Upload a list in our own format, one word a line, comma separated or CSV."""
        return cast("answers.UploadAnswer", self._call("POST", "/v1/wordlists/uploads", json=body, key=idempotency_key))


class Calls:
    """Every group of calls."""

    def __init__(self, call: Call) -> None:
        self.appeals = Appeals(call)
        self.audit_log = AuditLog(call)
        self.backtests = Backtests(call)
        self.bulk_deeds = BulkDeeds(call)
        self.campaigns = Campaigns(call)
        self.candidates = Candidates(call)
        self.case_files = CaseFiles(call)
        self.case_work = CaseWork(call)
        self.cases = Cases(call)
        self.claims = Claims(call)
        self.consents = Consents(call)
        self.dead_letters = DeadLetters(call)
        self.evaluations = Evaluations(call)
        self.events = Events(call)
        self.evidence = Evidence(call)
        self.evidence_registry = EvidenceRegistry(call)
        self.figures = Figures(call)
        self.freezes = Freezes(call)
        self.fund = Fund(call)
        self.funnel = Funnel(call)
        self.handovers = Handovers(call)
        self.inbound = Inbound(call)
        self.inquiries = Inquiries(call)
        self.live = Live(call)
        self.marks = Marks(call)
        self.mentions = Mentions(call)
        self.notices = Notices(call)
        self.operations = Operations(call)
        self.orders = Orders(call)
        self.people = People(call)
        self.profit_sharing = ProfitSharing(call)
        self.providers = Providers(call)
        self.quality = Quality(call)
        self.reconciliations = Reconciliations(call)
        self.reports = Reports(call)
        self.reviewers = Reviewers(call)
        self.rights = Rights(call)
        self.rosters = Rosters(call)
        self.rules = Rules(call)
        self.screening = Screening(call)
        self.second_reviews = SecondReviews(call)
        self.segments = Segments(call)
        self.sign_offs = SignOffs(call)
        self.snapshots = Snapshots(call)
        self.suppliers = Suppliers(call)
        self.webhook_upkeep = WebhookUpkeep(call)
        self.webhooks = Webhooks(call)
        self.wordings = Wordings(call)
        self.wordlists = Wordlists(call)
        self.words = Words(call)
