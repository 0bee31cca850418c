"""axe finds nothing in any state, light and dark; sizes, zoom, forced colours, right to left, embedding elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.servers import ROOT

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run(document, {resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))
  .violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.flat().join(' ')).join(' | '))"""


async def check(person) -> None:
    """No violation on the page as it is now."""
    await person.page.wait_for_timeout(300)
    if not await person.page.evaluate("'axe' in window"):
        # Through the debugger, so that the page keeps its policy.
        await person.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert await person.page.evaluate(RUN) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_axe_finds_nothing(visit, dark, phone):
    person = await visit(dark=dark, phone=phone)
    await person.online()
    await check(person)  # start notice
    await person.say("/end_order")
    await check(person)  # a question with choices
    await person.choose("I asked for the order")
    await person.choose("Final, after a hearing")
    await person.log.locator("summary").first.click()
    await check(person)  # a card with its sources open, chosen choices
    await person.say("he is outside my house with a gun")
    await expect(person.log.locator(".safety")).to_have_count(1)
    await check(person)  # danger help
    await person.page.get_by_text("Options", exact=True).click()
    await person.page.get_by_role("button", name="My path").click()
    await check(person)  # my path
    await person.page.keyboard.press("Escape")
    await person.page.get_by_role("button", name="Erase this chat").click()
    await check(person)  # erase?
    await person.page.evaluate("document.querySelector('#chat').shadowRoot.querySelector('.offline').hidden = false")
    await check(person)  # no connection


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/embed", "/plain"])
async def test_axe_finds_nothing_on_the_other_pages(visit, dark, path):
    person = await visit(path, dark=dark)
    await check(person)
    if path == "/embed":
        await person.page.get_by_role("button", name="Ask about a court order").click()
        await person.say("/end_order")
        await check(person)
        await person.page.keyboard.press("Escape")
        await expect(person.page.get_by_role("button", name="Ask about a court order")).to_be_focused()
    else:
        await person.page.get_by_label("Your message").fill("/ask_lawyer")
        await person.page.get_by_role("button", name="Send").click()
        await person.page.wait_for_load_state()
        await check(person)


SMALL = """() => [...document.querySelectorAll('*')].flatMap(e => e.shadowRoot ? [...e.shadowRoot.querySelectorAll('button, summary, textarea, .exit a')] : [])
  .filter(e => e.offsetParent !== null || e.closest('.exit')).map(e => [e.innerText, e.getBoundingClientRect().height]).filter(([, h]) => h < 44)"""


@pytest.mark.parametrize("width", [320, 360, 1200])
async def test_nothing_is_wider_than_the_screen_and_targets_are_large(visit, width):
    person = await visit(viewport={"width": width, "height": 700})
    await person.say("x" * 300 + " /end")
    await person.say("/drop_charges")
    assert await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await person.page.evaluate(SMALL) == []


async def test_text_of_twice_the_size(visit):
    person = await visit(viewport={"width": 640, "height": 700})
    chrome = await person.page.context.new_cdp_session(person.page)
    await person.say("/drop_charges")
    # What "text 200 %" in the browser's settings does.
    await chrome.send("Emulation.setDeviceMetricsOverride", {"width": 320, "height": 350, "deviceScaleFactor": 2, "mobile": False})
    assert await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await person.say("/help")


async def test_forced_colours_and_less_movement(visit):
    person = await visit(forced_colors="active", reduced_motion="reduce")
    await person.say("/end_order")
    width = await person.log.get_by_role("button").first.evaluate("e => getComputedStyle(e).borderTopWidth")
    assert float(width.removesuffix("px")) >= 1
    moving = "document.querySelector('#chat').shadowRoot.getAnimations().length"
    assert await person.page.evaluate(moving) == 0


HOST = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A site</title>
<style>* {{ font: 9px/1 monospace !important; color: red !important; display: block; text-transform: uppercase }} div {{ display: none }} html {{ font-size: 4px }}</style>
</head><body><main><h1>Somebody else's site</h1></main>
<script src="{server}/widget/whichpath.js" {attributes} async></script></body></html>"""


async def embedded(visit, address: str, lang: str = "en", attributes: str = ""):
    """The widget on a page of another site, whose styles are as bad as can be."""
    person = await visit()
    page = HOST.format(lang=lang, server=address, attributes=attributes)
    await person.page.context.route(
        "https://www.friend.example/", lambda route: route.fulfill(body=page, content_type="text/html")
    )
    await person.page.goto("https://www.friend.example/")
    person.hosts.discard("www.friend.example")
    return person


async def test_on_another_site_with_one_tag(visit, address):
    person = await embedded(visit, address, attributes='data-title="Ask us" data-colour="#ffdd00" data-scheme="light"')
    launch = person.page.get_by_role("button", name="Ask about a court order")
    style = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.fontFamily, s.textTransform] }"
    colour, ground, font, case = await launch.evaluate(style)
    assert "system-ui" in font and case == "none" and colour == "rgb(255, 255, 255)"
    assert ground != "rgb(255, 221, 0)"  # yellow was made dark enough to carry white letters
    await launch.click()
    await expect(person.page.get_by_role("heading", name="Ask us")).to_be_visible()
    await person.say("/greet")
    async with person.page.expect_request("**/chat/end"):
        await person.exit.click()
    await person.page.wait_for_url("https://www.weather.gov/**")


async def test_right_to_left(visit, address):
    person = await embedded(visit, address, lang="ar")
    await person.page.get_by_role("button", name="Ask about a court order").click()
    await person.say("/end_order")
    assert await person.log.evaluate("e => getComputedStyle(e).direction") == "rtl"
    mine, way_out = await person.log.locator(".me").bounding_box(), await person.exit.bounding_box()
    answer = await person.answers.first.bounding_box()
    assert mine["x"] <= answer["x"] + 40 and way_out["x"] < 600
    assert await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_spanish(visit, address):
    person = await embedded(visit, address, lang="es-MX")
    await expect(person.page.get_by_role("link", name="Salir de esta página")).to_be_visible()
    await person.page.get_by_role("button", name="Pregunte sobre una orden").click()
    await expect(person.page.get_by_role("log")).to_contain_text("Antes de empezar")


def test_every_string_is_there_in_each_language():
    """TypeScript checks the names; this the words: none is left in English."""
    source = (Path(ROOT) / "widget" / "src" / "strings.ts").read_text(encoding="utf-8")
    tables = source.split("const es: Strings = {")
    english, spanish = (dict(line.strip().rstrip(",").split(": ", 1) for line in t.splitlines() if ': "' in line) for t in (tables[0], tables[1].split("};")[0]))
    assert english.keys() == spanish.keys()
    assert [name for name in english if json.loads(english[name]) == json.loads(spanish[name])] == []
