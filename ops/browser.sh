#!/usr/bin/env bash
# A Chromium for the browser tests: ops/browser.sh. Debian's package where there is none and we may install it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && exit 0
[ -n "${WHICHPATH_CHROMIUM:-}" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "· Installing Chromium for the browser tests (about a minute)"
    mkdir -p var
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } \
        >var/browser.log 2>&1 && exit 0
fi
# The tests themselves decide: in CI a missing browser fails them, elsewhere they are skipped.
echo "· No Chromium was found and none could be installed: browser tests are skipped (details: var/browser.log)"
