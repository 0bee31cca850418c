"""Read text does not move, announcements are short, and nothing is sent twice."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.widget import stub

FOCUSED = "(() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; return e?.innerText ?? '' })()"
POLITE, URGENT = "[aria-live=polite].sr", "[aria-live=assertive].sr"


async def scroll(person) -> float:
    return await person.page.evaluate("scrollY")


async def talk(person, turns: int = 3) -> None:
    for number in range(turns):
        await person.say(f"question {number}")
    await person.page.wait_for_timeout(700)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
async def test_typing_and_panels_move_nothing(seat, phone):
    person = await seat(phone=phone)
    await talk(person)
    await person.page.evaluate("scrollTo(0, 700)")
    before = await scroll(person)
    await person.box.focus()
    for key in "a longer line than fits into the box, so that it grows by a line or two":
        await person.page.keyboard.type(key)
    await person.page.keyboard.press("Shift+Enter")
    assert await scroll(person) == before
    await person.tap("More options")
    assert await scroll(person) == before
    await person.page.keyboard.press("Escape")
    await person.page.locator(".sit").click()
    await person.tap("Close")
    assert await scroll(person) == before


async def test_sending_moves_nothing_and_the_new_turn_begins_under_the_bar(seat):
    person = await seat(phone=True, reduced_motion="reduce")
    await talk(person)
    person.stub.mute = True
    before = await scroll(person)
    await person.box.fill("clothes")
    await person.box.press("Enter")
    await expect(person.log.locator(".me")).to_have_count(4)
    assert await scroll(person) == before
    person.stub.say(stub.card(card="x"), person.stub.heard[-1]["id"])
    await expect(person.answers).to_have_count(4)
    turn = await person.log.locator(".turn").last.bounding_box()
    bar = await person.page.locator("header.bar").bounding_box()
    assert turn and bar and 0 <= turn["y"] - bar["height"] <= 16


async def test_an_answer_is_in_its_place_at_once_and_no_glide_fights_with_ones_own_scroll(seat):
    person = await seat(phone=True)
    for number in range(2):
        await person.say(f"question {number}")
    turn = await person.log.locator(".turn").last.bounding_box()
    bar = await person.page.locator("header.bar").bounding_box()
    assert turn and bar and 0 <= turn["y"] - bar["height"] <= 40  # it rises by 16 px meanwhile
    await person.page.evaluate("scrollTo(0, 700)")
    for _ in range(8):
        assert await scroll(person) == 700
        await person.page.wait_for_timeout(60)


async def test_who_reads_elsewhere_is_told_of_the_new_answer(seat):
    person = await seat(phone=True, reduced_motion="reduce")
    await talk(person)
    person.stub.mute = True
    await person.box.fill("clothes")
    await person.box.press("Enter")
    await person.page.evaluate("scrollTo(0, 100)")
    person.stub.say(stub.card(card="x"), person.stub.heard[-1]["id"])
    pill = person.page.get_by_role("button", name="New answer")
    await expect(pill).to_be_visible()
    assert await scroll(person) == 100
    await pill.click()
    await expect(pill).to_be_hidden()
    await expect(person.answers.last.get_by_role("heading").first).to_be_in_viewport()
    assert await person.page.evaluate(FOCUSED) == "Can I go back to the home for my clothes?"


async def test_a_double_tap_sends_once(seat):
    person = await seat()
    await person.log.get_by_role("button", name="The order is against me").dblclick()
    await expect(person.answers).to_have_count(1)
    await person.log.get_by_role("button", name="Final, after a hearing", exact=True).dblclick()
    await expect(person.answers).to_have_count(2)
    await person.box.fill("once")
    await person.page.get_by_role("button", name="Send").dblclick()
    await person.page.wait_for_timeout(300)
    assert len(person.stub.heard) == 3


@pytest.mark.parametrize("init", [{"isComposing": True}, {"keyCode": 229}])
async def test_enter_that_ends_a_word_of_an_input_method_sends_nothing(seat, init):
    person = await seat()
    await person.box.fill("接近禁止")
    await person.box.evaluate(
        "(e, init) => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, ...init}))",
        init,
    )
    await person.page.wait_for_timeout(200)
    assert person.stub.heard == [] and await person.box.input_value() == "接近禁止"


async def test_what_a_screen_reader_is_told(seat):
    person = await seat()
    await expect(person.log).to_have_attribute("aria-live", "off")
    await person.say("clothes")
    polite = person.page.locator(POLITE).first
    await expect(polite).to_contain_text("3 steps, 3 sections")
    told = await polite.inner_text()
    assert (
        told.startswith("Can I go back to the home for my clothes? Only if the order") and "Florida Courts" not in told
    )
    # Each turn is an article labelled by its heading.
    turn = person.log.get_by_role("article").last
    await expect(turn).to_have_accessible_name("Can I go back to the home for my clothes?")
    await person.say("plain")
    await expect(person.log.get_by_role("article").last).to_have_accessible_name("Answer")
    await person.say("danger")
    await expect(person.page.locator(URGENT)).to_contain_text("call 911")
    assert await person.page.evaluate(FOCUSED) == ""  # typing is not interrupted


async def test_the_focus_goes_to_the_new_heading_after_a_tap(seat):
    person = await seat()
    await person.log.get_by_role("button", name="The order is against me").click()
    await expect(person.answers).to_have_count(1)
    await person.page.wait_for_timeout(100)
    assert await person.page.evaluate(FOCUSED) == "Is the order final?"
    # The heading is read then; the rest is announced once.
    await expect(person.page.locator(POLITE).first).to_contain_text("3 choices")


async def test_every_message_has_its_language_and_direction(seat, monkeypatch):
    monkeypatch.setitem(stub.ANSWERS, "arabic", [{"text": "نعم", "custom": {"data": {"lang": "ar"}}}])
    person = await seat()
    await person.say("arabic")
    await expect(person.answers.first).to_have_attribute("lang", "ar")
    await expect(person.answers.first).to_have_attribute("dir", "rtl")
    await expect(person.log.locator(".me")).to_have_attribute("dir", "auto")


async def test_offline_is_one_line_and_what_waits_stays_in_sight(seat):
    person = await seat(phone=True)
    await talk(person)
    await person.stub.cut()
    alert = person.page.get_by_role("alert")
    await expect(alert).to_be_visible()
    line = await alert.bounding_box()
    assert line and line["height"] <= 46
    await expect(alert.get_by_role("link", name="911")).to_be_visible()
    await expect(alert.get_by_role("link", name="1-800-799-7233")).to_be_visible()
    before = await scroll(person)
    await person.box.fill("can my brother go")
    await person.box.press("Enter")
    waiting = person.log.locator(".me.waiting")
    await expect(waiting).to_be_in_viewport(ratio=1)
    assert await scroll(person) >= before
    person.stub.mend()
    await expect(waiting).to_have_count(0)
    await expect(person.answers).to_have_count(4)
    await expect(alert).to_be_hidden()
    person.faults.clear()  # the browser reports each refused connection


async def test_a_network_that_is_gone_is_told_once_and_at_once(seat):
    person = await seat(phone=True)
    await person.say("clothes")
    person.stub.mute = True
    await person.box.fill("can my brother go")
    await person.box.press("Enter")
    fault = person.log.locator(".fault")
    await expect(fault).to_be_visible()  # it is slow
    person.stub.away = True  # the connection reports no error
    await person.page.context.set_offline(True)
    await expect(person.page.get_by_role("alert")).to_be_visible(timeout=4000)
    await expect(fault).to_have_count(0)
    person.stub.away = person.stub.mute = False
    await person.page.context.set_offline(False)
    await expect(person.page.get_by_role("alert")).to_be_hidden()
    person.faults.clear()


async def test_a_reload_keeps_what_was_chosen(seat):
    person = await seat()
    await person.log.get_by_role("button", name="The order is against me").click()
    await person.choose("Final, after a hearing")
    await person.page.reload()
    await expect(person.log.locator(".chose")).to_contain_text("Final, after a hearing")
    await expect(person.page.locator(POLITE).first).to_be_empty()  # old lines are not announced again
