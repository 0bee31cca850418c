#!/usr/bin/env bash
# Resolves requirements/*.in into *.lock with hashes and without any index address: scripts/lock.sh [--upgrade]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV
. scripts/uv.sh
uv="$(need_uv)"
case "$uv" in /*) ;; *) uv="$PWD/$uv" ;; esac
cd requirements
# The others start from base.lock, so that tests run on the very versions that are served.
for kind in base dev encoder; do
    say "Resolving $kind.in"
    [ "$kind" = base ] || cp base.lock .pins.txt
    "$uv" pip compile -q "$@" --python-version 3.10 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --override overrides.txt \
        $([ "$kind" = base ] || printf -- '-c .pins.txt') "$kind.in" -o "$kind.lock"
done
rm -f .pins.txt
say "Resolving tools.in"
"$uv" pip compile -q "$@" --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url tools.in -o tools.lock
