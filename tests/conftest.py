"""What the end-to-end tests and the browser tests share: one running Whichpath for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A running Whichpath. Who breaks it leaves it whole."""
    running = Servers(tmp_path_factory.mktemp("server"), WHICHPATH_ORIGINS="https://www.friend.example")
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
