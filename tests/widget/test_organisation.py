"""The organisation: name, phone, hours, logo, colours, intake; nothing without one."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.widget.stub import ADDRESS
from tests.widget.test_states import well

RIVERSIDE = {
    "name": "Riverside Legal Aid", "phone": "1-555-555-0100", "intake": "https://riverside.example.org/go",
    "colours": {"brand": "#5b2d8c", "on_brand": "#ffffff"}, "languages": ["English", "Spanish"], "states": [],
    "open": True, "until": "2026-12-02T17:00:00-06:00", "opens": "2026-12-03T09:00:00-06:00", "zone": "America/Chicago",
    "logo": None,
}  # fmt: skip
WIDE = {"width": 1440, "height": 900}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40"/></svg>'
PURPLE = "rgb(91, 45, 140)"
COLOURS = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"


def box(person):
    return person.log.get_by_role("region", name="Riverside Legal Aid")


async def test_where_nobody_is_named_nothing_is_shown(seat):
    person = await seat(viewport=WIDE)
    await person.say("clothes")
    await expect(person.page.locator(".org")).to_have_count(0)


async def test_the_start_names_it_below_what_can_be_tapped(seat):
    person = await seat(phone=True, organisation=RIVERSIDE)
    own = box(person)
    await expect(own).to_contain_text("A service of Riverside Legal Aid")
    await expect(own).to_contain_text("Open now, until 5:00 PM CST.")
    await expect(own).to_contain_text("They speak English, Spanish.")
    await expect(own.get_by_role("link", name="1-555-555-0100")).to_have_attribute("href", "tel:15555550100")
    intake = own.get_by_role("link", name="Ask them for help online (opens in a new tab)")
    await expect(intake).to_have_attribute("href", "https://riverside.example.org/go")
    last, spot = await person.log.locator(".way").last.bounding_box(), await own.bounding_box()
    assert last and spot and spot["y"] >= last["y"] + last["height"]  # it is loaded late, and moves nothing
    await well(person)


async def test_when_it_is_closed_the_next_hour_is_told(seat):
    person = await seat(organisation={**RIVERSIDE, "open": False, "until": None})
    await expect(box(person)).to_contain_text("Closed now. Opens Thursday")
    await expect(box(person)).to_contain_text("9:00 AM CST")


async def test_without_hours_none_are_told(seat):
    person = await seat(organisation={**RIVERSIDE, "open": None, "until": None, "opens": None})
    await expect(box(person)).to_contain_text("Riverside")
    await expect(box(person)).not_to_contain_text(re.compile("Open|Closed"))


async def test_in_spanish(seat):
    person = await seat(organisation=RIVERSIDE)
    await person.page.get_by_role("button", name="Español").click()
    await expect(box(person)).to_contain_text("Un servicio de Riverside Legal Aid")
    await expect(box(person)).to_contain_text("Abierto ahora, hasta")


async def test_it_stands_beside_the_talk_where_there_is_room(seat):
    person = await seat(viewport=WIDE, organisation=RIVERSIDE)
    side = person.page.get_by_role("region", name="At a glance").get_by_role("region", name="Riverside Legal Aid")
    await expect(side).to_be_visible()
    await expect(box(person)).to_be_hidden()  # once
    await person.say("court")
    await expect(side).to_be_visible()
    await well(person)


@pytest.mark.parametrize(
    ("colours", "seen"),
    [
        ({"brand": "#5b2d8c", "on_brand": "#ffffff"}, [PURPLE, "rgb(255, 255, 255)"]),
        ({"brand": "#5b2d8c", "on_brand": "#c8a8ff"}, [PURPLE, "rgb(200, 168, 255)"]),  # 4.9:1
        ({"brand": "#5b2d8c", "on_brand": "#5b2d9c"}, [PURPLE, "rgb(255, 255, 255)"]),  # 1.1:1, unreadable
        ({}, ["rgb(9, 82, 127)", "rgb(255, 255, 255)"]),
    ],
)
async def test_its_colours_are_taken_where_they_can_be_read(seat, colours, seen):
    person = await seat(organisation={**RIVERSIDE, "colours": colours})
    await expect(box(person)).to_be_visible()
    assert await person.page.locator(".send").evaluate(COLOURS) == seen


@pytest.mark.parametrize("brand", ["#ffdd00", "#ffffff", "#00ff00", "#777777"])
async def test_a_brand_that_is_too_light_is_made_darker(seat, brand):
    person = await seat(organisation={**RIVERSIDE, "colours": {"brand": brand, "on_brand": "#ffffff"}})
    await expect(box(person)).to_be_visible()
    await well(person)


async def test_the_colour_of_the_tag_goes_first(seat):
    host = '<!doctype html><html lang="en"><title>t</title><main id="c"></main><script src="/widget/whichpath.js" data-target="#c" data-colour="#09400c" async></script></html>'
    person = await seat(host=host, organisation=RIVERSIDE)
    await expect(box(person)).to_be_visible()
    assert (await person.page.locator(".send").evaluate(COLOURS))[0] == "rgb(9, 64, 12)"


async def test_a_logo_is_shown_and_one_that_is_no_picture_is_left_out(seat):
    person = await seat(organisation={**RIVERSIDE, "logo": f"{ADDRESS}/widget/later.js"})
    await expect(box(person)).to_contain_text("Riverside")
    await expect(box(person).locator("img")).to_have_count(0)
    await person.page.context.route(
        "**/logo.svg", lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml")
    )
    person.stub.organisation = {**RIVERSIDE, "logo": f"{ADDRESS}/logo.svg"}
    await person.page.reload()
    logo = box(person).locator("img")
    await expect(logo).to_be_visible()
    assert await logo.get_attribute("alt") == ""  # the name is beside it
    spot = await logo.bounding_box()
    assert spot and spot["height"] == 40
