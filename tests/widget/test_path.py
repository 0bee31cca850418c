"""My path: a separate page, a printout of one sheet, and erasure separate from both."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.widget import stub

PRINT = "void (window.print = () => { window.printed = document.querySelector('#wp-print').innerText })"


async def opened(seat, *texts: str, **options):
    person = await seat(**options)
    for text in texts:
        await person.say(text)
    await person.more("My path")
    return person, person.page.get_by_role("region", name="My path")


async def test_it_has_date_and_state_on_top_and_a_checklist(seat):
    person, path = await opened(seat, "clothes", "court", phone=True)
    await expect(path.get_by_role("heading").first).to_have_text("Order against you · not final")
    await expect(path.get_by_role("heading").first).to_be_focused()
    await expect(path).to_contain_text("Florida")
    await expect(path.locator(".date")).to_contain_text("10 days left")
    await expect(path).to_contain_text("0 of 6 done")
    await path.get_by_role("checkbox", name="Read the order").first.check()
    await expect(path).to_contain_text("1 of 6 done")
    # Once, not after each answer.
    await expect(path.locator(".legal summary")).to_have_text(["Information, not legal advice. Laws vary."])
    # Only in this tab.
    assert "done" in await person.page.evaluate("sessionStorage.wp")
    await person.page.get_by_role("button", name="Chat", exact=True).click()
    await expect(person.log).to_be_visible()
    await expect(person.exit).to_be_in_viewport()


async def test_the_paper_is_shown_before_it_is_printed(seat):
    person, path = await opened(seat, "clothes", "court")
    await person.page.evaluate(PRINT)
    await expect(path).to_contain_text("Who may find it?")
    await path.get_by_role("button", name="See and print").click()
    paper = path.get_by_role("region", name="What the paper will show")
    await expect(paper).to_contain_text("To do before")
    await expect(paper).not_to_contain_text("Order against you")
    await path.get_by_role("checkbox", name="Say on the paper which side I am on").check()
    await expect(paper).to_contain_text("Order against you")
    # Excluded parts are missing.
    await path.get_by_role("checkbox", name="On the paper", exact=True).last.uncheck()
    assert (await paper.inner_text()).count("Read the order.") == 1
    await path.get_by_role("button", name="Print", exact=True).click()
    printed = await person.page.evaluate("window.printed")
    assert "not legal advice" in printed and printed.count("Read the order.") == 1
    assert stub.ADDRESS not in printed and "Whichpath" not in printed and "Court order help" not in printed
    await person.page.emulate_media(media="print")
    await expect(person.page.locator("#wp-print")).to_be_visible()
    for other in ("main", "#chat", "a.exit-link"):
        await expect(person.page.locator(other).first).to_be_hidden()
    await person.page.emulate_media(media="screen")
    await person.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert (
        await person.page.title() == "Information" and await person.page.locator("#wp-print, [data-off]").count() == 0
    )


async def test_the_paper_is_one_page(seat):
    person, path = await opened(seat, "clothes", "court", "danger", '/inform{"stage": "temporary"}')
    await person.page.evaluate(PRINT)
    await path.get_by_role("button", name="See and print").click()
    await path.get_by_role("button", name="Print", exact=True).click()
    pdf = await person.page.pdf(format="Letter", prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    await person.page.evaluate("dispatchEvent(new Event('afterprint'))")


async def test_copy(seat):
    person, path = await opened(seat, "clothes")
    await person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await path.get_by_role("button", name="Copy").click()
    await expect(person.page.get_by_role("status").last).to_contain_text("Copied")
    copied = await person.page.evaluate("navigator.clipboard.readText()")
    for words in ("[ ] Read the order.", "not legal advice", "Find a lawyer", "floridalawhelp.org"):
        assert words in copied


async def test_erase_is_red_apart_and_asks_once_more(seat):
    person, path = await opened(seat, "clothes")
    erase = path.get_by_role("button", name="Erase this chat")
    assert await erase.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(161, 22, 22)"
    one, other = await erase.bounding_box(), await path.get_by_role("button", name="Copy").bounding_box()
    assert one and other and one["y"] - other["y"] - other["height"] > 60
    await erase.click()
    await person.page.get_by_role("button", name="Erase", exact=True).click()
    await expect(person.page.get_by_role("status").last).to_contain_text("erased")
    await expect(person.answers).to_have_count(0)
    await person.more("My path")
    await expect(path).to_contain_text("There is nothing here yet")


async def test_start_over(seat):
    person, path = await opened(seat, "clothes")
    await path.get_by_role("button", name="Start over").click()
    await expect(person.log).to_be_visible()
    assert person.stub.heard[-1]["text"] == "/restart"
