"""``GET /version`` returns the versions of program and model, and nothing else."""

from __future__ import annotations

import re

import httpx
import pytest
import tomli
from sanic import Sanic

from testing.ports import free_port
from whichpath.server import version as module
from whichpath.server.version import VersionInput, version
from whichpath.settings import ROOT


@pytest.fixture(autouse=True)
def _anew():
    version.cache_clear()
    yield
    version.cache_clear()


def test_the_version_is_that_of_the_project():
    told = version()
    assert told["version"] == tomli.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.fullmatch(r"\d{8}-\d{6}-[a-z-]+|none", told["model"]), told
    head = (ROOT / "CHANGELOG.md").read_text().split("\n## ", 2)[1].splitlines()[0]
    assert told["version"] in head or "unreleased" in head.lower(), "the changelog speaks of it"


def test_without_a_model_it_says_so(monkeypatch):
    monkeypatch.setattr(module, "newest_model", lambda: None)
    assert version()["model"] == "none"


async def test_the_address_answers_with_both_and_nothing_else():
    Sanic.test_mode = True
    app, port, channel = Sanic("version_alone"), free_port(), VersionInput()
    app.blueprint(channel.blueprint(None), url_prefix=channel.url_prefix())
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            answer = await http.get("/version")
            refused = await http.post("/version", json={})
    finally:
        server.close()
    assert answer.status_code == 200 and answer.json() == version()
    assert refused.status_code == 405 and "server" not in answer.headers
