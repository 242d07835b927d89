"""What a page calls a parameter: its title in the page's language, as the packs in force have it, or else its name."""

from __future__ import annotations

from flask import Flask

from app.rules.grounds import Need
from app.rules.pack import Parameter
from app.values.change import said_value
from app.web.auth import parts
from app.web.console.language import told_in
from app.web.console.words import say


def install(app: Flask) -> None:
    """Let templates say it."""
    app.jinja_env.filters.update(called=called, need_word=need_word)
    app.jinja_env.globals.update(parameter_word=parameter_word, parameter_value=parameter_value)


def called(parameter: Parameter) -> str:
    """The title of a parameter at hand."""
    return parameter.called(told_in())


def parameter_word(pack: str | None, name: str) -> str:
    """The title of a parameter that something stored names; its name where the packs in force have none such."""
    found = find_parameter(pack, name)
    return called(found) if found else name


def parameter_value(pack: str | None, name: str, value: object) -> str | None:
    """Such a parameter's value with its unit, None where there is none such in force."""
    found = find_parameter(pack, name)
    return said_value(value, told_in(), unit=found.unit) if found else None


def need_word(need: Need) -> str:
    """Why a rule acts as a review until somebody signs."""
    if need.object_type == "parameter":
        return say("signing.no_source", parameter=parameter_word(need.pack, need.name))
    return say("signing.no_reference" if need.object_type == "rule" else "signing.lapsed")


def find_parameter(pack: str | None, name: str) -> Parameter | None:
    """A parameter of the packs in force."""
    live = parts().live
    packs = live.current.engine.packs if pack and live.is_ready else ()
    return next((each.parameters[name] for each in packs if each.name == pack and name in each.parameters), None)
