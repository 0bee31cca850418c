#!/usr/bin/env bash
# Makes .venv from the locked requirements: scripts/setup.sh [base|dev|encoder]
#   base     what the two servers need at run time        (make run, make train)
#   dev      that, and what checks and measurements need  (make lint, make content, make test, make bench, make evaluate)
#   encoder  base, and what tunes the sentence encoder    (make encoder)
# Prints a line per step; nothing where there is nothing to do. Installs nothing outside this folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Without bytecode every start would compile TensorFlow and Rasa anew (about 10 s).
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV

kind="${1:-base}"
lock="requirements/$kind.lock"
[ -f "$lock" ] || { echo "scripts/setup.sh: no such set of requirements: $kind" >&2; exit 2; }

. scripts/uv.sh
digest() { cksum <"$1" | tr ' ' '-'; }
stamp() { printf '.venv/.%s-%s' "$1" "$(digest "requirements/$1.lock")"; }

done_already() {
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && [ -f "$(stamp "$kind")" ]
}
done_already && exit 0

# Two set-ups in one clone (say `make run` beside `make test`) wait for each other.
mkdir -p var
if command -v flock >/dev/null; then
    exec 9>var/.setup.lock
    flock 9
    done_already && exit 0
fi

is_310() { [ -x "$1" ] && [ "$("$1" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null)" = "3 10" ]; }

find_python() {
    local place
    place="$(command -v python3.10 || true)"
    if [ -n "$place" ] && is_310 "$place"; then echo "$place"; return; fi
    for place in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python; do
        if is_310 "$place"; then echo "$place"; return; fi
    done
    place="$("$uv" python find -q 3.10 2>/dev/null || true)"
    if [ -n "$place" ] && is_310 "$place"; then echo "$place"; return; fi
    "$uv" python install -q 3.10 >>var/setup.log 2>&1 || return 1
    place="$("$uv" python find -q 3.10 2>/dev/null || true)"
    is_310 "$place" && echo "$place"
}

uv="$(need_uv)"

if ! { [ -x .venv/bin/python ] && is_310 .venv/bin/python; }; then
    python="$(find_python)" ||
        fail "Python 3.10 was found neither on PATH, nor with pyenv, nor with uv, and could not be fetched: install Python 3.10 and try again."
    say "Making .venv with Python 3.10 ($python)"
    "$uv" venv -q --clear --python "$python" .venv || fail "The virtual environment .venv could not be made (see above)."
fi

say "Installing $(grep -c '==' "$lock") packages from $lock (one to three minutes the first time)"
"$uv" pip install -q --python .venv/bin/python --require-hashes --no-deps --compile-bytecode -r "$lock" ||
    fail "The packages in $lock could not be installed (see above). Is the network reachable, and is there 3 GB of free disk?"

rm -f .venv/.base-* ".venv/.$kind-"*
touch "$(stamp base)"           # the other locks hold everything that base.lock does
[ "$kind" = base ] || touch "$(stamp "$kind")"
