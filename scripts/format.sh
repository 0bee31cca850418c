#!/usr/bin/env bash
# Puts everything into the form that `make lint` wants: scripts/format.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.venv/bin/ruff check --fix --quiet . || true
.venv/bin/ruff format --quiet .
bash scripts/widget.sh --packages
"$(bash scripts/node.sh)" widget/node_modules/prettier/bin/prettier.cjs --write --log-level warn widget/src widget/build.mjs
