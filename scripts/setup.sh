#!/bin/sh
# Make .venv from the hashed locks: `scripts/setup.sh runtime` for serving, `scripts/setup.sh all` for tests and checks too.
# Each step leaves a stamp naming what it installed, so a second call only compares two check sums.
set -eu
cd "$(dirname "$0")/.."
what=${1:-all}
venv=.venv
case $what in
runtime | all) ;;
*)
    echo "usage: scripts/setup.sh [runtime|all]" >&2
    exit 2
    ;;
esac

usable() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Slotgraph needs Python 3.11 or newer with its venv module, and found none." >&2
    echo "Debian and Ubuntu: apt-get install python3 python3-venv. Elsewhere: name one with PYTHON=/path/to/python3 make setup." >&2
    exit 1
}

stamped() { # stamped NAME FILE...: true when the stamp NAME holds the check sum of the files
    stamp=$venv/.stamp-$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cat "$@" | cksum)" ]
}

stamp() {
    stamp=$venv/.stamp-$1
    shift
    cat "$@" | cksum >"$stamp"
}

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --quiet --quiet "$@"
}

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    python=$(find_python)
    echo "Making $venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

case $what in
runtime)
    if ! stamped runtime requirements.lock; then
        echo "Installing the pinned runtime packages"
        pip install --require-hashes --requirement requirements.lock
        stamp runtime requirements.lock
    fi
    ;;
all)
    if ! stamped all requirements-dev.lock; then
        echo "Installing the pinned packages for running, testing and checking"
        pip install --require-hashes --requirement requirements-dev.lock
        stamp runtime requirements.lock # the development lock holds every runtime pin
        stamp all requirements-dev.lock
    fi
    ;;
esac

if ! stamped project pyproject.toml; then
    # The build backend is in the locks: nothing is asked of an index here.
    pip install --no-index --no-deps --no-build-isolation --editable .
    stamp project pyproject.toml
fi
