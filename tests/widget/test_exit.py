"""The exit: immediate, from everywhere, leaving nothing behind."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.widget.conftest import EXIT


async def by_button(person):
    await person.exit.click()


async def by_shift(person):
    await person.box.focus()
    for _ in range(3):
        await person.page.keyboard.press("Shift")


async def by_key(person):
    await person.exit.focus()
    await person.page.keyboard.press("Enter")


@pytest.mark.parametrize("way", [by_button, by_shift, by_key])
async def test_exit_leaves_nothing_and_back_shows_nothing(visit, way):
    person = await visit()
    await person.say("/greet")
    await person.page.evaluate("location.hash = 'one'")  # an earlier history entry of the same page
    session = (await person.page.evaluate("JSON.parse(sessionStorage.wp)"))["session"]
    async with person.page.expect_request("**/chat/end") as ended:
        await way(person)
    assert session in (await ended.value).post_data
    await person.page.wait_for_url(f"{EXIT}**")
    assert await person.page.title() == "Weather"
    await person.page.go_back()
    await person.page.wait_for_timeout(800)
    # The previous entry is the page as first opened, without the conversation.
    assert person.page.url == f"{person.address}/"
    await person.online()
    assert session not in await person.page.evaluate("sessionStorage.wp")
    await expect(person.answers).to_have_count(0)
    await expect(person.log.locator(".me")).to_have_count(0)
    await person.page.go_forward()
    await person.page.wait_for_url(f"{EXIT}**")  # the page that was left is gone from the history
    # The server no longer knows the session.
    answer = await person.page.request.post(
        f"{person.address}/chat/message", data={"session": session, "text": "/greet"}
    )
    assert (await answer.json())["session"] != session


async def test_three_capital_letters_are_no_exit(visit):
    person = await visit()
    await person.box.focus()
    for letter in "ABC":
        await person.page.keyboard.press(f"Shift+{letter}")
    await person.page.wait_for_timeout(200)
    assert person.page.url.startswith(person.address)


async def test_exit_takes_the_other_tabs_along(visit):
    one = await visit()
    await one.say("/greet")
    two = await visit(context=one.page.context)
    await expect(two.answers).to_have_count(1)
    await one.exit.click()
    await two.page.wait_for_url(f"{EXIT}**")


async def test_exit_works_while_the_server_is_away(visit):
    person = await visit()
    await person.say("/greet")
    await person.page.context.set_offline(True)
    await person.exit.click(no_wait_after=True)
    await person.page.wait_for_timeout(500)
    await person.page.context.set_offline(False)
    assert "Hello" not in await person.page.content()
    person.faults.clear()  # the browser reports the connection that the test cut


@pytest.mark.parametrize(
    "size", [(320, 256), (360, 740), (360, 330), (1200, 850)], ids=["zoom400", "phone", "keyboard", "desktop"]
)
async def test_the_way_out_is_always_in_sight(visit, size):
    person = await visit(viewport={"width": size[0], "height": size[1]})
    await person.say("/end_order")
    for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        await person.page.evaluate(f"scrollTo(0, {place})")
        spot = await person.exit.bounding_box()
        assert spot and spot["y"] >= 0 and spot["y"] + spot["height"] <= size[1] and spot["height"] >= 44
        assert spot["x"] >= 0 and spot["x"] + spot["width"] <= size[0]
        hit = "([x, y]) => document.elementFromPoint(x, y)?.shadowRoot?.elementFromPoint(x, y)?.closest('a')?.className"
        assert "exit" in (await person.page.evaluate(hit, [spot["x"] + 9, spot["y"] + 9]) or "")


async def test_the_way_out_follows_two_fingers(visit):
    person = await visit(phone=True)
    await person.online()
    chrome = await person.page.context.new_cdp_session(person.page)
    await chrome.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 3})
    await chrome.send(
        "Input.synthesizeScrollGesture", {"x": 90, "y": 200, "xDistance": -60, "yDistance": -120, "speed": 2000}
    )
    seen = await person.page.evaluate(
        "(({offsetLeft: x, offsetTop: y, width, height, scale}) => ({x, y, width, height, scale}))(visualViewport)"
    )
    assert seen["scale"] > 2 and seen["x"] + seen["y"] > 0  # only a part of the page is visible, not its beginning
    spot = await person.exit.evaluate(
        "e => { const {x, y, width, height} = e.getBoundingClientRect(); return {x, y, width, height} }"
    )
    assert seen["x"] <= spot["x"] and spot["x"] + spot["width"] <= seen["x"] + seen["width"] + 1
    assert seen["y"] <= spot["y"] and spot["y"] + spot["height"] <= seen["y"] + seen["height"]
    assert spot["height"] * seen["scale"] >= 44


async def test_erase_this_chat(visit):
    person = await visit()
    await person.say("/greet")
    other = await visit(context=person.page.context)
    await expect(other.answers).to_have_count(1)
    await person.page.get_by_role("button", name="More options").click()
    await person.page.get_by_role("button", name="Erase this chat").click()
    await person.page.get_by_role("button", name="Erase", exact=True).click()
    await expect(person.page.get_by_role("status").last).to_contain_text("erased")
    for page in (person, other):
        await expect(page.answers).to_have_count(0)
    await person.page.reload()
    await person.page.wait_for_timeout(500)
    await expect(person.answers).to_have_count(0)
    await person.say("/greet")


async def test_typing_erase_erases_too(visit):
    person = await visit()
    await person.say("/greet")
    await person.box.fill("/erase")
    await person.box.press("Enter")
    await expect(person.answers).to_contain_text("erased")
    await expect(person.answers).to_have_count(1)
    await expect(person.log.locator(".me")).to_have_count(0)
