"""Complete conversations: by keyboard, by touch, with a lost connection, in two tabs."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.widget.conftest import Line


async def tab_to(page, text: str, limit: int = 40) -> None:
    """Presses Shift+Tab until the focus is on the element with ``text``."""
    focused = "(() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; return e?.innerText ?? '' })()"
    for _ in range(limit):
        if (await page.evaluate(focused)).strip() == text:
            return
        await page.keyboard.press("Shift+Tab")
    raise AssertionError(f"the keyboard does not reach {text!r}")


async def test_a_whole_conversation_by_keyboard(visit):
    person = await visit()
    await person.online()
    keys = person.page.keyboard
    await keys.press("Tab")
    await expect(person.exit).to_be_focused()  # the first Tab reaches the Exit button
    await person.box.focus()
    await person.answered(lambda: _type(keys, "/end_order"))
    assert await person.box.input_value() == ""
    for choice in ("I asked for the order", "Final, after a hearing"):
        await expect(person.log.get_by_role("button", name=choice).last).to_be_visible()
        await tab_to(person.page, choice)
        await person.answered(lambda: keys.press("Enter"))
    card = person.answers.filter(has_text="End or change your final order")
    await expect(card.get_by_role("heading").first).to_be_visible()
    await expect(card.get_by_role("list").first).to_be_visible()
    # Never folded: the notice and the lawyer links.
    await expect(card.locator(".legal summary")).to_contain_text("not legal advice")
    assert await card.locator(".legal").evaluate("node => node.closest('details') === null")
    await expect(card.locator(".legal .lawyer")).to_contain_text("Find a lawyer")
    await expect(card.locator(".legal").get_by_role("link").first).to_be_visible()
    # Sources are folded, and opened by keyboard. The date is readable.
    sources = card.get_by_role("button", name="Sources")
    await expect(card.locator(".from ul")).to_be_hidden()
    await sources.focus()
    await keys.press("Enter")
    await expect(card.locator(".from ul")).to_be_visible()
    await expect(card.locator(".from")).to_contain_text(re.compile(r"checked [A-Z][a-z]+ \d{1,2}, 20\d\d"))


def _lines(text: str) -> list[str]:
    """The texts of the conversation."""
    return [line.strip() for line in text.split("\n") if line.strip()]


async def _type(keys, text: str) -> None:
    await keys.type(text)
    await keys.press("Enter")


async def test_a_whole_conversation_by_touch(visit):
    person = await visit(phone=True)
    await person.online()
    await person.box.tap()
    await person.box.fill("/end_order")
    send = person.page.get_by_role("button", name="Send")
    await person.answered(send.tap)
    for choice in ("The order is against me", "Not final, or a hearing is coming"):
        await person.answered(person.log.get_by_role("button", name=choice).last.tap)
        assert await person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = person.answers.filter(has_text="Find a lawyer").first
    await expect(card).to_contain_text("not legal advice")
    # The beginning of the answer is visible, below the fixed Exit button.
    await person.page.wait_for_timeout(700)
    top = await person.log.locator(".turn").last.bounding_box()
    way_out = await person.exit.bounding_box()
    assert top and way_out and way_out["y"] + way_out["height"] <= top["y"] + 1 < 740


async def test_choices_can_be_taken_back_and_tell_what_was_chosen(visit):
    person = await visit()
    await person.say("/end_order")
    await person.choose("The order is against me")
    first = person.answers.first
    await expect(first.locator(".chose")).to_contain_text("You chose: The order is against me")
    await first.get_by_role("button", name="Change").click()
    await person.answered(first.get_by_role("button", name="I asked for the order").click)
    await expect(first.locator(".chose")).to_contain_text("You chose: I asked for the order")
    asked = ["You: /end_order", "You: The order is against me", "You: I asked for the order"]
    await expect(person.log.locator(".me")).to_have_text(asked)


async def test_a_reload_brings_everything_back_once(visit):
    person = await visit()
    await person.say("/greet")
    await person.choose("Drop criminal charges")
    before, number = await person.log.inner_text(), await person.answers.count()
    await person.box.fill("half a sentence")
    await person.page.reload()
    await expect(person.answers).to_have_count(number)
    assert _lines(await person.log.inner_text()) == _lines(before)
    # Unsent text is not lost.
    await expect(person.box).to_have_value("half a sentence")
    assert await person.page.evaluate("localStorage.length") == 0


async def test_a_line_that_breaks_in_mid_answer(visit, broken):
    line = Line()
    person = await visit(line=line)
    await person.say("/greet")
    actions = broken.child("actions")
    actions.suspend()
    try:
        await person.box.fill("/drop_charges")
        await person.box.press("Enter")
        await expect(person.page.get_by_role("status").last).to_contain_text("Looking")
        await line.cut()
    finally:
        actions.resume()
    # The answer is produced while the page is closed, and delivered later.
    await person.page.wait_for_timeout(1000)
    await expect(person.answers).to_have_count(1)
    line.mend()
    await expect(person.answers).to_have_count(3)
    await expect(person.log.locator(".me")).to_have_count(2)
    await expect(person.answers.nth(1)).to_contain_text("not legal advice")


async def test_what_is_sent_without_a_line_goes_out_later(visit):
    line = Line()
    person = await visit(line=line)
    await person.say("/greet")
    await line.cut()
    await expect(person.page.get_by_role("alert")).to_contain_text("1-800-799-7233")
    await person.box.fill("/help")
    await person.box.press("Enter")
    waiting = person.log.locator(".me.waiting")
    await expect(waiting).to_contain_text("Not sent yet")
    # A reload does not lose it.
    await person.page.reload()
    await expect(waiting).to_contain_text("/help")
    line.mend()
    await expect(person.answers).to_have_count(2)
    await expect(waiting).to_have_count(0)
    await expect(person.page.get_by_role("alert")).to_be_hidden()


async def test_two_tabs_are_in_step(visit):
    one = await visit()
    await one.say("/greet")
    two = await visit(context=one.page.context)
    await expect(two.answers).to_have_count(1)
    await two.say("/end_order")
    # Each tab shows the other's question and the answer.
    await expect(one.log.locator(".me").last).to_contain_text("/end_order")
    await expect(one.answers).to_have_count(2)
    await one.choose("I asked for the order")
    await expect(two.log.locator(".me").last).to_contain_text("I asked for the order")
    await expect(two.answers).to_have_count(3)
    assert list(map(_lines, await two.answers.all_inner_texts())) == list(
        map(_lines, await one.answers.all_inner_texts())
    )


async def test_markup_stays_text(visit):
    person = await visit()
    await person.say("hello <img src=x onerror=document.title='broken'> & <b>bold</b>")
    assert await person.page.title() == "Information"
    assert await person.log.locator("img, .me b").count() == 0


async def test_the_start_notice(visit):
    person = await visit()
    notice = person.log.locator(".start")
    for words in (
        "somebody else see this",
        "press Shift 3 times",
        "cannot delete your browser history",
        "deleted when you exit",
        "not legal advice",
    ):
        await expect(notice).to_contain_text(words)
    await expect(notice).to_be_in_viewport()
    await notice.get_by_text("More").click()
    await expect(notice.get_by_text("press Shift 3 times")).to_be_visible()


# Records every announcement to screen readers.
NOTE = """
window.heard = [];
const wait = setInterval(() => {
  const root = document.querySelector('#chat')?.shadowRoot;
  if (!root?.querySelector('[role=log]')) return;
  clearInterval(wait);
  for (const region of root.querySelectorAll('[aria-live].sr'))
    new MutationObserver(() => region.textContent && heard.push(region.textContent)).observe(region, {childList: true, subtree: true});
}, 1);
"""


async def test_only_what_is_new_is_read_out(visit):
    person = await visit()
    await person.say("/greet")
    # The log is not announced: a separate region announces a summary.
    await expect(person.log).to_have_attribute("aria-live", "off")
    await person.page.wait_for_timeout(300)
    await person.page.evaluate(NOTE)
    await person.choose("Drop criminal charges")
    await person.page.wait_for_timeout(400)
    heard = await person.page.evaluate("heard")
    assert len(heard) == 1 and "Hello" not in heard[0] and "Florida Courts" not in heard[0]


async def test_old_lines_are_not_read_out_again(visit):
    person = await visit()
    await person.say("/greet")
    await person.page.add_init_script(NOTE)
    await person.page.reload()
    await expect(person.answers).to_have_count(1)
    await person.page.wait_for_timeout(400)
    assert await person.page.evaluate("heard") == []
