"""Fixtures shared by the end-to-end and browser tests: one pair of running servers for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testing.servers import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The running servers. A test that damages them must repair them."""
    running = Servers(
        tmp_path_factory.mktemp("server"), WHICHPATH_ORIGINS="https://www.friend.example http://www.friend.example"
    )
    try:
        running.start()
        yield running
    except RuntimeError as fault:
        pytest.fail(str(fault))
    finally:
        running.stop()


@pytest.fixture(scope="session")
def address(servers: Servers) -> str:
    """The address of the running servers."""
    return servers.address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; runs the test on both kinds."""
    from testing import production

    return production.database(request.param, tmp_path)


@pytest.fixture
def engine(database_url: str) -> Iterator[Any]:
    """The address of the same database with its tables."""
    from whichpath.store.engine import make_engine
    from whichpath.store.migrate import upgrade

    made = make_engine(database_url)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture(params=["alone", "redis"])
def redis_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """An empty Redis, or none; runs the test with both."""
    from testing import production

    if request.param == "alone":
        monkeypatch.delenv("WHICHPATH_REDIS_URL", raising=False)
        return None
    production.redis().ask("FLUSHALL")
    monkeypatch.setenv("WHICHPATH_REDIS_URL", production.redis().url)
    return production.redis().url
