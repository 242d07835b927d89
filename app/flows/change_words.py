"""Single words changed by people: proposed for the next refresh, or urgent and live at once until confirmed.

proposed ─ taken up ─ the next refresh makes a candidate of all that wait ─ a second person decides
urgent ─ checked on the honest sample ─ live (one unit of work) ─ second person in time? ─ stays
                                                                └ no: withdrawn by itself
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import approvals, audit, queue, snapshots, word_changes
from app.errors import Conflict, InvalidInput, NotFound, NotReady, Problem
from app.flows.canary import honest_sample
from app.flows.follow_soon import follow_soon
from app.flows.parts import Parts
from app.flows.refresh_candidate import live_edits
from app.flows.settle_source import ask_for_refresh
from app.models import WordChange
from app.text.categories import CATEGORIES_FILE
from app.text.edit_lists import Edit, is_made, officers_list, with_edits
from app.text.findings import Findings
from app.text.match import Context, TextField, build_matcher
from app.text.read_exemptions import EXEMPTIONS_FILE
from app.text.word_checks import check_added
from app.text.word_line import read_word
from app.text.wordlist import load_wordlists, read_heads
from app.values.pause import Rests

WITHDRAW_JOB = "withdraw_urgent_word"
_RESTS_S = 5.0
_TRIES = 5
_log = structlog.get_logger(__name__)


def propose_change(
    parts: Parts, edit: Edit, *, reason: str, by: str, now: datetime, case_id: str | None = None
) -> WordChange:
    """Propose a change for the next refresh, which makes a candidate of it; a second person decides.

    Raises InvalidInput for what cannot be: no reason, no such category, list or word, no word.
    """
    _check_reason(reason)
    _, made = checked_change(parts, edit)

    def work(session: Session) -> WordChange:
        change = _add(session, made, state="waiting", reason=reason, by=by, now=now, case_id=case_id)
        ask_for_refresh(session, by=by, now=now)
        return change

    return parts.db.write(work)


def take_up(parts: Parts, change_id: str, *, accept: bool, by: str, now: datetime) -> WordChange:
    """Take up what feedback proposed, or leave it; taken up it waits for a second person.

    Raises NotFound, or Conflict when it is not ``proposed`` any more.
    """

    def work(session: Session) -> WordChange:
        change = word_changes.find(session, change_id)
        word_changes.move(session, change, from_="proposed", to="waiting" if accept else "refused", by=by, now=now)
        change.proposed_by = by
        _record(session, change, "word.take_up" if accept else "word.leave", by=by, now=now)
        if accept:
            ask_for_refresh(session, by=by, now=now)
        return change

    return parts.db.write(work)


def add_urgent(parts: Parts, edit: Edit, *, reason: str, by: str, now: datetime) -> WordChange:
    """Put a word in force at once; a second person confirms it in time or it is withdrawn.

    Raises InvalidInput when it cannot be listed, is an ordinary word, or hits honest titles: then it is no word to put
    in force without being looked at.
    """
    _check_reason(reason)
    until = now + timedelta(minutes=parts.settings.urgent_confirm_minutes)
    for _ in range(_TRIES):
        base, files = _base(parts)
        made = _checked(files, edit)
        _check_harmless(files, made)

        def work(session: Session, base: str = base, made: Edit = made) -> WordChange:
            change = _add(session, made, state="urgent", reason=reason, by=by, now=now, confirm_by=until)
            due = {"kind": WITHDRAW_JOB, "payload": {"change_id": change.id}, "due_at": until, "now": now}
            queue.add(session, slot_key=f"{WITHDRAW_JOB}:{change.id}", **due)  # type: ignore[arg-type]
            _put_in_force(session, base, by=by, reason=reason, now=now)
            return change

        try:
            change = parts.db.write(work)
        except _Moved:
            continue
        follow_soon(parts)
        _log.warning("urgent_word", wordlist=made.wordlist, change=change.id, by=by)
        return change
    raise NotReady("other wordlists keep taking force; try again", retry_after_s=2)


def confirm_urgent(parts: Parts, change_id: str, *, confirm: bool, reason: str, by: str, now: datetime) -> WordChange:
    """A second person confirms an urgent word or withdraws it.

    Raises Forbidden for whoever put it in force, Conflict when it is not urgent any more.
    """
    _check_reason(reason)
    with parts.db.read() as session:
        change = word_changes.find(session, change_id)
    if confirm:
        word_changes.check_second(change, is_same=approvals.is_same_person(change.proposed_by, by))
    return _end(parts, change_id, to="accepted" if confirm else "withdrawn", by=by, reason=reason, now=now)


def withdraw_unconfirmed(parts: Parts, change_id: str, *, now: datetime) -> bool:
    """Withdraw an urgent word that nobody confirmed in time; False when it was decided."""
    try:
        _end(parts, change_id, to="withdrawn", by="system", reason="未在期限内由第二人确认", now=now)
    except (Conflict, NotFound):
        return False
    return True


class _Moved(Exception):
    """Another snapshot took force between reading and writing."""


def _end(parts: Parts, change_id: str, *, to: str, by: str, reason: str, now: datetime) -> WordChange:
    def work(session: Session) -> WordChange:
        change = word_changes.find(session, change_id)
        word_changes.move(session, change, from_="urgent", to=to, by=by, now=now)
        _record(session, change, f"word.{to}", by=by, reason=reason, now=now)
        if to == "withdrawn":
            active = snapshots.pointer(session, "wordlists").snapshot_id
            if active is not None:
                _put_in_force(session, active, by=by, reason=reason, now=now)
        return change

    change = parts.db.write(work)
    follow_soon(parts)
    return change


def _put_in_force(session: Session, base: str, *, by: str, reason: str, now: datetime) -> None:
    """What is in force with officers' changes as they are now; raises _Moved when that is not ``base`` any more."""
    pointer = snapshots.pointer(session, "wordlists", locked=True)
    if pointer.snapshot_id != base:
        raise _Moved
    files = with_edits(snapshots.load(session, base), live_edits(session))
    counts = {"words_changed_by": by, "files": len(files)}
    stored = snapshots.store(session, "wordlists", files, summary=counts, by=by, now=now)
    snapshots.activate(session, "wordlists", stored, by=by, now=now, edits_of=pointer.edits_of)
    audit.record(
        session, actor=by, action="snapshot.activate", object_type="wordlists", object_id=stored, reason=reason, now=now
    )


