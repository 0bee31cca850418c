"""The bar and everything that is tapped in place of typing, on canned answers: path, date, danger, language."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.widget.conftest import DESKTOP

#: Greatest height of the bar in px.
BAR = 52


async def test_the_bar_tells_what_is_understood_and_covers_nothing(seat):
    person = await seat(phone=True)
    await person.say("court")
    bar = person.page.locator("header.bar")
    await expect(bar).to_contain_text("Order against you · not final")
    await expect(bar).to_contain_text(re.compile(r"Florida · court \w{3} \d+"))
    spot, way_out = await bar.bounding_box(), await person.exit.bounding_box()
    assert spot and way_out and spot["y"] == 0 and spot["height"] <= BAR
    assert way_out["y"] >= 0 and way_out["y"] + way_out["height"] <= spot["height"]
    words = await bar.locator(".sit").bounding_box()
    assert words and words["x"] + words["width"] <= way_out["x"] + 1


async def test_the_path_by_taps_alone(seat):
    """Four taps from the start: role, stage, state and OK, without typing."""
    person = await seat(phone=True)
    for name in ("The order is against me", "I asked for the order", "A criminal charge", "Court is soon"):
        way = await person.log.get_by_role("button", name=re.compile(f"^{name}")).bounding_box()
        assert way and way["width"] > 320 and way["height"] >= 44 and way["y"] + way["height"] < 740
    await person.log.get_by_role("button", name=re.compile("^The order is against me")).tap()
    await person.log.get_by_role("button", name="Not final, or a hearing is coming").tap()
    states = person.log.get_by_role("combobox", name=re.compile("Which state"))
    assert await states.locator("option").count() == 57
    await states.select_option(label="Texas")
    await person.log.get_by_role("button", name="OK").tap()
    await expect(person.log.locator(".me")).to_have_count(3)
    assert [said["text"] for said in person.stub.heard] == [
        '/inform{"role": "restrained"}',
        '/inform{"stage": "temporary"}',
        '/inform{"state": "TX"}',
    ]
    # The choice replaces the buttons.
    await expect(person.log.locator(".chose")).to_have_count(2)
    await expect(person.log.locator(".chose").last).to_contain_text("You chose: Texas")
    await expect(states).to_be_hidden()


async def test_who_took_the_wrong_one_takes_another(seat):
    person = await seat()
    await person.say('/inform{"role": "restrained"}')
    await person.choose("Final, after a hearing")
    await expect(person.log.get_by_role("button", name="I am not sure")).to_be_hidden()
    await person.tap("Change")
    await person.choose("I am not sure")
    assert [said["shown"] for said in person.stub.heard[1:]] == ["Final, after a hearing", "I am not sure"]


async def test_a_day_can_be_picked_beside_typing_it(seat):
    person = await seat()
    await person.say("day")
    field = person.log.get_by_role("textbox", name="What day is your hearing?")
    await expect(field).to_have_attribute("type", "date")
    await field.fill("2026-12-08")
    await person.tap("OK")
    await expect(person.log.locator(".chose")).to_contain_text("December 8, 2026")
    assert person.stub.heard[-1]["text"] == "December 8, 2026"


async def test_the_day_in_court_is_a_strip_in_the_answer(seat):
    person = await seat()
    await person.say("court")
    strip = person.answers.first.locator(".date")
    await expect(strip).to_contain_text("10 days left")
    await expect(strip.get_by_role("link", name="Add to calendar")).to_have_attribute("href", re.compile("x.ics"))
    await expect(person.log.locator(".date")).to_have_count(1)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("danger", ["tel:911", "sms:911", "tel:18007997233", "sms:88788?&body=START"]),
        ("despair", ["tel:988", "sms:988", "tel:911"]),
    ],
)
async def test_danger_is_answered_with_buttons_as_wide_as_the_screen(seat, text, links):
    person = await seat(phone=True)
    await person.say(text)
    frame = person.log.locator(".safety")
    found = [await link.get_attribute("href") for link in await frame.get_by_role("link").all()]
    assert found == links
    for button in await frame.locator(".call").all():
        spot = await button.bounding_box()
        assert spot and spot["width"] > 300 and round(spot["height"]) >= 56
    await frame.get_by_role("button", name=re.compile("Leave this page now")).tap()
    await person.page.wait_for_url("https://www.weather.gov/**")


async def test_what_was_understood_can_be_changed(seat):
    person = await seat()
    await person.say("clothes")
    await person.page.locator(".sit").click()
    panel = person.page.get_by_role("region", name="What I understood")
    await expect(panel.get_by_role("button", name="The order is against me")).to_have_attribute("aria-pressed", "true")
    await expect(panel.get_by_label("Which state?")).to_have_value("FL")
    await panel.get_by_role("button", name="I asked for the order").click()
    await expect(panel).to_be_hidden()
    await expect(person.log.locator(".me")).to_have_count(2)
    assert person.stub.heard[-1]["text"] == '/inform{"role": "protected"}'


async def test_the_language_is_switched_in_the_bar(seat):
    person = await seat(viewport=DESKTOP)
    await person.say("clothes")
    await person.page.get_by_role("button", name="Español").click()
    await expect(person.page.get_by_label("Díganos qué pasa")).to_be_visible()
    # Earlier messages are still there, each in its own language.
    await expect(person.answers).to_have_count(1)
    await expect(person.answers.first).to_have_attribute("lang", "en")
    await expect(person.page.locator("header.bar")).to_contain_text("Orden contra usted · temporal")
    box = person.page.get_by_label("Díganos qué pasa")
    await box.fill("ropa")
    await box.press("Enter")
    await expect(person.answers.nth(1)).to_have_attribute("lang", "es")
    assert await person.answers.nth(1).get_attribute("dir") == "ltr"
    await person.page.reload()
    await expect(person.page.get_by_label("Díganos qué pasa")).to_be_visible()
    await person.page.get_by_role("button", name="English").click()
    await expect(person.box).to_be_visible()


async def test_the_way_out_waits_for_no_words(seat):
    """The Spanish texts are in a separate file; until it is loaded, the chat is visible and Exit works."""
    person = await seat(phone=True)
    await person.page.context.route("**/widget/es.js*", lambda route: route.abort())
    await person.page.get_by_role("button", name="Español").click()
    await expect(person.box).to_be_visible()  # the file did not load: nothing changes, and the next press retries
    await person.page.context.unroute("**/widget/es.js*")
    await person.page.context.route("**/widget/es.js*", person.stub._file)
    person.faults.clear()
    await person.page.reload()
    await person.page.get_by_role("button", name="Español").click()
    await expect(person.page.get_by_label("Díganos qué pasa")).to_be_visible()
    await person.page.reload()
    await expect(person.exit).to_be_visible()
    await expect(person.page.get_by_label("Díganos qué pasa")).to_be_visible()
