#!/bin/sh
# Write requirements.lock (what a server needs, and the build backend) and requirements-dev.lock (everything) anew.
# Both hold the hashes of every published file, so that they serve all platforms and Pythons from 3.11; neither names an index.
set -eu
cd "$(dirname "$0")/.."

compile() {
    uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

compile --group build --output-file requirements.lock
compile --group dev --constraints requirements.lock --output-file requirements-dev.lock
