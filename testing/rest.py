"""A client of the REST channel, with the token for REST that is open to other machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx

from testing.servers import Servers

TOKEN = "only-for-tests-and-measuring"  # noqa: S105 - only for servers that are started here
ENVIRONMENT = {"WHICHPATH_REST": "open", "WHICHPATH_REST_TOKEN": TOKEN}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def say(base: str, sender: str, text: str) -> list[dict[str, Any]]:
    """Sends ``text``; returns the messages of the answer.

    Raises:
        httpx.HTTPError: there was no response, or an error.
    """
    answer = httpx.post(f"{base}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=60)
    answer.raise_for_status()
    return list(answer.json())


@contextmanager
def serving(base: str | None) -> Iterator[str]:
    """Yields ``base``, or the address of new servers without rate limits."""
    if base:
        yield base
        return
    servers = Servers(Path(mkdtemp(prefix="bench-")), WHICHPATH_RATE="10000")
    servers.start()
    try:
        yield servers.address
    finally:
        servers.stop()
