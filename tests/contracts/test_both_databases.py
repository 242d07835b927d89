"""Which test files run on PostgreSQL in every run, and why the others do not.

A file counts as run on PostgreSQL where a test of it reaches a fixture that opens it, or starts something on it by its
address. Fixtures are looked up by name as pytest looks them up: in the file, then in the conftest files above it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.longest import LONGEST

TESTS = Path(__file__).resolve().parents[1]
DATABASES = {"postgres_database", "postgres_url", "bare_postgres_url", "sqlite_database", "sqlite_template"}

_LOOKED_AT = "a browser looks at pages whose tests run on both"
_RULES = "forms around snapshots, which are proposed and approved on both in stories/test_candidates.py"
_WORDS = "what words and exemptions stop, which is decided in memory"
_WALKED = "it walks all addresses; each of them is told on both by a story of its own"
_CLIENT = "the client, over HTTP; each call is told on both by a story of its own"

SQLITE_ALONE = {
    "browser/test_backtests_browser.py": _LOOKED_AT,
    "browser/test_case_work_in_browser.py": _LOOKED_AT,
    "browser/test_claims_in_browser.py": _LOOKED_AT,
    "browser/test_console.py": _LOOKED_AT,
    "browser/test_partner_pages_browser.py": _LOOKED_AT,
    "browser/test_quality_pages_browser.py": _LOOKED_AT,
    "browser/test_registry_in_browser.py": _LOOKED_AT,
    "browser/test_reviewer_pages_browser.py": _LOOKED_AT,
    "contracts/test_console_pictures.py": "names of pages; nothing is stored",
    "contracts/test_inbound_providers.py": "how platforms sign and write; what is kept: stories/test_inbound.py",
    "contracts/test_key_sources.py": "where keys come from; flows/test_sealing.py seals on both",
    "contracts/test_reference_docs.py": "requests as the pages show them; each call has a story of its own on both",
    "contracts/test_wordlist_sources.py": "what sources give; flows/test_refresh_wordlists.py takes it on both",
    "flows/test_try_rules.py": "what a trial costs; nothing is stored",
    "flows/test_write_line.py": "the line of those who write to one file; PostgreSQL's waiting is its own",
    "stories/console/test_backtest_of_edits.py": "forms around backtests, which flows/test_backtest.py runs on both",
    "stories/console/test_backtest_pages.py": "forms around backtests, which flows/test_backtest.py runs on both",
    "stories/console/test_english_pages.py": "the words of pages",
    "stories/console/test_officer_names.py": "how pages name officers; two columns are read",
    "stories/console/test_one_rule_page.py": _RULES,
    "stories/console/test_pack_editor.py": _RULES,
    "stories/console/test_partner_pages.py": "stories/test_suppliers.py and test_providers.py ask the same on both",
    "stories/console/test_roster_pages.py": "stories/test_rosters_over_http.py asks the same on both",
    "stories/console/test_rule_editor.py": _RULES,
    "stories/console/test_rule_pages.py": _RULES,
    "stories/console/test_sign_off_pages.py": _RULES,
    "stories/console/test_what_if_page.py": "stories/test_supplier_what_if.py asks the same on both",
    "stories/console/test_why_section.py": "words of an explanation that is kept with its decision",
    "stories/test_bad_input.py": "refusals before anything is stored",
    "stories/test_blind_everywhere.py": _WALKED,
    "stories/test_demo_months.py": "what the rules say of a month; events and lateness have their own stories on both",
    "stories/test_demo_traffic.py": "the sender, over HTTP; what it sends is taken on both",
    "stories/test_exempted_shops.py": _WORDS,
    "stories/test_honest_titles_pass.py": _WORDS,
    "stories/test_honest_words.py": _WORDS,
    "stories/test_openapi.py": "what calls allow and forbid, by their description",
    "stories/test_picture_words.py": _WORDS,
    "stories/test_python_client.py": _CLIENT,
    "stories/test_rescreen_files.py": "files in, files out; only the judge is read from a database",
    "stories/test_security_matrix.py": "who may call what, for which the database is asked for no more than a key",
    "stories/test_what_was_expected.py": "refusals before anything is stored",
    "stories/test_whole_python_client.py": _CLIENT,
}
"""With why. `WEIHENG_TEST_DATABASE=postgresql make test` runs most of these on PostgreSQL, too."""


@cache
def functions_of(path):
    """The names that each function of a file asks for, by the function's name."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    asked = {}
    for each in found:
        names = [argument.arg for argument in (*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs)]
        asked[each.name] = {*names, *_by_name(each)}
    return asked


def _by_name(function):
    """Fixtures asked for while the function runs."""
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "getfixturevalue":
            yield from (each.value for each in ast.walk(call) if isinstance(each, ast.Constant))


def reached(path):
    """The databases that tests of a file open."""
    above = [folder / "conftest.py" for folder in path.parents if folder.is_relative_to(TESTS)]
    known = [functions_of(each) for each in (path, *above) if each.exists()]
    opened = set()
    for name, asked in functions_of(path).items():
        if name.startswith("test_"):
            for each in asked:
                opened |= _opened_by(each, known, frozenset())
    return opened & DATABASES


def _opened_by(name, known, within):
    """What asking for a fixture opens; one that asks for its own name asks for that of a file above."""
    place = next((at for at, functions in enumerate(known) if name in functions), None)
    if place is None or (name, place) in within:
        return {name}
    if name == "one_database" and place == len(known) - 1:  # the run's own choice, SQLite unless told otherwise
        return {"sqlite_database"}
    opened = {name}
    for each in known[place][name]:
        files = known[place + 1 :] if each == name else known
        opened |= _opened_by(each, files, within | {(name, place)})
    return opened


def alone():
    """Files whose tests open SQLite and never PostgreSQL."""
    for path in sorted(TESTS.rglob("test_*.py")):
        opened = reached(path)
        if opened and not any("postgres" in each for each in opened):
            yield str(path.relative_to(TESTS))


def test_every_file_that_runs_on_sqlite_alone_says_why():
    assert sorted(SQLITE_ALONE) == list(alone())


@pytest.mark.parametrize(
    ("file", "on"),
    [
        ("flows/test_ledger.py", {"sqlite_database", "postgres_database"}),
        ("contracts/test_packs.py", set()),
    ],
)
def test_what_a_file_opens_is_seen(file, on):
    assert reached(TESTS / file) & {"sqlite_database", "postgres_database"} == on


def test_every_file_that_begins_a_run_is_there():
    assert {path.name for path in TESTS.rglob("test_*.py")} >= LONGEST
