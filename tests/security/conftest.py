"""Running servers with every endpoint enabled, as the target of attacks, and checks after the tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from testing.stack import Stack, stack
from tests.security.raw import MARK


@pytest.fixture(scope="module")
def bot() -> Iterator[Stack]:
    """Both servers. Asserts after the tests of a file that they work, and have logged nothing of what was sent."""
    running = stack()
    yield running
    assert httpx.get(f"{running.url}/health/ready", timeout=20).status_code == 200
    log = running.log()
    assert "Traceback" not in log and MARK not in log, [line for line in log.splitlines() if MARK in line][:3]
    assert "fault:" not in log, [line for line in log.splitlines() if "fault:" in line][:5]


@pytest.fixture(scope="module")
def http(bot: Stack) -> Iterator[httpx.Client]:
    """One connection to the server."""
    with httpx.Client(base_url=bot.url, timeout=60, trust_env=False) as client:
        yield client
