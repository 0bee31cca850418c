"""`make lint` and `make content` detect each kind of fault, which is planted in a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("whichpath", "actions", "bench", "testing", "training", "deploy")
BIN = Path(sys.executable).parent


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the sources and the content."""
    folder = tmp_path_factory.mktemp("copy")
    for name in PACKAGES:
        keep = shutil.ignore_patterns("weights", "__pycache__", "kubernetes", "container", "proxy")
        shutil.copytree(ROOT / name, folder / name, ignore=keep)
    for name in ("content", "data"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "domain.yml", "config.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def plant(copy):
    """Adds text to a file of the copy, and removes it on exit."""
    kept: dict[Path, str] = {}

    def put(file: str, old: str, new: str) -> None:
        path = copy / file
        kept.setdefault(path, path.read_text(encoding="utf-8"))
        assert old in kept[path]
        path.write_text(kept[path].replace(old, new, 1), encoding="utf-8")

    yield put
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")


def layers(copy: Path) -> subprocess.CompletedProcess[str]:
    return run(copy, str(BIN / "lint-imports"))


def types(copy: Path, file: str) -> subprocess.CompletedProcess[str]:
    return run(copy, str(BIN / "mypy"), "--cache-dir", str(copy / ".mypy"), file)


def test_the_layers_hold(copy):
    ran = layers(copy)
    assert ran.returncode == 0 and "0 broken" in ran.stdout, ran.stdout


@pytest.mark.parametrize(
    ("file", "planted", "contract"),
    [
        ("whichpath/library/gsm7.py", "import whichpath.channels.choices", "No import runs upward"),
        ("whichpath/store/encryption.py", "import whichpath.server.health", "No import runs upward"),
        ("whichpath/pathway/clock.py", "import whichpath.store.identity", "Law knows no wire"),
        ("whichpath/jobs/senders.py", "import bench.accuracy.cases", "imports no bench"),
    ],
)
def test_an_import_that_runs_upward_is_named(copy, plant, file, planted, contract):
    plant(file, "from __future__ import annotations\n", f"from __future__ import annotations\n{planted}\n")
    ran = layers(copy)
    assert ran.returncode == 1
    broken = [line for line in ran.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), ran.stdout


def test_two_packages_that_import_each_other_are_named(copy, plant):
    for file, planted in (
        ("whichpath/jobs/senders.py", "import whichpath.channels.choices"),
        ("whichpath/channels/choices.py", "import whichpath.jobs.senders"),
    ):
        plant(file, "from __future__ import annotations\n", f"from __future__ import annotations\n{planted}\n")
    ran = layers(copy)
    assert ran.returncode == 1 and "No two packages import each other BROKEN" in ran.stdout, ran.stdout


@pytest.mark.parametrize(
    ("planted", "said"),
    [("SIZE: int = 'many'\n", "assignment"), ("def untyped(x):\n    return x\n", "no-untyped-def")],
)
def test_a_type_error_is_named(copy, plant, planted, said):
    file = "whichpath/library/gsm7.py"
    assert types(copy, file).returncode == 0
    plant(file, "from __future__ import annotations\n", f"from __future__ import annotations\n\n{planted}")
    ran = types(copy, file)
    assert ran.returncode == 1 and f"{file}:" in ran.stdout and said in ran.stdout, ran.stdout


def test_a_fault_in_the_content_is_named(copy, plant):
    file = sorted((copy / "content" / "questions").glob("ask_contact.yml"))[0]
    first = next(
        line
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("- answer:", "answer:"))
    )
    plant("content/questions/ask_contact.yml", first, f"{first.split(':')[0]}: You will probably win.")
    ran = run(copy, sys.executable, "-m", "whichpath.cli", "content")
    assert ran.returncode == 1
    assert "questions/ask_contact.yml, entry " in ran.stdout and "advice or odds: 'probably'" in ran.stdout, ran.stdout


def test_what_expires_soon_is_an_exit_status_of_its_own(copy):
    command = [sys.executable, "-m", "whichpath.cli", "content", "--expiring", "60"]
    assert run(copy, *command, "--today", "2030-01-01").returncode == 3
    calm = run(copy, *command, "--today", "2020-01-01")
    assert calm.returncode == 0 and calm.stdout == "0 to check within 60 days.\n"
