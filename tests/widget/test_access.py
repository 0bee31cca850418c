"""axe finds nothing in any state, light and dark; sizes, zoom, forced colours, right to left, embedding elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from testing.servers import ROOT
from tests.widget.conftest import Line

AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run(document, {resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))
  // What the sticky bar and foot half cover is scrolled free; sizes are measured in SMALL.
  .violations.map(v => [v.id, v.nodes.filter(n => v.id !== 'target-size' || !/obscured/.test(n.failureSummary))])
  .filter(([, nodes]) => nodes.length).map(([id, nodes]) => id + ': ' + nodes.map(n => n.target.flat().join(' ')).join(' | '))"""


async def check(person) -> None:
    """Asserts that axe finds no violation on the current page."""
    await person.page.wait_for_timeout(300)
    if not await person.page.evaluate("'axe' in window"):
        # Through the debugger, so that the page's policy stays in force.
        await person.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert await person.page.evaluate(RUN) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
async def test_axe_finds_nothing(visit, dark, phone):
    line = Line()
    person = await visit(dark=dark, phone=phone, line=line)
    await person.online()
    await check(person)  # start notice
    await person.say("/end_order")
    await check(person)  # a question with choices
    await person.choose("I asked for the order")
    await person.choose("Final, after a hearing")
    await person.log.get_by_role("button", name="Sources").first.click()
    await check(person)  # an answer with open sources, and chosen buttons
    await person.say("he is outside my house with a gun")
    await expect(person.log.locator(".safety")).to_have_count(1)
    await check(person)  # danger help
    more = person.page.get_by_role("button", name="More options")
    await more.click()
    await person.page.get_by_role("button", name="My path").click()
    await check(person)  # my path
    await person.page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await person.page.keyboard.press("Enter")
    await person.page.get_by_role("button", name="Erase this chat").click()
    await check(person)  # confirmation of erasure
    await person.page.keyboard.press("Escape")
    await person.say("/ask_lawyer")
    await check(person)  # lawyer links
    await line.cut()
    await expect(person.page.get_by_role("alert")).to_be_visible()
    await person.box.fill("/help")
    await person.box.press("Enter")
    await expect(person.log.locator(".me.waiting")).to_be_visible()
    await check(person)  # no connection, and a waiting message


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_before_the_script_is_there(visit, dark):
    person = await visit(dark=dark, phone=True)
    await person.page.route("**/widget/whichpath.js", lambda route: route.abort())
    await person.page.reload()
    await expect(person.page.locator("form textarea")).to_be_visible()
    await check(person)
    person.faults.clear()  # the browser reports the script that the test withheld


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_where_a_message_is_given_back(visit, dark):
    person = await visit(dark=dark)
    await person.online()
    for number in range(15):
        await person.box.fill(f"line {number}")
        await person.box.press("Enter")
    await expect(person.log.locator(".fault").first).to_contain_text("many messages")
    await check(person)


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


# Each control, except links inside a sentence, which WCAG exempts.
# A term is inside a sentence: 24 px are enough.
SMALL = """() => [document, ...[...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)]
  .flatMap(root => [...root.querySelectorAll('button, summary, textarea, select, a')])
  .filter(e => e.getClientRects().length && !(e.matches('.term') && e.offsetHeight >= 24))
  .filter(e => !(e.localName === 'a' && getComputedStyle(e).display === 'inline'))
  .map(e => [e.innerText || e.localName, e.getBoundingClientRect()])
  .filter(([, r]) => r.height > 1).map(([name, r]) => [name, Math.round(r.width), Math.round(r.height)])"""
WIDE = "document.documentElement.scrollWidth - innerWidth"


async def targets(person, wanted: tuple[str, ...]) -> None:
    """Asserts that each control has at least 24 px, ours 44, and that ``wanted`` are among them."""
    found = await person.page.evaluate(SMALL)
    for name in wanted:
        assert any(name in row[0] for row in found), name
    assert [row for row in found if row[1] < 24 or row[2] < 24] == []
    inline = ("911", "988", "1-800")  # phone numbers in a line of text
    assert [row for row in found if (row[1] < 44 or row[2] < 44) and not row[0].startswith(inline)] == []


@pytest.mark.parametrize("width", [320, 360, 1200])
async def test_nothing_is_wider_than_the_screen_and_targets_are_large(visit, width):
    person = await visit(viewport={"width": width, "height": 700})
    await person.say("x" * 300 + " /end")
    await person.say("/end_order")
    await person.choose("The order is against me")
    await person.choose("Not final, or a hearing is coming")
    await person.page.get_by_role("button", name="More options").click()
    assert await person.page.evaluate(WIDE) <= 0
    await targets(
        person,
        ("Exit this page", "Send", "Erase", "Sources", "Copy", "Change", "textarea"),
    )


