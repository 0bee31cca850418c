# Finds uv, or installs it into .uv/. Sourced by setup.sh and lock.sh in the project's folder.

# uv brings its own list of certificate authorities; a network with an authority of its own is only in the system's.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" UV_NO_PROGRESS=1

say() { printf '%s\n' "· $*"; }
fail() { printf '%s\n' "✗ $*" >&2; exit 1; }

find_uv() {
    if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then command -v uv; return; fi
    for place in .uv/bin/uv .uv/lib/bin/uv; do
        if [ -x "$place" ] && "$place" --version >/dev/null 2>&1; then echo "$place"; return; fi
    done
    return 1
}

install_uv() {
    command -v python3 >/dev/null || return 1
    rm -rf .uv
    # Debian splits venv from Python; pip alone is enough then.
    { python3 -m venv .uv && .uv/bin/python -m pip install -q uv; } >var/setup.log 2>&1 ||
        { rm -rf .uv && python3 -m pip install -q --target .uv/lib uv; } >>var/setup.log 2>&1
}

# Prints the path of uv; ends with one clear line where there is none and none can be had.
need_uv() {
    find_uv && return
    say "Installing uv into .uv/" >&2
    mkdir -p var
    install_uv && find_uv ||
        fail "uv is missing and could not be installed: install uv, or python3 with pip, and try again (details: var/setup.log)."
}
