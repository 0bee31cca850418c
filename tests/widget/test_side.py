"""A wide screen shows a fixed panel beside the conversation: situation, date, steps, numbers."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.widget.test_states import well

WIDE = {"width": 1440, "height": 900}


async def beside(seat, **options):
    person = await seat(viewport=WIDE, reduced_motion="reduce", **options)
    return person, person.page.get_by_role("region", name="At a glance")


async def test_it_shows_situation_date_steps_and_numbers(seat):
    person, side = await beside(seat)
    await expect(side.get_by_role("link")).to_have_count(3)  # before the first message: the numbers, once
    await expect(person.page.get_by_role("link", name="911")).to_have_count(1)
    await person.say("court")
    await expect(side).to_contain_text("Order against you · not final")
    await expect(side).to_contain_text("10 days left")
    await expect(side.get_by_role("link", name="Add to calendar")).to_be_visible()
    await expect(side.get_by_role("checkbox")).to_have_count(3)
    talk, own = await person.log.bounding_box(), await side.bounding_box()
    assert talk and own and talk["x"] + talk["width"] <= own["x"]
    await person.say("another question")
    for number in ("911", "1-800-799-7233", "988"):
        await expect(side.get_by_role("link", name=number)).to_be_in_viewport(ratio=1)


async def test_a_step_is_ticked_off_and_stays_so_on_my_path(seat):
    person, side = await beside(seat)
    await person.say("clothes")
    await side.get_by_role("checkbox", name="Read the order").check()
    await expect(side.get_by_role("heading", name="1 of 3 done")).to_be_visible()
    await side.get_by_role("button", name="My path").click()
    await expect(side).to_be_hidden()
    await expect(person.page.get_by_role("checkbox", name="Read the order")).to_be_checked()
    await person.page.get_by_role("checkbox", name="Ask the clerk").check()
    await person.tap("Chat")
    await expect(side.get_by_role("heading", name="2 of 3 done")).to_be_visible()


async def test_what_was_understood_is_changed_from_it(seat):
    person, side = await beside(seat)
    await person.say("clothes")
    change = side.get_by_role("button", name="Change")
    await change.click()
    await expect(person.page.get_by_role("region", name="What I understood")).to_be_visible()
    await person.page.keyboard.press("Escape")
    await expect(change).to_be_focused()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing(seat, dark):
    person, _ = await beside(seat, dark=dark)
    await well(person)
    for text in ("court", "clothes", "danger"):
        await person.say(text)
    await well(person)


@pytest.mark.parametrize("width", [360, 768, 1200])
async def test_without_the_room_there_is_none(seat, width):
    person = await seat(viewport={"width": width, "height": 900})
    await person.say("court")
    await expect(person.page.get_by_role("region", name="At a glance")).to_have_count(0)
    await expect(person.log.get_by_role("checkbox")).to_have_count(0)
