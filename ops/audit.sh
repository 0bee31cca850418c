#!/usr/bin/env bash
# Known weaknesses of what we install, in Python and in the widget's build: ops/audit.sh
# Ends with 1 for a finding that ops/audit-accepted.yml does not accept. Where a service cannot be asked, it says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
. ops/uv.sh
stamp=".cache/audit/.$(cksum <requirements/audit.lock | tr ' ' '-')"
if [ ! -f "$stamp" ]; then
    say "Installing the audit into .cache/audit/"
    uv="$(need_uv)"
    "$uv" venv -q --clear --python .venv/bin/python .cache/audit &&
        "$uv" pip install -q --python .cache/audit/bin/python --require-hashes --no-deps -r requirements/audit.lock ||
        fail "pip-audit could not be installed (see above). Is the network reachable?"
    touch "$stamp"
fi
[ "${1:-}" = --install ] || exec .venv/bin/python -m ops.audit "$@"
