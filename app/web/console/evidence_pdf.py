"""An evidence pack on paper: the same document for people to read, with the pack itself attached to the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from fpdf.enums import MethodReturnValue, WrapMode, XPos, YPos

from app.web.console.language import in_chinese
from app.web.console.paper import FONT, Paper
from app.web.console.shown import account, clock, instant, listed, word
from app.web.console.words import name, say

_SIZE, _LINE = 9.5, 5.6
_LABEL_MM = 34


def evidence_pdf(pack: Mapping[str, Any], *, at: datetime) -> bytes:
    """The pack as a PDF file, in Chinese whoever asks: it is for the platform and for regulators."""
    with in_chinese():
        return _written(pack, at)


def _written(pack: Mapping[str, Any], at: datetime) -> bytes:
    document = json.loads(pack["document"])
    case, screening = document["case"], document["screening"]
    paper = Paper(pack["digest"], at)
    paper.set_title(f"Weiheng evidence {case['id']}")
    paper.add_page()
    _heading(paper, say("evidence.title"), size=16)
    _text(paper, say("paper.zone"), grey=True)
    _pairs(paper, _about(document))
    if screening.get("fields") or screening.get("segments"):
        _heading(paper, say("case.texts"))
        for field, text in screening.get("fields", {}).items():
            _pairs(paper, [(name("field", field), text)])
        for each in screening.get("segments", ()):
            _pairs(paper, [(f"{name('segment', each['source'])} {clock(each['at_ms'])}", each["text"])])
    elif screening:
        _pairs(paper, [(say("case.texts"), screening["excerpt"])])
    _found(paper, screening)
    for each in document["appeals"]:
        _heading(paper, say("appeal.box"))
        when = [(say("appeal.filed_at"), _time(each["filed_at"])), (say("appeal.text"), each["text"])]
        files = [(say("appeal.files"), file["sha256"]) for file in each["files"]]
        answer = [(name("appeal_state", each["state"]), f"{account(each['decided_by'])} {each['reason'] or ''}")]
        _pairs(paper, [*when, *files, *answer])
    _heading(paper, say("case.timeline"))
    for row in pack["rows"]:
        leaf = json.loads(row["leaf"])
        told = f"{name('step', leaf['action'])} · {account(leaf['actor'])} {leaf['reason'] or ''} (#{leaf['seq']})"
        _pairs(paper, [(_time(leaf["at"]), told)])
    _heading(paper, say("evidence.proof"))
    _text(paper, say("evidence.how"))
    _pairs(paper, [(say("evidence.digest"), pack["digest"]), (say("evidence.checkpoint"), pack["checkpoint"])])
    _pairs(paper, [(say("evidence.key"), key) for key in pack["public_keys"]])
    paper.embed_file(basename="evidence.json", bytes=orjson.dumps(pack), desc="evidence pack", compress=True)
    return paper.finished()


def _about(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    case, content, screening = document["case"], document["content"], document["screening"]
    rows = [
        (say("case.id"), case["id"]),
        (say("column.content"), content.get("content_id") or case["subject"]),
        (say("case.shop"), case["shop_id"]),
        (say("case.opened"), _time(case["opened_at"])),
        (say("filter.state"), name("state", case["state"])),
        (say("appeal.outcome"), name("outcome", case["outcome"])),
        (say("work.policy"), case["policy"]),
        (say("work.reason"), case["reason"]),
        (say("work.suggestion"), case["suggestion"]),
        (
            say("case.decided"),
            f"{_time(case['decided_at'])} {account(case['decided_by'])}" if case["decided_at"] else "",
        ),
        (say("case.rules"), screening.get("rules_snapshot")),
        (say("case.wordlists"), screening.get("wordlists_snapshot")),
        (say("evidence.exported"), f"{_time(document['exported_at'])} {account(document['exported_by'])}"),
    ]
    return [(label, value) for label, value in rows if value]


def _found(paper: Paper, screening: Mapping[str, Any]) -> None:
    if screening.get("hits"):
        _heading(paper, say("case.hits"))
        _pairs(
            paper,
            [
                (word(each["word"]), f"{name('verdict', each['verdict'])} · {each['source']}")
                for each in screening["hits"]
            ],
        )
    firings = [each for each in screening.get("firings", ()) if not each.get("shadow")]
    if firings:
        _heading(paper, say("case.reasons"))
        for each in firings:
            law = listed(each.get("references", ()), "；")
            _pairs(paper, [(each["rule"], f"{name('verdict', each['decision'])} · {each['reason']} {law}")])


def _heading(paper: Paper, text: str, *, size: float = 11.5) -> None:
    paper.ln(2)
    paper.set_font(FONT, size=size)
    paper.multi_cell(0, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(FONT, size=_SIZE)


def _text(paper: Paper, text: str, *, grey: bool = False) -> None:
    paper.set_font(FONT, size=_SIZE)
    paper.set_text_color(90 if grey else 0)
    paper.multi_cell(0, _LINE, text, wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_text_color(0)


def _pairs(paper: Paper, rows: Sequence[tuple[str, object]]) -> None:
    """Label and value side by side; a value wraps at any character, as Chinese does."""
    paper.set_font(FONT, size=_SIZE)
    for label, value in rows:
        if paper.will_page_break(min(_height(paper, str(value)), paper.eph)):
            paper.add_page()
        top = paper.get_y()
        paper.set_text_color(90)
        paper.multi_cell(_LABEL_MM, _LINE, str(label), wrapmode=WrapMode.CHAR, new_x=XPos.RIGHT, new_y=YPos.TOP)
        below, page = top + _LINE, paper.page_no()
        paper.set_text_color(0)
        paper.set_xy(paper.l_margin + _LABEL_MM + 2, top)
        paper.multi_cell(0, _LINE, str(value), wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if paper.page_no() == page:
            paper.set_y(max(paper.get_y(), below))


def _height(paper: Paper, value: str) -> float:
    """How much of a page a value takes, mm."""
    height: Any = paper.multi_cell(
        paper.epw - _LABEL_MM - 2,
        _LINE,
        value,
        dry_run=True,
        output=MethodReturnValue.HEIGHT,
        wrapmode=WrapMode.CHAR,
    )
    return float(height)


def _time(at: str) -> str:
    return instant(datetime.fromisoformat(at))
