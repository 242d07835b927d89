"""Prometheus metrics, in the multi-process form so that several web and worker processes add up.

``prometheus_client`` reads ``PROMETHEUS_MULTIPROC_DIR`` while it is imported; therefore the folder is chosen here,
before the import, from the same environment the settings come from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_FOLDER = Path(os.environ.get("WEIHENG_DATA_DIR", "var")).expanduser().absolute() / "metrics"
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_FOLDER))
Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

from prometheus_client import (  # noqa: E402 - after the folder is chosen
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402

_LOOKS = 5

SCREENINGS = Counter("weiheng_screenings_total", "Contents screened, by decision.", ["decision"])
SCREENING_SECONDS = Histogram(
    "weiheng_screening_seconds",
    "Time of one screening from parsed request to durable record.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
SCREENED_AGAIN = Counter("weiheng_screenings_repeated_total", "Screenings answered from the stored decision.")
EVENTS = Counter("weiheng_events_total", "Events, by kind and what became of them.", ["kind", "status"])
LIVE_UTTERANCES = Counter("weiheng_live_utterances_total", "Utterances heard, by what became of them.", ["status"])
LIVE_FLAGS = Counter(
    "weiheng_live_hits_total",
    "Listed words heard in live rooms, by category and whether they were flagged or repeated.",
    ["category", "status"],
)
DEADLINES = Counter("weiheng_deadlines_passed_total", "Deadlines that passed and were judged, by kind.", ["kind"])
FEEDS_STALE = Gauge(
    "weiheng_feeds_stale", "Shops whose feed of events has fallen silent.", multiprocess_mode="mostrecent"
)
HTTP_REQUESTS = Counter("weiheng_http_requests_total", "HTTP answers, by endpoint and status.", ["endpoint", "status"])
DOUBTS = Counter("weiheng_doubts_total", "Decisions sent to a person for a reason other than a rule or word.", ["why"])
WRITE_GROUP = Histogram(
    "weiheng_write_group_size",
    "Units of work that were committed together.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
DATABASE_REFUSED = Counter(
    "weiheng_database_refused_total",
    "Units of work the database did not take: full (no room), read_only, away (gone, or too slow).",
    ["why"],
)
CLOCK_SKEW = Gauge(
    "weiheng_clock_skew_seconds",
    "How far this machine's clock and the database's differ; 0 on SQLite, which has the machine's.",
    multiprocess_mode="mostrecent",
)
CLOCK_DOUBT = Gauge(
    "weiheng_clock_doubt",
    "1 while it is not known what time it is: deadlines, payments and pruning wait.",
    multiprocess_mode="mostrecent",
)
SNAPSHOT_SWAPS = Counter("weiheng_snapshot_swaps_total", "Snapshots swapped in by a process.", ["kind"])
RULES_TAKEN = Counter(
    "weiheng_rules_taken_total", "Snapshots of rules a process took up, opened as compiled or compiled anew.", ["how"]
)
RULE_PACKS_REFUSED = Counter(
    "weiheng_rule_packs_refused_total", "Compiled rules that were not opened, because they are not ours or not whole."
)
SNAPSHOT_REFUSED = Counter("weiheng_snapshot_refused_total", "Candidate snapshots refused.", ["kind"])
SNAPSHOT_ERROR = Gauge(
    "weiheng_snapshot_error",
    "1 while the folder holds a candidate that was refused.",
    ["kind"],
    multiprocess_mode="mostrecent",
)
SNAPSHOT_WAITING = Gauge(
    "weiheng_snapshot_waiting",
    "1 while a candidate waits for a second person.",
    ["kind"],
    multiprocess_mode="mostrecent",
)
RULE_TRIPPED = Gauge(
    "weiheng_rule_tripped", "1 while the rule's breaker is open.", ["rule"], multiprocess_mode="mostrecent"
)
RULES_REVIEW_DUE = Gauge(
    "weiheng_rules_review_due",
    "Rules whose review_by has passed or is near.",
    ["state"],
    multiprocess_mode="mostrecent",
)
VAULT_KEYS_LEFT = Gauge(
    "weiheng_vault_keys_left",
    "Keys a rotation has still to do, by level: kek (wrapped by an older key) or person (to be replaced).",
    ["level"],
    multiprocess_mode="mostrecent",
)
WORDLIST_REFRESHES = Counter("weiheng_wordlist_refreshes_total", "Refreshes of the wordlists, by outcome.", ["state"])
WORDLIST_AGE = Gauge(
    "weiheng_wordlist_age_seconds",
    "Seconds since every source of wordlists was last checked completely.",
    multiprocess_mode="mostrecent",
)
WORDLIST_STALE = Gauge(
    "weiheng_wordlist_stale",
    "0 while wordlists are fresh, 1 while they are stale, 2 when nothing passes by itself.",
    multiprocess_mode="mostrecent",
)
WORDLIST_SOURCE_FAILED = Gauge(
    "weiheng_wordlist_source_failed", "1 while a source cannot be read.", ["source"], multiprocess_mode="mostrecent"
)
WAITING_SCREENINGS = Gauge(
    "weiheng_waiting_screenings",
    "Contents that wait for fresh wordlists to be screened again.",
    multiprocess_mode="mostrecent",
)
QUEUE_DONE = Counter("weiheng_queue_done_total", "Attempts at queue rows, by kind and outcome.", ["kind", "outcome"])
DELIVERIES = Counter("weiheng_webhook_deliveries_total", "Webhook delivery attempts, by outcome.", ["outcome"])
INBOUND = Counter(
    "weiheng_inbound_messages_total",
    "Requests at the platforms' doors, by provider and what became of them.",
    ["provider", "outcome"],
)
INBOUND_DEAD = Gauge(
    "weiheng_inbound_dead_letters",
    "Inbound messages and platform questions whose attempts are used up.",
    multiprocess_mode="mostrecent",
)
DEAD_LETTERS = Gauge(
    "weiheng_dead_letters",
    "Queue rows whose attempts are used up and that need a person, by kind of work.",
    ["kind"],
    multiprocess_mode="mostrecent",
)
BOOKS_FINDINGS = Gauge(
    "weiheng_books_findings",
    "What the last whole check of the ledger found wrong; 0 is well.",
    multiprocess_mode="mostrecent",
)
INBOUND_WAITING_SECONDS = Gauge(
    "weiheng_inbound_waiting_seconds",
    "How long the oldest inbound message has been waiting to be worked.",
    multiprocess_mode="mostrecent",
)
PLATFORM_CALLS = Counter(
    "weiheng_platform_calls_total", "Questions to platforms, by provider and outcome.", ["provider", "outcome"]
)
PLATFORM_KEYS_END = Gauge(
    "weiheng_platform_keys_end_timestamp_seconds",
    "When the last platform certificate in force ends, by account; +Inf with a public key.",
    ["account"],
    multiprocess_mode="mostrecent",
)
SECOND_REVIEW_KAPPA = Gauge(
    "weiheng_second_review_kappa",
    "Cohen's kappa of the newest second reviews; -1 where it cannot be told.",
    multiprocess_mode="mostrecent",
)
SECOND_REVIEW_DRIFT = Gauge(
    "weiheng_second_review_drift",
    "1 while officers agree less than the bound in second reviews.",
    multiprocess_mode="mostrecent",
)
EVALUATOR_ERRORS = Counter("weiheng_evaluator_errors_total", "Rule evaluations the first evaluator failed.")
REPLAYS_DIFFERENT = Counter(
    "weiheng_replays_different_total",
    "Stored decisions that came out differently when judged again for an explanation.",
)
AUDIT_SIZE = Gauge("weiheng_audit_rows_sealed", "Rows sealed in the audit log.", multiprocess_mode="mostrecent")
AUDIT_UNSEALED = Gauge(
    "weiheng_audit_rows_unsealed", "Audit rows that are not sealed yet.", multiprocess_mode="mostrecent"
)
AUDIT_UNSEALED_SECONDS = Gauge(
    "weiheng_audit_unsealed_seconds",
    "Age of the oldest audit row that is not sealed yet; alarm above 60.",
    multiprocess_mode="mostrecent",
)
AUDIT_BROKEN = Gauge(
    "weiheng_audit_broken",
    "1 while the audit log contradicts its checkpoints and is not sealed any further.",
    multiprocess_mode="mostrecent",
)
PAYOUTS = Counter(
    "weiheng_payouts_total", "Answers of a payout channel, by channel and outcome.", ["channel", "outcome"]
)
RATE_LIMITED = Counter("weiheng_rate_limited_total", "Requests refused because a key used up its rate.", ["key"])
GATE_REFUSED = Counter(
    "weiheng_gate_refused_total",
    "Requests refused before they were worked on: full (too many wait), late (no thread in time), slow (a body).",
    ["why"],
)
GATE_SECONDS = Histogram(
    "weiheng_gate_seconds",
    "How long a request waited for a thread, by lane.",
    ["lane"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5),
)
REVIEWERS = Counter(
    "weiheng_reviewer_answers_total",
    "What reviewers said: a verdict, awaited, repeated (not asked again), or why they abstained.",
    ["reviewer", "outcome"],
)
AUTH_FAILURES = Counter("weiheng_auth_failures_total", "Refused keys and sign-ins.", ["kind"])


class _Written(MultiProcessCollector):
    """The collector of ``prometheus_client``, without the files it cannot read.

    A process that is killed between creating its file and giving it its size leaves an empty one behind, and a dead
    process' gauges are deleted while another process lists them. Neither may cost the whole page.
    """

    def collect(self) -> Iterable[Metric]:
        for _ in range(_LOOKS):
            with suppress(FileNotFoundError):
                return self._read()
        return self._read()

    def _read(self) -> Iterable[Metric]:
        files = [str(file) for file in Path(self._path).glob("*.db") if _is_written(file)]
        return self.merge(files, accumulate=True)  # type: ignore[no-untyped-call, no-any-return]


def _is_written(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


def render() -> bytes:
    """All processes' metrics in Prometheus text format."""
    registry = CollectorRegistry()
    _Written(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_dead_processes() -> None:
    """Drop the live-gauge files of processes that are gone; counters stay, they only ever add up."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    for file in folder.glob("*.db"):
        pid = file.stem.rsplit("_", 1)[-1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            if file.stem.startswith("gauge"):
                file.unlink(missing_ok=True)
            mark_process_dead(int(pid))  # type: ignore[no-untyped-call]
