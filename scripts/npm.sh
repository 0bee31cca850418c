#!/usr/bin/env bash
# Runs npm of the Node.js that scripts/node.sh finds: scripts/npm.sh ci
set -euo pipefail
node="$(bash "$(dirname "${BASH_SOURCE[0]}")/node.sh")"
cli="$(dirname "$node")/../lib/node_modules/npm/bin/npm-cli.js"
export PATH="$(dirname "$node"):$PATH"
if [ -f "$cli" ]; then exec "$node" "$cli" "$@"; else exec npm "$@"; fi
