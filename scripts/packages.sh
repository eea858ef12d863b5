#!/bin/sh
# Makes sure of the programs that the tests start: PostgreSQL, Redis, Chromium and node.
set -eu

missing=""

has() {
    command -v "$1" >/dev/null 2>&1
}

# Debian keeps the server's programs out of PATH, in a folder for each version.
if [ -z "${PG_BINDIR:-}" ] && ! has initdb && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    missing="$missing postgresql"
fi
has node || missing="$missing nodejs"
has chromium || has chromium-browser || has google-chrome || missing="$missing chromium"
# Redis is no must: without it the tests start the Valkey that the site itself brings along.
if [ "$(id -u)" = 0 ] && has apt-get && ! has redis-server && ! has valkey-server; then
    missing="$missing redis-server"
fi

[ -n "$missing" ] || exit 0

if ! has apt-get; then
    echo "Overtake: the tests need these programs, please install them:$missing" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Overtake: the tests need more Debian packages; type: sudo apt-get install$missing" >&2
    exit 1
fi

echo "Overtake: installing$missing"
# The tests start servers of their own: no cluster is made, and no service is started.
mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/overtake.conf
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "Overtake: apt-get could not install$missing; the lines above say why" >&2
    exit 1
fi
rm -f "$log"
