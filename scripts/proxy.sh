#!/usr/bin/env bash
# What `make scale`, `make ops-check` and their tests need: HAProxy, from the distribution: scripts/proxy.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p var
command -v haproxy >/dev/null && exit 0
echo "· Fetching HAProxy"
{ [ "$(id -u)" = 0 ] && command -v apt-get && apt-get update -q &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends haproxy; } >var/proxy.log 2>&1 ||
    # The test fails where there is none: who skips it does not know whether a killed process loses anything.
    echo "✗ No HAProxy was found and none could be installed (details: var/proxy.log). Install the package haproxy." >&2
