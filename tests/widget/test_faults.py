"""On any failure, the person is told, sees the emergency numbers, and loses no text."""

from __future__ import annotations

import contextlib

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import expect

NUMBER = "1-800-799-7233"
SLOW = "takes longer than it should"


async def test_the_server_is_killed_and_comes_back(visit, broken):
    person = await visit()
    await person.say("/greet")
    await person.choose("Drop criminal charges")
    answers = await person.answers.count()
    broken.kill("rasa")
    alert = person.page.get_by_role("alert")
    await expect(alert).to_contain_text(NUMBER)
    await expect(person.answers).to_have_count(answers)  # earlier messages stay readable
    await person.box.fill("/help")
    await person.box.press("Enter")
    await expect(person.log.locator(".me.waiting")).to_have_count(1)
    await expect(alert).to_be_hidden(timeout=90_000)
    # Text typed meanwhile is sent automatically, in the same conversation.
    await expect(person.answers.nth(answers)).to_be_attached()
    await expect(person.log.locator(".me")).to_have_count(3)
    await expect(person.log.locator(".waiting")).to_have_count(0)
    person.faults.clear()  # the browser reports each refused connection


async def test_the_server_is_away_from_the_start(visit, broken):
    person = await visit()
    await person.page.route("**/widget/*.js", lambda route: route.abort())
    await person.page.reload()
    # Plain HTML, before any script: numbers, a form, an exit.
    for link in ("911", NUMBER, "988", "simple version", "Exit this page"):
        await expect(person.page.get_by_role("link", name=link).first).to_be_visible()
    person.faults.clear()


async def test_the_action_server_is_gone(visit, broken):
    person = await visit()
    await person.say("/greet")
    broken.kill("actions")
    await person.box.fill("/drop_charges")
    await person.box.press("Enter")
    await expect(person.answers.nth(1)).to_contain_text(NUMBER)
    assert broken.ready(60)
    await person.say("/drop_charges")
    await expect(person.answers.filter(has_text="not legal advice")).to_have_count(1)


async def test_a_slow_answer_is_announced(visit, broken):
    person = await visit()
    await person.say("/greet")
    actions = broken.child("actions")
    actions.suspend()
    try:
        await person.box.fill("/drop_charges")
        await person.box.press("Enter")
        # The page reports it before the server does; the server's message replaces it.
        slow = person.log.locator(".fault", has_text=SLOW)
        await expect(slow).to_contain_text(NUMBER, timeout=8_000)
        await expect(slow).to_have_count(0)
        await expect(person.log.locator(".fault")).to_contain_text(NUMBER)
        await expect(person.page.get_by_role("status").last).not_to_contain_text("Looking", timeout=12_000)
    finally:
        actions.resume()


async def test_a_server_that_hangs_is_announced_and_nothing_is_lost(visit, broken):
    person = await visit()
    await person.say("/greet")
    rasa = broken.child("rasa")
    rasa.suspend()
    try:
        await person.box.fill("/help")
        await person.box.press("Enter")
        await expect(person.log.locator(".fault", has_text=SLOW)).to_contain_text(NUMBER, timeout=8_000)
    finally:
        rasa.resume()
    await expect(person.answers).to_have_count(2)
    await expect(person.log.locator(".me")).to_have_text(["You: /greet", "You: /help"])


@pytest.mark.parametrize("colour", ["light", "dark"])
async def test_the_plain_pages_need_no_script(visit, colour):
    person = await visit("/plain", java_script_enabled=False, dark=colour == "dark")
    page = person.page
    await page.get_by_label("Your message").fill("/end_order")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("button", name="I asked for the order").click()
    await page.get_by_role("button", name="Final, after a hearing").click()
    card = page.locator(".message.card").first
    await expect(card).to_contain_text("not legal advice")
    await expect(page.locator("#latest")).to_contain_text("You")
    token = await page.locator("input[name=session]").first.input_value()
    await page.reload()  # sent twice, answered once
    assert await page.locator(".message.me").count() == 3
    await page.get_by_role("button", name="Exit this page").click()
    await page.wait_for_url("https://www.weather.gov/**")
    answer = await page.request.post(f"{person.address}/chat/message", data={"session": token, "text": "/greet"})
    assert (await answer.json())["session"] != token
    # Back shows none of it: the browser kept no copy, and a resent form is not answered again.
    with contextlib.suppress(PlaywrightError):
        await page.go_back()
    await expect(page.get_by_label("Your message")).to_be_visible()
    assert await page.locator(".message").count() == 0
    assert token not in await page.content()
