# Sets everything up in .venv and runs; needs only make and Python 3.11 or newer.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Compiled once, whatever the environment says, and where every process finds it: tests start many, with few variables.
quick quick-coverage test test-long coverage: export PYTHONDONTWRITEBYTECODE =

.PHONY: help playground quick quick-coverage test test-long coverage lint bench clean

help:  ## print these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

playground: .venv/run.stamp  ## talk to the real bot in a local Slack workspace
	@$(BIN)/chathakase playground $(PLAYGROUND)

QUICK = tests.parallel -q -m quick --hypothesis-profile tenth $(PYTEST)
# Percent of the lines of the bot that the quick tests run.
FLOOR = 72

quick: .venv/test.stamp  ## run the tests that open no socket and start no process, with a tenth of many examples
	@$(BIN)/python -m $(QUICK)

quick-coverage: .venv/test.stamp  ## the same, and fail where they run too little of the bot
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m $(QUICK)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --include='chathakase/*' --format=total --fail-under=$(FLOOR)

test: .venv/test.stamp  ## run the tests
	@$(BIN)/python -m pytest -n 6 --dist worksteal -m 'not long' $(PYTEST)

test-long: .venv/test.stamp  ## run the tests that take longer: crashes at every point, the page in Chromium
	@$(BIN)/python -m pytest -n 4 --dist worksteal -m long $(PYTEST)

coverage: .venv/test.stamp  ## run all tests and tell which lines none of them runs; fails below the floor
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n 4 --dist worksteal $(PYTEST)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

lint: .venv/lint.stamp  ## style, types and the import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: .venv/bench.stamp  ## measure the bot beside a plain Bolt bot
	@$(BIN)/python -m benchmarks

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (on Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/python.stamp pyproject.toml
	@echo "Setting up .venv (once)..."
	@$(INSTALL) -e '.[files]'
	@touch $@

# Groups of dependencies are read by pip from 25.1 on, which few machines come with.
.venv/%.stamp: .venv/run.stamp
	@$(INSTALL) 'pip>=25.1'
	@$(INSTALL) --no-compile --group $*
	@touch $@

clean:  ## remove what was set up
	rm -rf .venv
