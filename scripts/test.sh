#!/usr/bin/env bash
# All tests. Those that need no model run while it is trained; the others in two processes, a file at a time, because
# most of them wait for servers. Arguments go to pytest ("-k name"): then nothing is split.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=.venv/bin/python
no_model=(tests/pathway tests/content tests/nlu)

if [ $# -gt 0 ]; then
    "$python" -m whichpath.cli train --if-needed
    exec "$python" -m pytest tests "$@"
fi

"$python" -m whichpath.cli train --if-needed &
training=$!
trap 'kill "$training" 2>/dev/null || true' EXIT
failed=0
"$python" -m pytest "${no_model[@]}" || failed=1
wait "$training"
trap - EXIT
"$python" -m pytest tests "${no_model[@]/#/--ignore=}" --numprocesses 2 --dist loadfile || failed=1
[ "$failed" = 0 ] || echo "✗ Some tests failed: both parts say which." >&2
exit "$failed"
