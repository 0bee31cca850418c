"""Rate limits use the real address of a client, whatever its headers claim."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from testing import production
from testing.proxy import Proxy
from tests.channels.conftest import Bot, serve, tiny_model  # noqa: F401
from tests.channels.doubles import FakeActions
from whichpath.channels.guards.limits import PER_ADDRESS

pytestmark = pytest.mark.asyncio(loop_scope="session")
#: More messages than the burst of an address, including those that are allowed meanwhile.
MANY = int(PER_ADDRESS.burst) + 60
Headers = dict[str, str]


@pytest_asyncio.fixture(loop_scope="session", params=[0, 1, 2])
async def behind(request, tiny_model, tmp_path) -> AsyncIterator[tuple[int, Bot]]:  # noqa: F811
    """A server that is configured for that many proxies."""
    actions = FakeActions()
    await actions.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHICHPATH_PROXIES", str(request.param))
        async with serve(tiny_model, actions, production.database("sqlite", tmp_path)) as bot:
            yield request.param, bot
    await actions.stop()


def forged() -> str:
    """A forged address."""
    return ".".join(str(random.randint(1, 254)) for _ in range(4))


def lies() -> Headers:
    """Other headers with an address, which our code ignores."""
    return {"X-Real-IP": forged(), "Forwarded": f"for={forged()}", "X-Client-IP": forged(), "True-Client-IP": forged()}


def through(proxies: int, real: str) -> Headers:
    """The header after so many proxies that each append the address of their client."""
    return {"X-Forwarded-For": ", ".join([forged(), forged(), real, "10.0.0.9"][: proxies + 2]), **lies()}


async def sent_until_refused(http: httpx.AsyncClient, headers: Callable[[], Headers]) -> int:
    """The number of accepted messages of one client; 0 where the first is refused."""
    for number in range(MANY):
        answer = await http.post("/chat/message", json={"text": "..."}, headers=headers())
        if answer.status_code == 429:
            return number
        assert answer.status_code == 200, answer.text
    return MANY


def caller(bot_or_url: str, address: str) -> httpx.AsyncClient:
    """A client with the real address ``address`` (in 127.0.0.0/8)."""
    return httpx.AsyncClient(
        base_url=bot_or_url,
        timeout=30,
        trust_env=False,
        transport=httpx.AsyncHTTPTransport(local_address=address),
    )


async def test_a_new_lie_with_each_message_helps_nobody(behind):
    proxies, bot = behind
    url = str(bot.http.base_url)
    # Without a proxy the connection gives the address; behind proxies the header does, counted from its right end.
    lines = ("127.0.0.2", "127.0.0.3") if proxies == 0 else ("127.0.0.2", "127.0.0.2")
    real = ("203.0.113.7", "203.0.113.8")
    async with caller(url, lines[0]) as one, caller(url, lines[1]) as other:
        passed = await sent_until_refused(one, lambda: through(proxies, real[0]))
        assert PER_ADDRESS.burst - 1 <= passed < MANY
        assert await sent_until_refused(one, lambda: through(proxies, real[0])) <= 4
        # A client at another address is accepted, even if it claims the first one's address.
        mine = await other.post("/chat/message", json={"text": "..."}, headers=through(proxies, real[1]))
        assert mine.status_code == 200
        claim = {"X-Forwarded-For": ", ".join([real[0], *through(proxies, real[1])["X-Forwarded-For"].split(", ")[2:]])}
        as_first = await other.post("/chat/message", json={"text": "..."}, headers=claim)
        assert as_first.status_code == 200


@pytest.mark.parametrize("behind", [1], indirect=True)
async def test_behind_the_real_proxy_the_line_counts(behind):
    _proxies, bot = behind
    proxy = Proxy(f"{bot.http.base_url.host}:{bot.http.base_url.port}")
    try:
        async with caller(proxy.url, "127.0.0.4") as one, caller(proxy.url, "127.0.0.5") as other:
            for _ in range(200):
                try:
                    if (await one.get("/health/live")).status_code == 200:
                        break
                except httpx.HTTPError:
                    pass
            passed = await sent_until_refused(one, lambda: {"X-Forwarded-For": forged(), **lies()})
            assert PER_ADDRESS.burst - 1 <= passed < MANY
            victim = {"X-Forwarded-For": "127.0.0.4", **lies()}
            assert (await other.post("/chat/message", json={"text": "..."}, headers=victim)).status_code == 200
    finally:
        proxy.close()
