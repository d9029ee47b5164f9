#!/bin/sh
# Every step runs and prints; the exit status says whether all were good. `--static` leaves the tests out.
set -u
cd "$(dirname "$0")/.."
failed=""

step() { # step NAME COMMAND...
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name;"
}

step "format" .venv/bin/ruff format --check .
step "ruff" .venv/bin/ruff check .
step "mypy" .venv/bin/mypy
step "layers" .venv/bin/lint-imports --no-logo
step "schema" .venv/bin/slotgraph schema export --check
step "migrations" .venv/bin/python -m tests.parts.with_parts .venv/bin/python -m app.db.migrate check
[ -z "$failed" ] || echo "So far failed:$failed"
[ "${1:-}" = "--static" ] || step "tests" scripts/test.sh "${1:-2}"

if [ -n "$failed" ]; then
    echo "Failed:$failed"
    exit 1
fi
