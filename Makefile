# `make run` starts everything, `make test` and `make check` are what a change must pass; `make help`.
# Needs Python 3.11 or newer: `make run PYTHON=/path/to/python3.12` chooses another one.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The scripts of a virtual environment name its path, so a checkout that was moved or copied installs anew:
# the stamps carry a checksum of the path.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
INSTALLED := .venv/installed-$(HERE)
INSTALLED_DEV := .venv/installed-dev-$(HERE)
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes

.DEFAULT_GOAL := run
.PHONY: help run test test-fast check nightly bench wheel docs screenshots lock format

help: # What each target does, and how long it takes on two processors once the requirements are installed.
	@echo "make run     the whole service with an invented office on http://127.0.0.1:8000; ready in 20 s"
	@echo "             (the first time a minute more, to install); PORT=8001 make run takes another port"
	@echo "make test    all tests, on a real PostgreSQL and in a real browser; a quarter of an hour and more"
	@echo "make test-fast  what needs no database: rules, forms and programmes; about a minute"
	@echo "make check   formatter, linter, types, import contracts, documentation; about 1 min"
	@echo "make nightly 100,000 made-up requests, and every encoded rule is mutated; an hour"
	@echo "make bench   the service under load beside what it could be at best, docs/performance.md; wants a quiet"
	@echo "             machine: with 100,000 and 1,000,000 cases some five hours, four of them to load;"
	@echo "             with CASES=3000 LARGER=9000 an hour; CASES=100 LARGER=200 BENCH='--rounds 1 --seconds 1"
	@echo "             --writes 4 --due 1100 --others 2000 --requests 200' tries it out in some minutes"
	@echo "make wheel   dist/casework-*.whl, which can be installed without this folder; 10 s"
	@echo "make docs    docs/rules.md from the registers of rules, and the picture in docs/architecture.md; 5 s"
	@echo "make screenshots  the pictures of docs/pages from the demonstration, with Chromium; 1 min"
	@echo "make format  formats the code; 1 s"
	@echo "make lock    newest versions of the requirements, with hashes; 1 min, needs the network"

run: $(INSTALLED)
	@exec $(BIN)/casework serve --demo

# What speaks SQL is tested again on the system's own PostgreSQL, where there is one of version 15 or newer.
OLDER := from casework.embedded import system_binaries; print(*map(str, system_binaries()[:1]))
# The demonstration is made of what the others test.
ON_OLDER := tests/test_migrations.py tests/work --ignore-glob=tests/work/test_demo* tests/api/test_concurrency.py tests/api/test_idempotency.py

# What is made up for the tests is the same in every run: Hypothesis goes through sets in the order of their hashes.
test nightly: export PYTHONHASHSEED := 0

# The pages are looked at in Debian's Chromium, with a font for Chinese.
BROWSER := command -v chromium chromium-browser google-chrome >/dev/null || [ -n "$$CASEWORK_CHROMIUM" ]
NO_BROWSER := No Chromium: install it with  sudo apt-get install chromium fonts-noto-cjk  or name one in CASEWORK_CHROMIUM.

test: $(INSTALLED_DEV)
	@$(BROWSER) || { if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null || true; fi; }
	$(BIN)/python -m pytest -n 2 --dist worksteal
	@programs="$$($(BIN)/python -c '$(OLDER)')"; if [ -n "$$programs" ]; then echo "Again on $$programs:"; \
		CASEWORK_TEST_POSTGRES="$$programs" $(BIN)/python -m pytest -n 2 --dist worksteal $(ON_OLDER); fi
	@$(BROWSER) || echo "$(NO_BROWSER)"

# What is pure, but for the random walks.
test-fast: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal tests/rules tests/forms tests/workflows \
		--ignore tests/workflows/test_walks.py

check: $(INSTALLED_DEV)
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_migrations.py tests/test_docs.py

# What takes longer than a change should wait for: what breaks around the service, a hundred thousand made-up requests,
# and every encoded rule is changed a little, which its tests must notice.
nightly: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -q -m nightly
	CASEWORK_GENERATED_REQUESTS=100000 $(BIN)/python -m pytest -q -n 2 tests/api/test_generated_requests.py
	$(BIN)/python -m tests.mutation --least 95

CASES ?= 100000
LARGER ?= $(CASES)0

# Debian's wrk makes the load where it can be had, else a client of our own, which takes more of the processors.
bench: $(INSTALLED_DEV)
	@command -v wrk >/dev/null || { if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq wrk || true; \
		else echo "wrk is not installed (sudo apt-get install wrk); a client of our own makes the load." >&2; fi; }
	$(BIN)/python -m benchmarks --cases $(CASES) --larger $(LARGER) $(BENCH)

wheel: $(INSTALLED)
	$(BIN)/python -m pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir dist .

docs: $(INSTALLED_DEV)
	$(BIN)/python docs/make_rules.py
	$(BIN)/python docs/make_architecture.py

# The pictures of docs/pages, from the demonstration on its fixed day; half a minute, with Chromium.
screenshots: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -q tests/web/screenshots.py

format: $(INSTALLED_DEV)
	$(BIN)/python -m ruff check --fix-only
	$(BIN)/python -m ruff format

# Newest versions that the two .in files allow, for every platform, with the hash of every file. uv itself lives
# apart from .venv, since only this target needs it.
lock:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/python -m pip install --quiet --upgrade uv
	for name in requirements requirements-dev; do \
		.venv/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-header $$name.in --output-file $$name.txt || exit 1; \
	done

$(INSTALLED): requirements.txt pyproject.toml | $(BIN)/python
	@$(INSTALL) -r requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@$(INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@

# Debian ships venv as a package of its own: root gets it installed, others are told the command.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "casework needs Python 3.11 or newer; $(PYTHON) is not. Name one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
		else echo "casework needs the venv module of Python: sudo apt-get install python3-venv" >&2; exit 1; fi; }
	@echo "Installing into .venv; the first time takes about a minute."
	@$(PYTHON) -m venv .venv