@pytest.mark.parametrize("path", ["/", "/plain", "/embed"])
async def test_targets_and_width_without_script(visit, path):
    person = await visit(path, java_script_enabled=False, viewport={"width": 320, "height": 700})
    # The debugger can measure the page without scripts.
    assert await person.page.evaluate(WIDE) <= 0
    await targets(person, () if path == "/embed" else ("Exit this page", "Send", "textarea"))


@pytest.mark.parametrize("width", [360, 1200])
async def test_text_of_twice_the_size(visit, width):
    person = await visit(viewport={"width": width, "height": 700})
    chrome = await person.page.context.new_cdp_session(person.page)
    before = (await person.box.bounding_box())["height"]
    await chrome.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    await person.say("/end_order")
    await person.choose("The order is against me")
    assert (await person.box.bounding_box())["height"] > before * 1.5  # the text is really larger
    assert await person.page.evaluate(WIDE) <= 0
    spot = await person.exit.bounding_box()
    assert spot["x"] >= 0 and spot["x"] + spot["width"] <= width


async def test_zoom_of_400_percent(visit):
    """1280 x 1024 px at 400 % zoom gives a screen of 320 x 256 px."""
    person = await visit(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    await person.say("/end_order")
    await person.choose("The order is against me")
    assert await person.page.evaluate(WIDE) <= 0
    await person.box.scroll_into_view_if_needed()
    await expect(person.box).to_be_in_viewport(ratio=1)


PLAIN_ON_PLAIN = """() => [...document.querySelectorAll('*')].flatMap(e => e.shadowRoot ? [...e.shadowRoot.querySelectorAll('.choice, .me, .box, .ask, .exit a, textarea, select')] : [])
  .filter(e => e.getClientRects().length).map(e => [e, getComputedStyle(e)]).filter(([, s]) => s.color === s.backgroundColor || parseFloat(s.borderTopWidth) < 1)
  .map(([e]) => e.className)"""


async def test_forced_colours(visit):
    person = await visit(forced_colors="active")
    await person.say("/end_order")
    await person.choose("The order is against me")
    assert await person.page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert await person.page.evaluate(PLAIN_ON_PLAIN) == []
    # The choice is also shown as text.
    await expect(person.log.locator(".chose").first).to_contain_text("You chose: The order is against me")


@pytest.mark.parametrize("calm", [False, True])
async def test_nothing_moves_where_less_movement_is_asked_for(visit, calm):
    person = await visit(reduced_motion="reduce" if calm else "no-preference")
    await person.online()
    # The only animation, shown while the bot prepares an answer.
    await person.page.get_by_role("status").last.evaluate("e => e.classList.add('busy')")
    moving = "document.querySelector('#chat').shadowRoot.getAnimations().length"
    assert await person.page.evaluate(moving) == (0 if calm else 1)


HOST = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A site</title>
<style>* {{ font: 9px/1 monospace !important; color: red !important; display: block; text-transform: uppercase }} div {{ display: none }} html {{ font-size: 4px }}</style>
</head><body><main><h1>Somebody else's site</h1></main>
<script src="{server}/widget/whichpath.js" {attributes} async></script></body></html>"""


async def embedded(visit, address: str, lang: str = "en", attributes: str = ""):
    """The widget on a page of another site with hostile styles."""
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
    assert ground != "rgb(255, 221, 0)"  # yellow was darkened for contrast with white text
    await launch.click()
    await expect(person.page.get_by_role("heading", name="Ask us")).to_be_attached()
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
    await expect(person.page.get_by_role("link", name="Salir de aquí")).to_be_visible()
    await person.page.get_by_role("button", name="Pregunte sobre una orden").click()
    await expect(person.page.get_by_role("log")).to_contain_text("¿Qué pasa?")


def test_every_string_is_there_in_each_language():
    """TypeScript checks the names; this test checks that no text is still in English."""
    source = Path(ROOT) / "widget" / "src"
    english, spanish = (
        {
            name: json.loads(f'"{words}"')
            for name, words in re.findall(r'^  (\w+):\s+"(.*)",$', (source / file).read_text(encoding="utf-8"), re.M)
        }
        for file in ("strings.ts", "strings.es.ts")
    )
    assert len(english) > 100 and english.keys() == spanish.keys()
    same = {"stageFinal"}  # "final", as in the court documents
    assert [name for name in english if english[name] == spanish[name] and name not in same] == []