def _add(
    session: Session,
    edit: Edit,
    *,
    state: str,
    reason: str,
    by: str,
    now: datetime,
    case_id: str | None = None,
    confirm_by: datetime | None = None,
) -> WordChange:
    change = word_changes.propose(
        session,
        what=edit.what,
        wordlist=edit.wordlist,
        category=edit.category,
        word=edit.word,
        value=edit.value,
        state=state,
        reason=reason,
        case_id=case_id,
        details={"source": edit.source} if edit.source else {},
        proposed_by=by,
        proposed_at=now,
        confirm_by=confirm_by,
    )
    if change.state != state:
        raise Conflict(f"the same change is already {change.state}, asked for by {change.proposed_by}")
    _record(session, change, "word.urgent" if state == "urgent" else "word.propose", by=by, reason=reason, now=now)
    return change


def _record(
    session: Session, change: WordChange, action: str, *, by: str, now: datetime, reason: str | None = None
) -> None:
    details = {"what": change.what, "wordlist": change.wordlist, "word": change.word, "value": change.value}
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="word_change",
        object_id=change.id,
        reason=reason,
        details=details,
        now=now,
    )


def _checked(files: Mapping[str, str], edit: Edit) -> Edit:
    """The change with its list filled in; raises InvalidInput when it changes nothing or breaks the lists."""
    categories, lists = read_heads(files)
    problems: list[Problem] = []
    if edit.what == "add":
        if edit.category not in categories:
            problems.append(Problem("category", f"unknown: {edit.category}", ", ".join(categories)))
        findings = Findings("word")
        if any(sign in edit.word for sign in "|#\n") or read_word(edit.word, findings) is None:
            said = "；".join(each.problem for each in findings.problems) or "holds | or #"
            problems.append(Problem("word", said, "a word of at least two characters"))
        edit = edit._replace(wordlist=officers_list(edit.category))
    elif not any(each.name == edit.wordlist for each in lists):
        problems.append(Problem("wordlist", f"unknown: {edit.wordlist}", "a list in force"))
    if not problems and is_made(files, edit):
        problems.append(Problem("word", "is already as you want it", "a change"))
    if not problems:
        made = with_edits_kept(files, edit)
        if made is None:
            problems.append(
                Problem("word", f"{edit.wordlist} has no such word, or no room on its line", "a listed word")
            )
    if problems:
        raise InvalidInput("the change cannot be made", problems=problems)
    return edit


