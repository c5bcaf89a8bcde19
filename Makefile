# Each target does all its own set-up from a bare python3 (3.11 to 3.14) with pip; nothing else need be installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
QUIET_PIP := --quiet --disable-pip-version-check
# Two processes, each taking files whole, for what a file starts its tests share; in their own order, for by number of
# tests the longest, which have few, would come last and one process would wait. In one: make test PYTEST=
# FIVEGWATCH_CAMPAIGN=all has the tests take all recorded pages instead of samples, for many minutes more.
PYTEST := --numprocesses 2 --dist loadfile --no-loadscope-reorder
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: demo docs test lint types unit lock clean help

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(STAMP): pyproject.toml constraints.txt hatch_build.py $(wildcard extractors/native/*.[ch])
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 14) else "fivegwatch needs Python 3.11 to 3.14; say which with: make PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(QUIET_PIP) --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install $(QUIET_PIP) --constraint constraints.txt --editable . --group dev
	@touch $(STAMP)

demo: $(STAMP)  ## the whole pipeline on a bundled loopback newsroom, offline
	@$(BIN)/fivegwatch demo

test: lint types unit  ## lint, types, tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

unit: $(STAMP)
	$(BIN)/python -m pytest $(PYTEST)

docs: $(STAMP)  ## write the reference pages of docs/ from the code
	$(BIN)/python -m docs.generate

lock:  ## after a change of dependencies; needs uv
	uv lock
	uv export --quiet --all-groups --no-emit-project --no-hashes --no-annotate --no-header --output-file constraints.txt

clean:  ## remove the environment and caches, never any data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
