"""The page at / in a real Chromium."""

from __future__ import annotations

import os
import shutil
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.channels.doubles import CARD_TEXT

pytestmark = pytest.mark.browser

#: Chromium looks up its maker's hosts at every start unless told not to.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1100, "height": 900}


def chromium() -> str:
    """Where Chromium is. In CI a missing one fails, elsewhere it skips."""
    places = [
        os.environ.get("WHICHPATH_CHROMIUM"),
        *map(shutil.which, ("chromium", "chromium-browser", "google-chrome")),
    ]
    for place in places:
        if place:
            return place
    if os.environ.get("CI"):
        pytest.fail("no Chromium: ops/browser.sh installs one")
    pytest.skip("no Chromium")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser():
    async with async_playwright() as play:
        running = await play.chromium.launch(executable_path=chromium(), args=QUIET)
        yield running
        await running.close()


@pytest_asyncio.fixture(params=[PHONE, DESK], ids=["phone", "desk"], loop_scope="session")
async def page(request, browser, bot):
    """The page, freshly opened. Afterwards: no error in the console, no request to any other host."""
    context = await browser.new_context(viewport=request.param)
    tab = await context.new_page()
    tab.faults, tab.hosts = [], set()
    tab.on("console", lambda message: tab.faults.append(message.text))
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("request", lambda r: tab.hosts.add(urlsplit(r.url).netloc) if r.url.startswith("http") else None)
    await tab.goto(str(bot.http.base_url))
    yield tab
    assert tab.faults == []
    assert tab.hosts <= {urlsplit(str(bot.http.base_url)).netloc}
    await context.close()


async def ask(page, text):
    before = await page.locator(".message.bot").count()
    await page.fill("#text", text)
    await page.keyboard.press("Enter")
    # Not wait_for_function: it evaluates text, which the page's own policy forbids.
    await page.locator(".message.bot").nth(before).wait_for()


async def test_type_enter_read_press(page):
    await ask(page, "get it dropped")
    card = page.locator(".message.bot").nth(1)
    assert await card.locator(".first").inner_text() == CARD_TEXT.split("\n")[0]
    assert await card.locator("h2").inner_text() == "What it means:"
    assert await card.locator("ul:not(.choices) > li").first.inner_text() == "A full sentence."
    assert await page.input_value("#text") == ""
    await card.get_by_role("button", name="Help").click()
    await page.get_by_text("Help.", exact=True).wait_for()
    assert "/help" not in await page.locator("#log").inner_text()


async def test_sources_are_folded(page):
    await ask(page, "get it dropped")
    source = page.get_by_text("A statute")
    assert not await source.is_visible()
    await page.locator("summary").click()
    assert await source.is_visible()


async def test_nothing_is_wider_than_the_screen(page):
    await ask(page, "dropped " + "x" * 300)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = await page.eval_on_selector_all("button, .leave", "all => all.map(e => e.getBoundingClientRect().height)")
    assert min(sizes) >= 44


async def test_the_answer_begins_below_the_header_and_the_way_out_stays_in_sight(page):
    for _ in range(4):
        await ask(page, "get it dropped")
    await page.wait_for_timeout(300)
    mine = await page.locator(".message.me").last.bounding_box()
    head = await page.locator("header").bounding_box()
    assert mine["y"] >= head["y"] + head["height"]
    assert await page.locator("#leave").is_visible() and head["y"] == 0


async def test_markup_in_a_message_stays_text(page):
    await ask(page, "hello <img src=x onerror=document.title='broken'>")
    assert await page.title() == "Information"
    assert await page.locator("#log img").count() == 0


async def test_danger_help_stands_out(page):
    await ask(page, "he will kill me")
    assert await page.locator(".message.safety").count() == 1


async def test_trouble_inside_and_a_server_that_is_gone(page, bot, unavailable):
    bot.actions.mode = "error"
    await ask(page, "get it dropped")
    assert unavailable.split("\n")[0] in await page.locator(".message.bot").last.inner_text()
    await page.route("**/chat/message", lambda route: route.abort())
    await ask(page, "my words")
    fault = page.locator(".message.fault")
    assert "1-800-799-7233" in await fault.inner_text()
    assert await page.input_value("#text") == "my words"
    page.faults.clear()  # the browser reports the request that we cut


async def test_a_reload_keeps_the_conversation_and_a_new_tab_does_not(page, bot):
    await ask(page, "form")
    await page.reload()
    await ask(page, "Reno")
    assert "Town is Reno." in await page.locator("#log").inner_text()
    other = await page.context.new_page()
    await other.goto(str(bot.http.base_url))
    assert await other.evaluate("sessionStorage.length + localStorage.length") == 0
    assert await page.evaluate("localStorage.length") == 0


async def test_leaving_wipes_and_back_shows_nothing(page, bot):
    await page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="<title>Weather</title>"))
    await ask(page, "hello")
    async with page.expect_request("**/chat/end") as ended:
        await page.click("#leave")
    assert (await ended.value).method == "POST"
    await page.wait_for_url("https://www.weather.gov/**")
    page.hosts.discard("www.weather.gov")
    await page.go_back()
    assert "Hello." not in await page.content()
    assert not (urlsplit(page.url).scheme == "http" and await page.evaluate("sessionStorage.length"))