def checked_change(parts: Parts, edit: Edit) -> tuple[dict[str, str], Edit]:
    """The files in force and the change with its list filled in; raises InvalidInput for what cannot be."""
    _, files = _base(parts)
    return files, _checked(files, edit)


def with_edits_kept(files: Mapping[str, str], edit: Edit) -> dict[str, str] | None:
    """The files with the change made beside what officers changed before; None when it has no effect."""
    name = f"{edit.wordlist}.txt"
    if edit.what == "add":
        made = dict(files)
        head = with_edits({}, [edit])[name]
        made[name] = (
            files[name].rstrip("\n") + "\n" + head.rstrip("\n").rpartition("\n")[2] + "\n" if name in files else head
        )
    else:
        kept = {file: text for file, text in files.items() if file == name}
        made = {**files, **with_edits(kept, [edit])}
    load_wordlists(_alone(made, edit), pause=Rests(_RESTS_S))
    return made if edit.what == "retire" or is_made(made, edit) else None


def _alone(made: Mapping[str, str], edit: Edit) -> Mapping[str, str]:
    """What has to be read to know that the files are still right: no exemption names a word that is new."""
    if edit.what != "add" and made.get(EXEMPTIONS_FILE):
        return made
    return {name: made[name] for name in (CATEGORIES_FILE, f"{edit.wordlist}.txt") if name in made}


def _check_harmless(files: Mapping[str, str], edit: Edit) -> None:
    """An urgent word is tried on the honest titles alone: no time for more, and no person has looked at it."""
    if edit.what != "add":
        raise InvalidInput("only a word to add can be urgent", problems=[Problem("what", edit.what, "add")])
    made = with_edits_kept(files, edit) or {}
    alone = {name: text for name, text in made.items() if name == CATEGORIES_FILE} | with_edits({}, [edit])
    before, after = load_wordlists(files, pause=Rests(_RESTS_S)), load_wordlists(alone)
    findings = [each for each in check_added(before, after) if each.kind != "duplicate"]
    matcher, at = build_matcher(after), datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    struck = [text for text, kind in honest_sample() if matcher.scan([TextField("text", text)], Context(kind, at)).hits]
    if findings or struck:
        said = [each.said for each in findings] + [f"误伤正常标题：{text}" for text in struck[:3]]
        problem = Problem("word", "；".join(said), "propose it without `urgent`")
        raise InvalidInput("the word would hit what everybody writes", problems=[problem])


def _base(parts: Parts) -> tuple[str, dict[str, str]]:
    with parts.db.read() as session:
        active = snapshots.pointer(session, "wordlists").snapshot_id
        if active is None:
            raise NotReady("no wordlists are in force yet", retry_after_s=1)
        return active, snapshots.load(session, active)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("a change needs a reason", problems=[Problem("reason", "is empty", "why")])
