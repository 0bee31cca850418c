#!/usr/bin/env bash
# Builds the widget into widget/dist, or into the folder named: scripts/widget.sh [folder]; only installs its packages: --packages
# What is served is committed, so that `make run` needs no Node.js; this is for whoever changes widget/src.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
node="$(bash scripts/node.sh)"
stamp="widget/node_modules/.lock-$(cksum <widget/package-lock.json | tr ' ' '-')"
if [ ! -f "$stamp" ]; then
    (cd widget && bash ../scripts/npm.sh ci --silent >&2) || { echo "✗ The packages of the widget could not be installed (npm ci in widget/)." >&2; exit 1; }
    touch "$stamp"
fi
[ "${1:-}" = --packages ] && exit 0
"$node" widget/node_modules/typescript/bin/tsc --noEmit -p widget/tsconfig.json
"$node" widget/build.mjs ${1:+"$1"}
