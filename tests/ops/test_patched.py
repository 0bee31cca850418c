"""Every patch of Rasa and Sanic refuses other versions than the one it was written for."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from sanic import Sanic

from whichpath import patched
from whichpath.channels.guards import heads, turn
from whichpath.server import connectors, lean, quick

INSTALLS = {
    "turn": turn.install,
    "heads": lambda: heads.install(Sanic("patched")),
    "connectors": connectors.install,
    "quick": quick.install,
    "lean": lambda: lean.install(Path("none.tar.gz")),
}


@pytest.fixture
def another_version(monkeypatch):
    patched.written_for.cache_clear()
    monkeypatch.setattr(metadata, "version", lambda _name: "99.1.0")
    yield
    patched.written_for.cache_clear()


@pytest.mark.parametrize("name", INSTALLS)
def test_another_version_is_refused(name, another_version):
    with pytest.raises(RuntimeError, match=r"99\.1\.0 is installed"):
        INSTALLS[name]()


@pytest.mark.parametrize("package", patched.WRITTEN_FOR)
def test_the_locked_version_is_taken(package):
    patched.written_for.cache_clear()
    patched.written_for(package)
