# Each target does all its own set-up from a bare python3 (3.11 to 3.14) with pip; nothing else need be installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
AUDIT := $(VENV)-audit
QUIET_PIP := --quiet --disable-pip-version-check
# Two processes. Each takes whole files, because the tests of a file share what it starts. Files keep their order: sorted
# by number of tests, the slowest files, which have few, would come last and leave one process idle.
# One process: make test PYTEST=    All recorded pages instead of samples, many minutes more: FIVEGWATCH_CAMPAIGN=all
PYTEST := --numprocesses 2 --dist loadfile --no-loadscope-reorder
QUICK := not slow and not prefect and not shared
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# With it every program that a test starts would compile all our modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo check test lint types unit browser fuzz audit bench docs lock clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */make \1\t/' | expand -t 13

$(STAMP): pyproject.toml constraints.txt hatch_build.py $(wildcard extractors/native/*.[ch])
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 14) else "fivegwatch needs Python 3.11 to 3.14; say which with: make PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(QUIET_PIP) --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install $(QUIET_PIP) --constraint constraints.txt --editable . --group dev
	@touch $(STAMP)

demo: $(STAMP)  ## the whole pipeline on a bundled newsroom, offline, in a minute
	@$(BIN)/fivegwatch demo

check: lint types  ## before each commit: lint, types and the quick tests, in about a minute
	$(BIN)/python -m pytest $(PYTEST) -m "$(QUICK)"

test: lint types unit  ## before a merge: lint, types and all tests

lint: $(STAMP)  ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)  ## static types
	$(BIN)/mypy

unit: $(STAMP)  ## all tests
	$(BIN)/python -m pytest $(PYTEST)

browser:  ## Chromium for the browser tests, where apt can install it; they are skipped without
	@command -v chromium chromium-browser google-chrome >/dev/null \
	  || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && DEBIAN_FRONTEND=noninteractive timeout 600 sh -c 'apt-get update -qq && apt-get install -y -qq chromium >/dev/null'; } \
	  || echo "No Chromium, and apt cannot install one here: browser tests will be skipped."

fuzz: $(STAMP)  ## our readers of foreign bytes, fed with damaged documents for a minute
	$(BIN)/python -m benchmarks.fuzz --seconds 60

audit:  ## the pinned dependencies compared with known weaknesses; needs the network, says NOT CHECKED and fails without
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip install $(QUIET_PIP) 'pip-audit>=2.10,<3'; }
	@.ci/audit $(AUDIT)/bin/pip-audit constraints.txt

bench: $(STAMP)  ## the benchmarks: each command and what it shows
	@$(BIN)/python -m benchmarks

docs: $(STAMP)  ## write the reference pages of docs/ from the code
	$(BIN)/python -m docs.generate

lock:  ## write uv.lock and constraints.txt after a change of dependencies; needs uv
	uv lock
	uv export --quiet --all-groups --no-emit-project --no-hashes --no-annotate --no-header --output-file constraints.txt

clean:  ## remove the environment and the caches, never any data
	rm -rf $(VENV) $(AUDIT) .mypy_cache .ruff_cache .pytest_cache .hypothesis
