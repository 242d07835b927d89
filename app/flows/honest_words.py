"""Would these wordlists stop honest titles that pass today? Asked at every door by which files come into force.

A refresh tries its candidate on stored contents as well; files that are saved or published are at least tried on the
fixed sample, so that one ordinary word in the wrong file (的, 女装, 正品) waits for a second person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from app.db import Database
from app.flows.canary import honest_sample
from app.flows.open_matcher import open_matcher
from app.settings import Settings
from app.text.beside import AnyMatcher
from app.text.passage import TextField
from app.text.words import Context
from app.values.deciding import Verdict

_STOPPING = (Verdict.REVIEW, Verdict.BLOCK)
_SHOWN = 8
_Word = tuple[str, str]


def honest_holds(
    settings: Settings,
    db: Database,
    *,
    in_force: tuple[str, Mapping[str, str]],
    candidate: tuple[str, Mapping[str, str]],
    now: datetime,
) -> tuple[str, ...]:
    """Why a second person has to look: the words that newly stop honest titles, in Chinese. Each as (id, files)."""
    stopped = dict(_stopped(open_matcher(settings, candidate[0], candidate[1], db=db).matcher, now))
    if not stopped:
        return ()
    before = dict(_stopped(open_matcher(settings, in_force[0], in_force[1], db=db).matcher, now))
    new = {title: words - before.get(title, set()) for title, words in stopped.items()}
    titles = [title for title, words in new.items() if words]
    if not titles:
        return ()
    words = sorted({word for each in new.values() for _, word in each})
    shown = "、".join(words[:_SHOWN]) + (" 等" if len(words) > _SHOWN else "")
    return (f"误伤 {len(titles)} 条正常样本：{shown}",)


def _stopped(matcher: AnyMatcher, now: datetime) -> Iterator[tuple[str, set[_Word]]]:
    """The honest titles in which words stand that ask for a person or block, with these words."""
    for title, kind in honest_sample():
        hits = matcher.scan((TextField("text", title),), Context(kind, now)).hits
        if words := {(hit.wordlist, hit.word) for hit in hits if hit.verdict in _STOPPING}:
            yield title, words
