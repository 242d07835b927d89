"""The editor of rules and parameters: a form, what is wrong at its fields, what would change, and proposing it.

It writes nothing by itself. Proposing goes the way every candidate goes: checked, tried in a child process, a second
person where it blocks or pays; so an officer's edit and a file's are held to the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import snapshots
from app.errors import BadDefinition, Conflict, Forbidden, InvalidInput, NotFound
from app.events.kind import load_kinds
from app.flows.edit_rules import Asked, Tried, in_force, problems_of, try_edit, what_if
from app.flows.follow_soon import follow_soon
from app.flows.propose_snapshot import Proposal, propose
from app.rules.pack import Pack, load_packs
from app.values.access import Caller, Role
from app.values.given_numbers import read_whole
from app.values.rule_scope import SCOPE_KEYS, RuleScope
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.backtest_pages import WEEK, begin
from app.web.console.edit_draft import FILE_MAX, VALUE_MAX, Draft, Target, rebased, spread
from app.web.console.explained import category_titles, parameter_line, told_to_author
from app.web.console.fact_words import kind_word
from app.web.console.language import told_in
from app.web.console.pack_fields import PACK_NAME, PackTarget
from app.web.console.parameter_fields import ROWS_MAX, ParameterTarget
from app.web.console.problem_words import place, told
from app.web.console.rule_fields import RuleTarget
from app.web.console.words import say
from app.web.schema_fields import starred

AUTHORS = frozenset({Role.RULE_AUTHOR, Role.ADMIN})
_SNAPSHOT = re.compile(r"sha256:[0-9a-f]{64}")
_CHANGES_SHOWN = 50
_REASON_MAX = 2_000


@dataclass(slots=True)
class Editing:
    """One request to the editor: what is edited, upon what, and what came of it.

    ``examples_fail`` says that nothing else is wrong: then it can be tried on the past, and not be proposed.
    """

    target: Target
    base: str
    files: dict[str, str]
    packs: tuple[Pack, ...]
    draft: Draft
    told: str | None = None
    tried: Tried | None = None
    examples_fail: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    explained: list[tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]] = field(default_factory=list)
    edited: dict[str, str] = field(default_factory=dict)


def install(console: Blueprint) -> None:
    """Add the pages."""
    both = ["GET", "POST"]
    console.add_url_rule("/rules/<string:rule_id>/edit", "edit_rule", edit_rule, methods=both)
    where = "/rules/parameters/<string:pack>/<string:name>/edit"
    console.add_url_rule(where, "edit_parameter", edit_parameter, methods=both)
    console.add_url_rule("/rules/packs", "new_pack", new_pack, methods=["GET"])
    console.add_url_rule("/rules/packs/<string:pack>/edit", "edit_pack", edit_pack, methods=both)


def may_edit(caller: Caller) -> bool:
    """Whether an officer may edit: an author of rules who is bound to no shop, because a rule speaks for all."""
    return bool(caller.grants & AUTHORS) and caller.shop_ids is None


def edit_rule(rule_id: str) -> Response:
    """The editor of one rule."""
    packs = parts().live.current.engine.packs
    pack = next((pack.name for pack in packs for rule in pack.rules if rule.id == rule_id), None)
    if pack is None:
        raise NotFound(f"no rule {rule_id}")
    return _edit(RuleTarget(rule_id, pack), "console/edit_rule.html", url_for("console.rule", rule_id=rule_id))


def edit_parameter(pack: str, name: str) -> Response:
    """The editor of one parameter."""
    found = next((each for each in parts().live.current.engine.packs if each.name == pack), None)
    if found is None or name not in found.parameters:
        raise NotFound(f"no parameter {pack}.{name}")
    return _edit(ParameterTarget(pack, name), "console/edit_parameter.html", url_for("console.rules"))


def new_pack() -> Response:
    """On to the editor of a pack of that name, which need not be there yet."""
    name = request.args.get("pack", "").strip()
    if not PACK_NAME.fullmatch(name):
        raise InvalidInput(say("pack.bad_name"))
    return redirect(url_for("console.edit_pack", pack=name), 303)


def edit_pack(pack: str) -> Response:
    """The editor of a whole pack, in force or new."""
    if not PACK_NAME.fullmatch(pack):
        raise NotFound(f"no pack {pack}")
    target = PackTarget(pack, signed_in.officer().username, parts().now().date())
    return _edit(target, "console/edit_pack.html", url_for("console.rules"))


def _edit(target: Target, template: str, onward: str) -> Response:
    caller = signed_in.officer().caller
    if not may_edit(caller):
        raise Forbidden(f"this needs one of {', '.join(sorted(AUTHORS))}, for all shops")
    editing = _begin(target)
    if request.method == "GET":
        return _page(editing, template, status=200)
    choice, reason = request.form.get("do", ""), starred(request.form.get("why", "").strip()[:_REASON_MAX])
    if choice == "more":
        editing.draft.values["rows"] = str(min(ROWS_MAX, int(editing.draft.values["rows"]) + 1))
        return _page(editing, template, status=200)
    _try(editing)
    if choice == "what_if":
        _ask(editing)
    elif choice == "backtest" and (editing.examples_fail or not editing.draft.is_wrong):
        run = begin({"rules": editing.edited}, WEEK, caller=caller, examples_aside=editing.examples_fail)
        if editing.examples_fail:
            flash(say("backtest.examples_fail"))
        return redirect(url_for("console.backtest", backtest_id=run), 303)
    elif choice == "propose" and not editing.draft.is_wrong:
        if not reason:
            editing.draft.bad("why", say("rules.needs_reason"))
        elif (state := _propose(editing, caller.name, reason)) is not None:
            return redirect(f"{onward}?done={state}", 303)
    status = 409 if editing.told else 422 if editing.draft.is_wrong else 200
    return _page(editing, template, status=status)


def _begin(target: Target) -> Editing:
    """What is in force and the form upon it; a form that was filled in on something older is carried over."""
    with parts().db.read() as session:
        base, files = in_force(session)
        packs = load_packs(files, kinds=load_kinds(), with_examples=True)
        draft = Draft(target.values(files))
        editing = Editing(target, base, files, packs, draft)
        if request.method == "POST":
            _fill(draft)
            seen = request.form.get("base", "")
            if seen != base and _SNAPSHOT.fullmatch(seen):
                editing.told = "edit.moved"
                rebased(target, draft, snapshots.load(session, seen), files)
    return editing


def _fill(draft: Draft) -> None:
    """The form's texts; a box that was not sent is an empty one."""
    most = {name: FILE_MAX if name.endswith("_file") else VALUE_MAX for name in request.form}
    for name, text in request.form.items():
        if len(text) > most[name]:
            draft.bad(name, say("edit.too_long", most=most[name]))
    sent = {name: text[: most[name]].replace("\r\n", "\n") for name, text in request.form.items()}
    count = max(read_whole(sent.get("rows", "")) or 0, 0)
    draft.values |= {name: sent.get(name, "") for name in draft.values if not name.startswith("o") or "-" not in name}
    draft.values |= {name: text for name, text in sent.items() if re.fullmatch(r"o\d{1,3}-[a-z_]+", name)}
    if "rows" in draft.values:
        draft.values["rows"] = str(min(count, ROWS_MAX))


