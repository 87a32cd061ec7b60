# make explore   sets everything up, loads the registry and the public ledger, opens the explorer
# make test      runs every test, those in a browser included
# make lint      checks style and types
# make lock      renews requirements.lock (needs uv)

PYTHON  ?= python3
VENV    ?= .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
ENGINES := $(VENV)/.engines
ARGS    ?=

.DEFAULT_GOAL := help
.PHONY: help explore test lint lock

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

# The project is installed editable, so the tree stays clean and an edit needs no second installation.
$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ZeLian needs Python 3.11 or newer: make PYTHON=python3.11 …" >&2; exit 1; }
	@echo "正在建立运行环境 $(VENV)（仅首次）… · creating the environment (once) …"
	@$(PYTHON) -m venv $(VENV)
	@echo "正在安装所需的软件包，约一分钟… · installing the packages, about a minute …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "环境就绪 · the environment is ready"
	@touch $@

# Most of a gigabyte that only the tests need: Spark, which reasons beyond one machine, and Nemo, a second judge.
$(ENGINES): tests/engines.lock $(READY)
	@echo "adding the engines that the tests compare with (once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r tests/engines.lock
	@touch $@

explore: $(READY)
	@$(BIN)/zelian explore $(ARGS)

# As many at once as there are cores and one more, since a test in a browser mostly waits. Each takes one file at a
# time: what the tests of a file share is made once. In the order of the files, since the number of tests in a file
# says little of how long they take.
test: $(ENGINES)
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null \
		|| command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { echo "make test needs a Chromium for the browser tests: apt-get install chromium fonts-noto-cjk" >&2; exit 1; }
	@command -v java >/dev/null \
		|| { echo "make test needs Java 17 or 21 for the tests of Spark: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
	@command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 \
		|| { echo "make test needs PostgreSQL for the tests of the record: apt-get install postgresql" >&2; exit 1; }
	@$(BIN)/python -m pytest -n $$(( $$(nproc 2>/dev/null || echo 2) + 1 )) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict reasoner app

# One lock for every platform and every Python from 3.11 on: hashes of all files of a release, no index address.
lock:
	uv pip compile pyproject.toml --extra test --extra owl --extra office --extra postgresql --universal --python-version 3.11 \
		--generate-hashes --upgrade --no-header --output-file requirements.lock
	uv pip compile tests/engines.in --constraints requirements.lock --universal --python-version 3.11 \
		--generate-hashes --upgrade --no-header --output-file tests/engines.lock
