"""What on the rules wants somebody: tripped breakers, reviews due, what nobody signed, a folder that was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app import sign_offs, snapshots
from app.flows.review_rules import review_state
from app.models import RuleBreaker
from app.rules.definition import Pack, Rule
from app.rules.notices import unsigned
from app.web.console.parameter_words import need_word, parameter_word
from app.web.console.shown import listed
from app.web.console.words import say

_REVIEWS = {"overdue": "alarm.overdue", "soon": "alarm.soon"}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One line: how grave (``late`` or ``open``, the icon's name), what it is about, the sentence, where to go."""

    grade: str
    about: str
    said: str
    link: str | None


def alarms(
    session: Session, packs: Sequence[Pack], rules: Sequence[Rule], tripped: Mapping[str, RuleBreaker], *, today: date
) -> list[Alarm]:
    """All alarms, the gravest first."""
    found = [
        Alarm("late", each.rule_id, say("alarm.tripped", why=each.why), _rule(each.rule_id))
        for each in tripped.values()
        if any(rule.id == each.rule_id for rule in rules)
    ]
    if (error := snapshots.pointer(session, "rules").error) is not None:
        found.append(Alarm("late", say("alarm.folder"), error[:500], None))
    for rule in rules:
        state = review_state(rule, today)
        if state is not None:
            grade = "late" if state == "overdue" else "open"
            found.append(Alarm(grade, rule.id, say(_REVIEWS[state], day=rule.review_by), _rule(rule.id)))
    for each in unsigned(packs, today=today, sign_offs=sign_offs.in_force(session)):
        need = each.need
        about = parameter_word(need.pack, need.name) if need.object_type == "parameter" else each.rules[0].id
        names = listed(rule.id for rule in each.rules)
        said = say("alarm.unsigned", why=need_word(need), rules=names)
        found.append(Alarm("open", about, said, url_for("console.sign_offs") if need.object_type else None))
    return sorted(found, key=lambda alarm: (alarm.grade != "late", alarm.about))


def _rule(rule_id: str) -> str:
    return url_for("console.rule", rule_id=rule_id)
