.DEFAULT_GOAL := help
SHELL := /bin/sh

BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# How many test processes at a time; one module stays in one of them, so that it makes its database once.
JOBS ?= 2
PYTEST = $(BIN)/python -m pytest
PARALLEL = -n $(JOBS) --dist loadfile

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: setup
setup: ## make .venv with everything pinned (python3 >= 3.11 is all it needs)
	@scripts/setup.sh all

.PHONY: serve
serve: ## set everything up and serve http://127.0.0.1:8000 on the embedded database with demo data
	@scripts/setup.sh runtime
	@exec $(BIN)/slotgraph serve --demo --host $(HOST) --port $(PORT)

.PHONY: test
test: setup ## run every test: on SQLite, then what touches a database again on PostgreSQL
	@scripts/test.sh $(JOBS)

.PHONY: test-sqlite
test-sqlite: setup ## run every test on SQLite (T="tests/domain -k dst" chooses some)
	DB=sqlite $(PYTEST) $(PARALLEL) $(T)

.PHONY: test-postgres
test-postgres: setup ## run what touches a database on PostgreSQL (T= chooses some)
	DB=postgres $(PYTEST) $(PARALLEL) -m database $(T)

.PHONY: check
check: setup ## what CI runs: format, lint, types, layers, schema, migrations, tests
	@scripts/check.sh $(JOBS)

.PHONY: lint
lint: setup ## the part of `check` that runs no test
	@scripts/check.sh --static

.PHONY: format
format: setup ## format the code and apply safe fixes
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: schema
schema: setup ## write graphql/schema.graphql anew
	@$(BIN)/slotgraph schema export

.PHONY: bench
bench: setup ## measure against a floor in the same run; prints one table
	@$(BIN)/python -m bench $(B)

.PHONY: lock
lock: ## resolve the dependencies anew (needs uv)
	@scripts/lock.sh

.PHONY: clean
clean: ## remove .venv and everything that tools left; data/ stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
