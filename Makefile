# make run      an environment in .venv, an embedded database in var/, a demo shop, and the service on port 8000
# make test     all tests                       make check    what CI runs: style, types, import floors, tests
# make format   rewrite the layout              make lint     style, types and import floors, without the tests
# make lock     pin requirements/*.in anew (UPGRADE=1 takes newer versions); needs uv
# make fuzz     the rule evaluators against each other and against an interpreter, 10^6 pairs (ARGS="--seed 7")
# make soak     500 reloads of 1,000 rules and 100,000 words in one process: is its memory flat?
# make translations  bring the console's English catalogue up to date and list what has no English yet
# make faults   processes, database, disk and receiver fail at random under traffic: is anything lost, or done twice?
# make audit    known weaknesses of the locked packages (exit 1), or that they could not be looked up (2); needs uv, network
# make bench    the measurements                make clean    remove .venv and caches; never the data in var/
#
# PYTHON=python3.12 picks the interpreter; ARGS="-k fund" goes to pytest.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
export PYTHON

.PHONY: run test check lint format translations lock fuzz soak faults audit bench clean environment environment-dev environment-bench
.DEFAULT_GOAL := run

run: environment
	@exec $(BIN)/weiheng serve --demo

# Each asks a stamp inside .venv first and does nothing when the lock files have not changed.
environment:
	@scripts/make-environment.sh base

environment-dev:
	@scripts/make-environment.sh dev

environment-bench:
	@scripts/make-environment.sh bench

test: environment-dev
	@scripts/run-tests.sh $(ARGS)

# One after the other even under make -j, so that pytest's closing line is the last one.
check: lint
	@scripts/run-tests.sh $(ARGS)

lint: environment-dev
	@scripts/lint.sh

format: environment-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

# ARGS="--fill FILE" takes English from lines of Chinese, a tab, English.
translations: environment-dev
	@$(BIN)/python scripts/write_translations.py $(ARGS)

# No host, no index address and no header goes into the lock files: they hold names, versions and hashes.
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@for name in base dev durable bench characters traces ocr; do \
	    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	        --override requirements/without.txt \
	        $(if $(UPGRADE),--upgrade) requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done
	@if grep -nE '://|^--' requirements/*.txt; then echo "a lock file names a host or an option" >&2; exit 1; fi

# The seed is printed first; the same seed compares the same pairs.
fuzz: environment-dev
	@$(BIN)/python -m tests.parts.rules.fuzz --pairs 1000000 $(ARGS)

soak: environment-dev
	@$(BIN)/python -m tests.flows.reloads $(ARGS)

# The seed is printed first; the same seed brings the same troubles in the same order.
faults: environment-dev
	@$(BIN)/python -m tests.flows.faults $(ARGS)

audit:
	@$(PYTHON) scripts/audit_packages.py $(ARGS)

bench: environment-bench
	@for script in $(filter-out bench/made.py,$(wildcard bench/*.py)); do echo "== $$script"; $(BIN)/python -P $$script || exit 1; done

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
