#!/bin/sh
# Writes constraints.txt anew: the newest versions that pyproject.toml allows, all at once.
set -eu
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
.venv/bin/python -m venv "$fresh"
"$fresh/bin/pip" install --quiet --disable-pip-version-check -e ".[test,bench]"
{
    sed -n '/^#/p' constraints.txt
    # Without local version labels: torch==2.13.0 accepts the CPU build, 2.13.0+cpu, as well.
    "$fresh/bin/pip" freeze --exclude-editable | sed 's/+[a-z0-9.]*$//'
} >"$fresh/constraints.txt"
cat "$fresh/constraints.txt" >constraints.txt
echo "constraints.txt is new; run make test before you commit it"
