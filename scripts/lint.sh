#!/usr/bin/env bash
# Style, types and layers: scripts/lint.sh [--python]. Runs every check, names those that fail. --python leaves the widget out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=.venv/bin
failed=()
check() { # name, command
    local name="$1" out
    shift
    if out="$("$@" 2>&1)"; then printf '✓ %s\n' "$name"; else printf '%s\n✗ %s\n' "$out" "$name"; failed+=("$name"); fi
}

check "ruff check" $bin/ruff check --quiet --output-format concise .
check "ruff format" $bin/ruff format --check --quiet .
check "mypy" $bin/mypy
check "import-linter" $bin/lint-imports
if [ "${1:-}" != --python ]; then
    bash scripts/widget.sh --packages
    node="$(bash scripts/node.sh)"
    check "prettier" "$node" widget/node_modules/prettier/bin/prettier.cjs --check --log-level warn widget/src widget/build.mjs
    check "tsc" "$node" widget/node_modules/typescript/bin/tsc --noEmit -p widget/tsconfig.json
fi
[ ${#failed[@]} = 0 ] || { printf '✗ %s\n' "$(IFS=,; echo "${failed[*]}")" >&2; exit 1; }
