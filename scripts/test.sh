#!/bin/sh
# Both runs happen even when the first fails; Tortoise keeps the dialects apart only in processes of their own.
set -u
cd "$(dirname "$0")/.."
jobs=${1:-2}
failed=0

echo "== tests on SQLite"
DB=sqlite .venv/bin/python -m pytest -n "$jobs" --dist loadfile || failed=1
echo "== tests on PostgreSQL"
DB=postgres .venv/bin/python -m pytest -n "$jobs" --dist loadfile -m database || failed=1
exit $failed
