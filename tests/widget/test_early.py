"""Before the script is loaded, and without it: help, exit, and a working text box."""

from __future__ import annotations

import asyncio
import html
import re

import httpx
from playwright.async_api import expect

from tests.widget.conftest import BOX, EXIT

SCRIPT = "**/widget/whichpath.js"
PLAIN_EXIT = "Exit this page"


async def test_what_is_typed_before_the_script_is_taken_over(visit):
    person = await visit("/embed", phone=True)  # any page: the script is delayed on the next one
    there = asyncio.Event()

    async def late(route) -> None:
        await there.wait()
        await route.continue_()

    await person.page.route(SCRIPT, late)
    await person.page.goto(person.address, wait_until="commit")
    early = person.page.locator("form textarea")
    await early.tap()
    await early.press_sequentially("my ex put")
    await early.press("Home")
    spot = await early.bounding_box()
    assert spot and spot["y"] + spot["height"] <= 740  # visible without scrolling
    there.set()
    await expect(person.exit).to_be_visible()
    # One box with the text and the cursor: typing continues without interruption.
    await expect(person.page.get_by_label(BOX)).to_have_count(1)
    await expect(person.box).to_be_focused()
    await person.page.keyboard.type("Help: ")
    await expect(person.box).to_have_value("Help: my ex put")
    await person.answered(lambda: person.box.press("Enter"))
    await expect(person.log.locator(".me")).to_contain_text("Help: my ex put")


async def test_the_box_works_without_any_script(visit):
    person = await visit(java_script_enabled=False)
    await person.page.get_by_label(BOX).fill("who can drop the charges")
    await person.page.get_by_role("button", name="Send").click()
    await expect(person.page.locator(".message.me")).to_contain_text("who can drop the charges")
    await expect(person.page.locator(".message.card").first).to_contain_text("not legal advice")


async def test_the_way_out_stands_in_the_same_place_from_the_start(visit):
    person = await visit(phone=True)
    await expect(person.exit).to_be_visible()
    with_script = await person.exit.bounding_box()
    await person.page.route(SCRIPT, lambda route: route.abort())
    await person.page.reload()
    early = person.page.get_by_role("link", name=PLAIN_EXIT)
    before = await early.bounding_box()
    assert before and with_script
    middle = (with_script["x"] + with_script["width"] / 2, with_script["y"] + with_script["height"] / 2)
    assert before["x"] < middle[0] < before["x"] + before["width"]
    assert before["y"] < middle[1] < before["y"] + before["height"]
    await person.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await early.click()
    await person.page.wait_for_url(f"{EXIT}**")
    person.faults.clear()  # the browser reports the script that the test withheld


def _snippet(address: str) -> str:
    """The HTML that ``/embed`` recommends, with our address."""
    shown = re.search(r'<pre [^>]*id="early"><code>(.*?)</code>', httpx.get(f"{address}/embed").text, re.DOTALL)
    assert shown
    return html.unescape(shown[1]).replace("https://YOUR-SERVER", address)


async def _friend(visit, address: str, **options):
    """A page of another site with the HTML of ``/embed``."""
    person = await visit("/plain", **options)
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>A site</title><body>{_snippet(address)}</body></html>"
    )
    await person.page.context.route(
        "http://www.friend.example/", lambda r: r.fulfill(body=page, content_type="text/html")
    )
    await person.page.goto("http://www.friend.example/")
    person.hosts.discard("www.friend.example")
    return person


async def test_the_box_on_another_site_works_without_script(visit, address):
    person = await _friend(visit, address, java_script_enabled=False)
    await person.page.get_by_label(BOX).fill("who can drop the charges")
    await person.page.get_by_role("button", name="Send").click()
    await expect(person.page.locator(".message.card").first).to_contain_text("not legal advice")


async def test_the_box_on_another_site_is_taken_over(visit, address):
    person = await _friend(visit, address)
    await expect(person.exit).to_be_visible()
    await expect(person.page.get_by_label(BOX)).to_have_count(1)
    await person.say("/help")
