"""axe finds nothing in any state of the widget, light and dark, small and large; text has AAA contrast."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.widget.test_access import SMALL, WIDE, check

CONTRAST = """async () => (await axe.run(document, {runOnly: ['color-contrast-enhanced'], rules: {'color-contrast-enhanced': {enabled: true}}}))
  .violations.flatMap(v => v.nodes.map(n => n.target.flat().join(' ') + ' ' + n.any.map(a => a.message).join()))"""


async def well(person) -> None:
    """Asserts no violation, AAA contrast, nothing wider than the screen, and no control below 44 px."""
    await check(person)
    assert await person.page.evaluate(CONTRAST) == []
    assert await person.page.evaluate(WIDE) <= 0
    found = await person.page.evaluate(SMALL)
    assert [row for row in found if row[1] < 24 or row[2] < 43] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
async def test_the_conversation(seat, dark, phone):
    person = await seat(dark=dark, phone=phone, reduced_motion="reduce")
    await well(person)  # start
    await person.log.get_by_role("button", name="The order is against me").click()
    await expect(person.answers).to_have_count(1)
    await well(person)  # a question
    await person.choose("Not final, or a hearing is coming")
    await expect(person.answers).to_have_count(3)
    await well(person)  # an answer, the list of states, chosen buttons
    for text in ("court", "day", "danger", "despair", "ropa", "plain"):
        await person.say(text)
    for fold in await person.log.locator("summary:visible").all():
        await fold.click()
    await person.tap("Sources")
    await well(person)  # everything open


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_what_opens_above_it(seat, dark):
    person = await seat(dark=dark, phone=True)
    await person.say("court")
    await person.tap("More options")
    await well(person)
    await person.page.get_by_text("Who can see this?").click()
    await well(person)
    await person.tap("Close")
    await person.more("Erase this chat")
    await well(person)
    await person.tap("Cancel")
    await person.page.locator(".sit").click()
    await well(person)
    await person.tap("Close")
    await person.more("My path")
    await person.page.get_by_role("checkbox", name="Read the order").check()
    await person.tap("See and print")
    await well(person)
    await person.tap("Chat")
    await person.stub.cut()
    await expect(person.page.get_by_role("alert")).to_be_visible()
    await person.box.fill("waits")
    await person.box.press("Enter")
    await well(person)  # no connection, and a waiting message
    person.faults.clear()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_in_spanish(seat, dark):
    person = await seat(dark=dark)
    await person.page.get_by_role("button", name="Español").click()
    await person.page.get_by_label("Díganos qué pasa").fill("ropa")
    await person.page.get_by_role("button", name="Enviar").click()
    await expect(person.answers).to_have_count(1)
    await well(person)
