"""Fixtures with the widget in Chromium, on real servers or on a stub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, async_playwright, expect

from testing.servers import QUIET, Servers, find_chromium
from tests.widget import stub

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1200, "height": 850}
BOX = "Tell us what is going on"
EXIT = "https://www.weather.gov/"
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks all tests of this folder as browser tests."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """The path of Chromium. Without it the tests fail instead of being skipped, because they cover the Exit button."""
    found = find_chromium()
    if found is None:
        pytest.fail("There is no Chromium: run `bash scripts/browser.sh`, or name one in WHICHPATH_CHROMIUM.")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        running = await play.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield running
        await running.close()


class Person:
    """A person at the widget. ``page``: their tab."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.hosts: set[str] = set()
        self.faults: list[str] = []
        self.watch(page)

    def watch(self, page: Page) -> None:
        """Records from the browser's log of ``page``: requested hosts, errors, policy violations."""
        page.on("console", lambda m: self.faults.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda r: self.hosts.add(urlsplit(r.url).netloc) if r.url.startswith("http") else None)
        page.on("websocket", lambda line: self.hosts.add(urlsplit(line.url).netloc))

    @property
    def box(self) -> Locator:
        return self.page.get_by_label(BOX)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def answers(self) -> Locator:
        """The bot's messages, without the start notice."""
        return self.log.locator(".bot:not(.start)")

    @property
    def exit(self) -> Locator:
        return self.page.locator("a.exit-link")

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.address + path)

    async def online(self) -> None:
        """Waits until the web socket is connected."""
        # Not wait_for_function, because the page's policy forbids eval.
        for _ in range(150):
            if "session" in (await self.page.evaluate("sessionStorage.wp") or ""):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the line does not come up")

    async def say(self, text: str) -> None:
        """Types and sends ``text``, and waits for the answer."""
        await self.answered(lambda: self._send(text))

    async def choose(self, name: str) -> None:
        """Presses the latest button with that name, and waits for the answer."""
        button = self.log.get_by_role("button", name=name, exact=True).last
        await self.answered(button.click)

    async def answered(self, act) -> None:
        before = await self.answers.count()
        await act()
        await expect(self.answers.nth(before)).to_be_attached()
        await expect(self.page.get_by_role("status").last).not_to_contain_text("Looking")

    async def _send(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")


class Line:
    """The web socket of a context, which tests can cut and restore."""

    def __init__(self) -> None:
        self.cut_off = False
        self.open: list[WebSocketRoute] = []

    async def take(self, context: BrowserContext) -> Line:
        await context.route_web_socket("**/chat/live/**", self._route)
        return self

    async def _route(self, line: WebSocketRoute) -> None:
        if self.cut_off:
            await line.close()
            return
        line.connect_to_server()
        self.open.append(line)

    async def cut(self) -> None:
        """Simulates the loss of the network."""
        self.cut_off = True
        for line in self.open:
            await line.close()
        self.open.clear()

    def mend(self) -> None:
        self.cut_off = False


async def exit_is_weather(context: BrowserContext) -> None:
    """Simulates the Exit button's target, so that no test leaves this machine."""
    await context.route(
        f"{EXIT}**", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html")
    )


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, address: str) -> AsyncIterator:
    """``await visit(phone=True, dark=True)``: a person at the front page. Asserts no errors and no foreign hosts."""
    people: list[Person] = []

    async def come(
        path: str = "/",
        phone: bool = False,
        dark: bool = False,
        context: BrowserContext | None = None,
        line: Line | None = None,
        **options,
    ) -> Person:
        if context is None:
            size = {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": DESKTOP}
            context = await browser.new_context(**{**size, "color_scheme": "dark" if dark else "light", **options})
            await exit_is_weather(context)
            if line is not None:
                await line.take(context)
        person = Person(await context.new_page(), address)
        people.append(person)
        await person.open(path)
        return person

    yield come
    for person in people:
        assert person.faults == []
        assert person.hosts <= {urlsplit(address).netloc, urlsplit(EXIT).netloc}
    for context in {person.page.context for person in people}:
        # No cookies and nothing in localStorage, on any site: both would outlive the tab.
        assert await context.storage_state() == {"cookies": [], "origins": []}
        await context.close()


class Seat(Person):
    """A person at the widget with a stub of the server."""

    stub: stub.Stub

    async def tap(self, name: str) -> None:
        """Presses the last element with that name."""
        await self.page.get_by_role("button", name=name, exact=True).last.click()

    async def more(self, name: str) -> None:
        """Opens the menu and chooses ``name``."""
        await self.tap("More options")
        await self.page.get_by_role("region", name="More options").get_by_text(name, exact=True).click()


@pytest_asyncio.fixture(loop_scope="session")
async def seat(browser: Browser) -> AsyncIterator:
    """``await seat(phone=True, host=..., init=...)``: as ``visit``, with canned answers and without a server.

    ``host``: the page that contains the widget; ``init``: a script that runs before all others.
    """
    seats: list[Seat] = []

    async def come(
        phone: bool = False,
        dark: bool = False,
        host: str | None = None,
        init: str = "",
        path: str = "/",
        organisation: dict[str, Any] | None = None,
        **options,
    ) -> Seat:
        size = {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": DESKTOP}
        context = await browser.new_context(**{**size, "color_scheme": "dark" if dark else "light", **options})
        await exit_is_weather(context)
        played = await stub.Stub().take(context)
        if organisation is not None:
            played.organisation = organisation
        if host is not None:
            path = "/host"
            played.host[path] = host
        if init:
            await context.add_init_script(init)
        person = Seat(await context.new_page(), stub.ADDRESS)
        person.stub = played
        seats.append(person)
        await person.open(path)
        if host is None:
            await person.online()
        return person

    yield come
    for person in seats:
        assert person.faults == []
        assert person.hosts <= {urlsplit(stub.ADDRESS).netloc, urlsplit(EXIT).netloc}
        assert await person.page.context.storage_state() == {"cookies": [], "origins": []}
        await person.page.context.close()


@pytest.fixture
def broken(servers: Servers) -> Iterator[Servers]:
    """The servers, for tests that damage them; repaired after the test."""
    yield servers
    assert servers.ready(90), "the servers did not come back"
