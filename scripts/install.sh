#!/bin/sh
# Sets .venv up from the pinned versions; "install.sh test" adds what the tests need.
# PYTHON=... chooses the Python that .venv is made from.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "Overtake: $1" >&2
    exit 1
}

python_at_least_3_11() {
    found=""
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        # A shim of a version manager may be there and still not run: ask it.
        version=$("$name" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            python=$name
            return
        fi
        found="$found, found $name $version"
    done
    fail "needs Python 3.11 or newer${found:-, found none}; install it (Debian 12 or Ubuntu 24.04: apt install python3 python3-venv) or type: make install PYTHON=/path/to/python3"
}

has_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

need_venv() {
    has_venv && return
    # Debian packs venv apart from Python.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Overtake: installing python3-venv"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq -y --no-install-recommends python3-venv >/dev/null || true
    fi
    has_venv || fail "$python $version has no venv module; type: apt install python3-venv"
}

{ mkdir -p .venv && : >.venv/.writable; } 2>/dev/null ||
    fail "cannot write to $PWD; move the folder to a place that you may write to"
rm .venv/.writable

if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python_at_least_3_11
    need_venv
    echo "Overtake: making .venv with $python $version"
    "$python" -m venv --clear .venv || fail "$python -m venv failed; the lines above say why"
fi

quiet=--quiet
[ ! -t 1 ] || quiet=""
echo "Overtake: installing into .venv (about a minute; 1.4 GB)"
.venv/bin/python -m pip install $quiet --disable-pip-version-check --no-compile -c constraints.txt -e ".${1:+[$1]}" ||
    fail "pip could not install the packages; the lines above say why. Then type again: make install"

# What pip would do for half a minute is done on another core meanwhile. It is no more than a head
# start, and some packages bring files that are no Python of today.
.venv/bin/python -m compileall -qq .venv/lib >/dev/null 2>&1 &
bytes=$!
echo "Overtake: compiling the simulator and the trainer (a minute, once)"
.venv/bin/python -m simulator warm || fail "the simulator could not be compiled; the lines above say why"
.venv/bin/python -m grader.compiled.warm || fail "the trainer could not be compiled; the lines above say why"
wait $bytes || true
