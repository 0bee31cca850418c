"""scripts/setup.sh on machines without some tools. uv and Python are doubles that record their calls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Commands that the script may use besides those of a test.
TOOLS = ("bash", "cksum", "tr", "grep", "mkdir", "rm", "touch", "cat", "chmod", "dirname", "env", "flock", "cp")

UV = """#!/bin/bash
echo "$@" >> "$CALLS"
case "$1 $2" in
    "venv "*) for target; do :; done; mkdir -p "$target/bin"; cp "$PYTHON310" "$target/bin/python" ;;
    "python find") [ -n "$UV_PYTHON" ] && echo "$UV_PYTHON" ;;
    "python install") exit 1 ;;
    "pip install") exit "${UV_FAILS:-0}" ;;
esac
"""
PYTHON = """#!/bin/bash
[ "$1" = -c ] || exit 1
[ -z "$2" ] || echo "{version}"
"""


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class Machine:
    """A clone of the project on a machine with only :data:`TOOLS`."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin, self.calls = folder / "clone", folder / "bin", folder / "calls"
        self.home = folder / "home"
        for place in (self.clone / "scripts", self.clone / "requirements", self.bin, self.home):
            place.mkdir(parents=True)
        for name in ("setup.sh", "uv.sh"):
            shutil.copy(ROOT / "scripts" / name, self.clone / "scripts")
        for kind in ("base", "dev"):
            (self.clone / "requirements" / f"{kind}.lock").write_text(f"a==1 \\\n    --hash=sha256:{kind}\nb==2\n")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self.bin / tool).symlink_to(found)
        self.calls.write_text("")
        self.python310 = script(folder / "python310", PYTHON.format(version="3 10"))

    def put_uv(self) -> None:
        script(self.bin / "uv", UV)

    def put_python310(self) -> None:
        script(self.bin / "python3.10", PYTHON.format(version="3 10"))

    def setup(self, kind: str = "base", **environment: str) -> subprocess.CompletedProcess[str]:
        given = {
            "PATH": str(self.bin),
            "HOME": str(self.home),
            "CALLS": str(self.calls),
            "PYTHON310": str(self.python310),
        }
        return subprocess.run(
            ["bash", "scripts/setup.sh", kind],
            cwd=self.clone,
            env={**given, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def installs(self) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if line.startswith("pip install")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_installs_from_the_lock_with_hashes_and_then_never_again(machine):
    machine.put_uv()
    machine.put_python310()
    first = machine.setup()
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1].startswith("· Installing 2 packages from requirements/base.lock")
    assert len(machine.installs) == 1
    for option in ("--require-hashes", "--no-deps", "--compile-bytecode", "requirements/base.lock"):
        assert option in machine.installs[0]
    second = machine.setup()
    assert (second.returncode, second.stdout, len(machine.installs)) == (0, "", 1)


def test_dev_holds_base_but_not_the_other_way_round(machine):
    machine.put_uv()
    machine.put_python310()
    machine.setup("base")
    machine.setup("dev")
    machine.setup("base")
    assert [line.split()[-1] for line in machine.installs] == ["requirements/base.lock", "requirements/dev.lock"]


def test_a_changed_lock_is_installed(machine):
    machine.put_uv()
    machine.put_python310()
    machine.setup()
    (machine.clone / "requirements" / "base.lock").write_text("a==3\n")
    machine.setup()
    assert len(machine.installs) == 2


def test_a_broken_environment_is_made_anew(machine):
    machine.put_uv()
    machine.put_python310()
    machine.setup()
    script(machine.clone / ".venv" / "bin" / "python", PYTHON.format(version="3 12"))
    (next((machine.clone / ".venv").glob(".base-*"))).unlink()
    assert "Making .venv" in machine.setup().stdout


def test_an_install_that_fails_is_one_clear_line_and_is_tried_again(machine):
    machine.put_uv()
    machine.put_python310()
    failed = machine.setup(UV_FAILS="2")
    assert failed.returncode == 1
    assert [line for line in failed.stderr.splitlines() if line.startswith("✗")] == [failed.stderr.strip()]
    assert "could not be installed" in failed.stderr
    assert machine.setup().returncode == 0 and len(machine.installs) == 2


def test_python_from_pyenv(machine):
    machine.put_uv()
    # A shim on PATH without Python 3.10 is skipped.
    script(machine.bin / "python3.10", "#!/bin/bash\necho 'pyenv: version not set' >&2; exit 127\n")
    place = script(machine.home / ".pyenv/versions/3.10.13/bin/python", PYTHON.format(version="3 10"))
    told = machine.setup()
    assert told.returncode == 0 and str(place) in told.stdout


def test_python_from_uv(machine):
    machine.put_uv()
    assert str(machine.python310) in machine.setup(UV_PYTHON=str(machine.python310)).stdout


def test_no_python_is_one_clear_sentence(machine):
    machine.put_uv()
    told = machine.setup()
    assert told.returncode == 1 and told.stdout == ""
    assert told.stderr.startswith("✗ Python 3.10 was found neither") and told.stderr.count("\n") == 1
    assert "python install -q 3.10" in machine.calls.read_text()


def test_no_uv_and_no_way_to_get_it_is_one_clear_sentence(machine):
    told = machine.setup()
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("✗ uv is missing")


@pytest.mark.parametrize("with_venv", [True, False])
def test_uv_is_installed_into_the_clone(machine, with_venv):
    # A python3 with or (as on Debian) without a working venv; pip --target is the fallback.
    script(
        machine.bin / "python3",
        f"""#!/bin/bash
echo "python3 $*" >> "$CALLS"
make() {{ mkdir -p "$1"; cp "{machine.clone.parent}/uv" "$1/uv"; }}
case "$*" in
    "-m venv .uv") {"mkdir -p .uv/bin; cp $0 .uv/bin/python" if with_venv else "exit 1"} ;;
    "-m pip install -q uv") make .uv/bin ;;
    "-m pip install -q --target .uv/lib uv") make .uv/lib/bin ;;
esac
""",
    )
    script(machine.clone.parent / "uv", UV)
    machine.put_python310()
    told = machine.setup()
    assert told.returncode == 0, told.stderr + machine.calls.read_text()
    assert "Installing uv into .uv/" in told.stderr + told.stdout
    assert len(machine.installs) == 1


def test_an_unknown_set_is_refused(machine):
    assert machine.setup("prod").returncode == 2


def test_no_file_names_a_registry():
    words = ("py" + "pi.org", "python" + "hosted", "npm" + "js.org", "--index" + "-url http", "--extra-index" + "-url")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in (".png", ".woff2") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in words if word in text], name


def test_make_help_lists_every_command():
    told = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "MAKEFLAGS": ""}
    )
    for command in ("run", "test", "train", "evaluate", "bench", "content", "facts", "lock"):
        assert f"make {command}" in told.stdout


def test_the_tests_run_on_the_python_that_is_served():
    assert sys.version_info[:2] == (3, 10)
