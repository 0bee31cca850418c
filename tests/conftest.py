"""What the end-to-end tests and the browser tests share: one running Whichpath for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testing.servers import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A running Whichpath. Who breaks it leaves it whole."""
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
    """Its address."""
    return servers.address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: what uses it is tested on both kinds."""
    from testing import production

    return production.database(request.param, tmp_path)


@pytest.fixture
def engine(database_url: str) -> Iterator[Any]:
    """That database with the tables in it."""
    from whichpath.store.engine import make_engine
    from whichpath.store.migrate import upgrade

    made = make_engine(database_url)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture(params=["alone", "redis"])
def redis_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """An empty Redis, or none: what may use one is tested with both."""
    from testing import production

    if request.param == "alone":
        monkeypatch.delenv("WHICHPATH_REDIS_URL", raising=False)
        return None
    production.redis().ask("FLUSHALL")
    monkeypatch.setenv("WHICHPATH_REDIS_URL", production.redis().url)
    return production.redis().url
