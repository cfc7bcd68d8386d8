# `make run` starts everything, `make test` and `make check` are what a change must pass.
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

.PHONY: run test check bench docs lock format

run: $(INSTALLED)
	@exec $(BIN)/casework serve --demo

# What speaks SQL is tested again on the system's own PostgreSQL, where there is one of version 15 or newer.
OLDER := from casework.embedded import system_binaries; print(*map(str, system_binaries()[:1]))
ON_OLDER := tests/test_migrations.py tests/work tests/api/test_concurrency.py tests/api/test_idempotency.py

test: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -n 2 --dist worksteal
	@programs="$$($(BIN)/python -c '$(OLDER)')"; if [ -n "$$programs" ]; then echo "Again on $$programs:"; \
		CASEWORK_TEST_POSTGRES="$$programs" $(BIN)/python -m pytest -n 2 --dist worksteal $(ON_OLDER); fi

check: $(INSTALLED_DEV)
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_migrations.py tests/test_docs.py

bench: $(INSTALLED_DEV)
	$(BIN)/python -m benchmarks

docs: $(INSTALLED_DEV)
	$(BIN)/python docs/make_rules.py

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