def _try(editing: Editing) -> None:
    target, draft = editing.target, editing.draft
    editing.edited = target.edited(editing.files, draft, editing.packs)
    tried = try_edit(editing.packs, editing.edited, rules=target.rules(editing.packs), settings=parts().settings)
    told_apart = [each.problem for each in tried.examples]
    spread(target, draft, [each for each in tried.problems if each not in told_apart], editing.edited)
    if any(each.problem is not None for each in tried.examples):
        editing.examples_fail = not draft.is_wrong
        names = ("examples", "examples_file", "default")
        draft.bad(next(name for name in names if name in draft.values), say("edit.examples_fail"))
    editing.tried = tried


def _ask(editing: Editing) -> None:
    """What the edited rules make of some facts, before and after."""
    form, draft = request.form, editing.draft
    editing.asked = {name: form.get(f"if_{name}", "")[:VALUE_MAX].strip() for name in ("kind", "facts", *SCOPE_KEYS)}
    try:
        facts = orjson.loads(editing.asked["facts"] or b"{}")
    except orjson.JSONDecodeError as error:
        draft.bad("if_facts", say("edit.bad_json", line=error.lineno, column=error.colno))
        return
    if not isinstance(facts, dict):
        draft.bad("if_facts", say("edit.no_object"))
        return
    scope = RuleScope(**{key: editing.asked[key] or None for key in SCOPE_KEYS})
    asked = Asked(editing.asked["kind"], facts, scope)
    new, now = editing.tried.packs if editing.tried else (), parts().now()
    try:
        before = what_if(editing.packs, asked, rules=editing.target.rules(editing.packs), now=now, language=told_in())
        after = what_if(new, asked, rules=editing.target.rules(new), now=now, language=told_in()) if new else {}
    except InvalidInput as error:
        for problem in problems_of(error):
            draft.bad("if_facts", say("edit.fact_problem", field=problem.field, problem=told(problem)))
        return
    both = sorted(before.keys() | after.keys())
    known = category_titles(parts())
    old = {rule: told_to_author(each, known) for rule, each in before.items()}
    edited = {rule: told_to_author(each, known) for rule, each in after.items()}
    editing.explained = [(rule, old.get(rule), edited.get(rule)) for rule in both]


def _propose(editing: Editing, by: str, reason: str) -> str | None:
    """Propose it; what became of it, or None where it could not be."""
    proposal = Proposal("rules", editing.edited, by=by, reason=reason, base=editing.base)
    try:
        found = propose(parts().db, parts().settings, proposal, now=parts().now())
    except Conflict:
        editing.told = "edit.moved"
        return None
    except BadDefinition as error:
        spread(editing.target, editing.draft, error.problems, editing.edited)
        return None
    if found.state == "active":
        follow_soon(parts())
    return found.state


def _page(editing: Editing, template: str, *, status: int) -> Response:
    rules = [rule for pack in editing.packs for rule in pack.rules if rule.id in editing.target.rules(editing.packs)]
    kinds = sorted({kind for rule in rules for kind in rule.on}) or sorted(load_kinds())
    page = render_template(
        template,
        editing=editing,
        target=editing.target,
        draft=editing.draft,
        tried=editing.tried,
        pack=next((pack for pack in editing.packs if pack.name == editing.target.pack), None),
        kinds={each: kind_word(load_kinds().get(each), each) for each in kinds},
        rules=rules,
        scope_keys=SCOPE_KEYS,
        shown=_CHANGES_SHOWN,
        place=place,
        problem_told=told,
        parameter_line=parameter_line,
        why=request.form.get("why", ""),
        needs_approval=parts().settings.needs_rule_approval,
    )
    return make_response(page, status)
