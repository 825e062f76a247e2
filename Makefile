# Rights Hub. Every target does its own set-up; all it needs is Python 3.11 or newer with venv, and git.
#   make install           what a hub needs to run: the command .venv/bin/hub
#   make demo              several hubs and a coalition on this machine; open the addresses it prints
#   make demo ARGS=--check the same story, checked step by step from outside, then an exit status
#   make test              the tests; says which it skipped because Node.js is missing
#   make test-long         the tests that take long: kill -9 again and again, ten thousand records
#   make lint              ruff, mypy, import rules
#   make messages          the catalogues of translations: texts of today, and what is untranslated
#   make simulate ARGS="--seeds 1-50"  many hubs on a virtual clock over a faulty network
#   make bench             speed, beside a straight-line script in the same run
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install setup demo test test-long lint format messages simulate bench clean

help:
	@sed -n '2,10s/^# *//p' Makefile

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Rights Hub needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	@echo "Setting up .venv ..." >&2
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }

# What a hub needs to run.
.venv/.runtime: .venv/pyvenv.cfg pyproject.toml constraints.txt
	@echo "Installing Rights Hub ..." >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

# What developers need besides.
.venv/.dev: .venv/.runtime
	@echo "Installing the tools for tests and checks ..." >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# Other people's software that the tests talk to, each in a place of its own.
.tools/.strangers: tests/strangers/set_up.sh tests/strangers/fedify/package.json tests/strangers/oidc/package.json tests/strangers/pasture.txt
	@bash tests/strangers/set_up.sh
	@touch $@

install: .venv/.runtime

setup: .venv/.dev .tools/.strangers

demo: .venv/.runtime
	@$(BIN)/hub demo $(ARGS)

test: setup
	@$(BIN)/pytest -n auto --dist worksteal -m "not slow" $(ARGS)
	@bash tests/strangers/set_up.sh --missing
	@echo "Not run here: the tests that take long. make test-long runs them." >&2

# The tests in a browser keep a loop of their own running, so they are a process of their own.
test-long: setup
	@$(BIN)/pytest -n auto --dist worksteal --timeout 400 -m "slow and not browser" $(ARGS)
	@$(BIN)/pytest -m browser tests/browser $(ARGS)
	@bash tests/strangers/set_up.sh --missing

lint: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

messages: .venv/.dev
	@$(BIN)/python -m tests.messages $(ARGS)

simulate: .venv/.dev
	@$(BIN)/python -m tests.simulation $(ARGS)

bench: .venv/.dev
	@$(BIN)/python -m tests.benchmarks $(ARGS)

clean:
	rm -rf .venv .tools build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
