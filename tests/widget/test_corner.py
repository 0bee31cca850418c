"""The chat in the corner of other sites' pages, friendly and hostile."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.widget import stub

TAG = f'<script src="{stub.ADDRESS}/widget/whichpath.js" async></script>'
PAGE = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>A site</title>{head}<body><main><h1>A site</h1><p>{text}</p></main>{tag}</body></html>"
OPEN = "Ask about a court order"


def page(head: str = "", tag: str = TAG, text: str = "words " * 900) -> str:
    return PAGE.format(head=head, tag=tag, text=text)


async def opened(seat, **options):
    person = await seat(**{"host": page(), **options})
    await person.page.get_by_role("button", name=OPEN).click()
    await person.online()
    return person


ON_TOP = """([x, y]) => { let e = document.elementFromPoint(x, y); while (e?.shadowRoot?.elementFromPoint(x, y)) { const n = e.shadowRoot.elementFromPoint(x, y); if (n === e) break; e = n }
  return e?.closest('a, button, textarea')?.className ?? '' }"""


async def seen(person, locator) -> bool:
    """Whether a tap at the place of ``locator`` hits it."""
    spot = await locator.bounding_box()
    hit = await person.page.evaluate(ON_TOP, [spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2])
    return hit == (await locator.get_attribute("class") or "")


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
async def test_the_bar_stays_in_sight_after_long_answers(seat, phone):
    person = await opened(seat, phone=phone)
    for number in range(3):
        await person.say(f"question {number}")
    await person.page.wait_for_timeout(600)
    bar = person.page.locator("header.bar")
    for thing in (bar.get_by_role("button", name="Minimise"), bar.get_by_role("link", name="Call 911"), person.exit):
        await expect(thing).to_be_in_viewport(ratio=0.99)
        assert await seen(person, thing)
    inside, way_out = await bar.bounding_box(), await person.exit.bounding_box()
    # Only the conversation scrolls: the text box stays at the bottom, the question below the bar.
    around = await person.page.locator("section.corner").bounding_box()
    foot = await person.page.locator(".foot").bounding_box()
    asked = await person.log.locator(".me").last.bounding_box()
    assert around and foot and asked and inside and inside["height"] <= 53
    assert abs(foot["y"] + foot["height"] - around["y"] - around["height"]) <= 2
    assert inside["y"] + inside["height"] <= asked["y"]
    assert (
        inside
        and way_out
        and inside["y"] <= way_out["y"]
        and way_out["y"] + way_out["height"] <= inside["y"] + inside["height"]
    )
    await bar.get_by_role("button", name="Minimise").click()
    await expect(person.page.get_by_role("button", name=OPEN)).to_be_focused()


async def test_an_answer_that_comes_while_it_is_small_is_counted(seat):
    person = await opened(seat)
    await person.say("one")
    await person.page.get_by_role("button", name="Minimise").click()
    launch = person.page.get_by_role("button", name=OPEN)
    person.stub.say(stub.PLAIN)
    await expect(launch).to_contain_text("1 new answer")
    person.stub.say(stub.PLAIN)
    await expect(launch).to_contain_text("2 new answers")
    # The Exit button is beside it, and covers nothing.
    one, other = await person.exit.bounding_box(), await launch.bounding_box()
    assert one and other and abs(one["y"] - other["y"]) < 8 and one["x"] + one["width"] <= other["x"]
    await launch.click()
    await expect(person.answers).to_have_count(3)


async def test_it_stays_open_for_the_tab(seat):
    person = await opened(seat)
    await person.say("one")
    await person.page.reload()
    await expect(person.answers).to_have_count(1)
    await expect(person.box).to_be_visible()
    assert await person.page.evaluate("document.activeElement === document.body")  # and takes no focus
    await person.page.get_by_role("button", name="Minimise").click()
    await person.page.reload()
    await expect(person.page.get_by_role("button", name=OPEN)).to_be_visible()


async def test_two_tags_are_one_chat(seat):
    person = await seat(host=page(tag=TAG + TAG.replace(" async", "")))
    await expect(person.page.get_by_role("button", name=OPEN)).to_have_count(1)
    await expect(person.exit).to_have_count(1)


@pytest.mark.parametrize(
    "change", ["document.body = document.createElement('body')", "document.body.innerHTML = '<p>new</p>'"]
)
async def test_a_page_that_builds_itself_anew_keeps_the_chat(seat, change):
    person = await opened(seat)
    await person.say("one")
    await person.page.evaluate(f"void ({change})")
    await expect(person.exit).to_be_visible()
    await expect(person.answers).to_have_count(1)
    await person.say("two")
    assert await seen(person, person.exit)
    async with person.page.expect_request("**/chat/end"):
        await person.exit.click()
    await person.page.wait_for_url("https://www.weather.gov/**")


HOSTILE = """<style>body { transform: translateX(0); } main { position: fixed; inset: 0; z-index: 2147483647; background: gold }
div { display: none !important } * { font-size: 9px !important; pointer-events: auto }</style>"""


async def test_no_style_of_the_page_covers_or_moves_it(seat):
    person = await opened(seat, host=page(HOSTILE))
    await person.say("one")
    for thing in (person.exit, person.page.get_by_role("button", name="Minimise"), person.box):
        assert await seen(person, thing)
    await person.page.evaluate("scrollTo(0, 500)")
    await expect(person.exit).to_be_in_viewport(ratio=1)


KEYS = "<script>window.keys = []; for (const kind of ['keydown', 'keypress', 'keyup']) document.addEventListener(kind, e => { keys.push(e.key); if (e.key === '/') e.preventDefault() })</script>"


async def test_what_is_typed_is_no_shortcut_of_the_page(seat):
    person = await opened(seat, host=page(KEYS))
    await person.page.evaluate("keys.length = 0")
    await person.box.press_sequentially("a/s")
    await expect(person.box).to_have_value("a/s")
    await person.page.keyboard.press("Shift")
    assert set(await person.page.evaluate("keys")) == {"Shift"}
    # The Shift key is not an exit, although the page does not see the typed letters.
    for letter in "ABC":
        await person.page.keyboard.press(f"Shift+{letter}")
    assert person.page.url.startswith(stub.ADDRESS)
    await person.page.keyboard.press("Escape")
    await expect(person.page.get_by_role("button", name=OPEN)).to_be_focused()


FRAME = (
    '<!doctype html><title>Around</title><h1>Around</h1><iframe src="/host" {rules} width="500" height="700"></iframe>'
)


async def framed(seat, rules: str):
    person = await seat(host=page())
    person.stub.host["/around"] = FRAME.format(rules=rules)
    await person.open("/around")
    inner = person.page.frame_locator("iframe")
    await inner.locator("a.exit-link").click()
    return person, inner


async def test_in_a_frame_the_whole_tab_is_left(seat):
    person, _ = await framed(seat, "")
    await person.page.wait_for_url("https://www.weather.gov/**")


async def test_a_frame_that_may_not_leave_says_so(seat):
    person, inner = await framed(seat, 'sandbox="allow-scripts allow-same-origin"')
    await expect(inner.get_by_role("alert")).to_contain_text("Close this tab now")
    await expect(inner.get_by_role("heading")).to_have_count(0)  # the previous content is still removed
    person.faults.clear()  # the browser reports what it blocked


async def test_in_the_page_the_button_is_in_sight_wherever_one_scrolls(seat):
    tag = f'<div id="here"></div>{TAG.replace("async", "data-target=#here async")}'
    person = await seat(host=page(tag=tag))
    await person.online()
    await person.say("one")
    for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        await person.page.evaluate(f"scrollTo(0, {place})")
        await person.page.wait_for_timeout(100)
        await expect(person.exit).to_be_in_viewport(ratio=1)
        assert await seen(person, person.exit)
