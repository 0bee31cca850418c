"""Pages of one person on two servers that share PostgreSQL and Redis stay synchronised."""

from __future__ import annotations

import asyncio
import re
import secrets
import time

import pytest

from testing import production
from testing.page import Page, until
from tests.channels.pages import tabs, url, web
from whichpath.channels.guards.limits import PER_REST_SENDER
from whichpath.store.identity import session_sender

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_tabs_on_two_processes_see_the_same(pair):
    one, two = await tabs(pair, 1)
    assert await one.say("form") == ["Which town?"]
    await until(lambda: two.texts == ["form", "Which town?"])
    assert await two.say("Reno") == ["Town is Reno."]
    await until(lambda: one.texts == ["form", "Which town?", "Reno", "Town is Reno."])
    assert one.lines == two.lines and not one.open and not two.open
    assert [e["seq"] for e in one.lines] == [1, 2, 3, 4] and one.epoch == two.epoch


async def test_many_lines_from_both_arrive_everywhere_once_and_in_one_order(pair):
    one, two = await tabs(pair, 1)
    for _ in range(4):
        await asyncio.gather(one.say("hello"), two.say("/help"))
    await until(lambda: len(one.lines) == len(two.lines) == 16)
    assert one.lines == two.lines
    assert [e["seq"] for e in one.lines] == list(range(1, 17))


async def test_a_question_sent_to_both_is_answered_once(pair):
    one, two = await tabs(pair, 1)
    question = secrets.token_hex(12)
    answers = await asyncio.gather(*(page.send("hello", question) for page in (one, two) for _ in range(3)))
    assert answers == [{"ok": True}] * 6
    await until(lambda: one.said(question) and two.said(question))
    await asyncio.sleep(0.5)
    assert one.texts == two.texts == ["hello", "Hello."]
    events = await pair[0].events(session_sender(one.session))
    assert len([e for e in events if e.type_name == "user"]) == 1


async def test_a_page_that_comes_back_at_the_other_process_gets_what_it_lacks(pair):
    one, two = await tabs(pair, 1)
    await one.say("hello")
    await one.leave()
    await two.say("/help")
    back = Page(url(pair[1]), one.session)
    back.epoch, back.last, back.lines = one.epoch, one.last, list(one.lines)
    await back.come()
    await until(lambda: len(back.lines) == 4)
    assert back.resets == 0 and back.lines == two.lines


async def test_an_ended_session_is_ended_everywhere(pair):
    one, two = await tabs(pair, 1)
    await one.say("hello")
    assert (await pair[0].http.post("/chat/end", json={"session": one.session})).status_code == 204
    await until(lambda: one.ended and two.ended and not two.connected)
    for bot in pair:
        again = await Page(url(bot), one.session).come()
        await until(lambda again=again: again.session != one.session)
        answer = await bot.http.post("/chat/message", json={"session": one.session, "text": "hello"})
        assert answer.json()["session"] != one.session
        assert await bot.events(session_sender(one.session)) == []


async def test_erase_reaches_all(pair):
    one, two = await tabs(pair, 1)
    await one.say("hello zanzibar")
    await until(lambda: len(two.lines) == 2)
    assert await two.call("erase", {}) == {"ok": True}
    await until(lambda: one.lines == two.lines == [] and one.epoch == two.epoch)
    assert await one.say("hello") == ["Hello."]
    await until(lambda: one.lines == two.lines)
    await one.say("erase")
    await until(lambda: one.texts == two.texts == ["Erased."])
    assert await pair[0].events(session_sender(one.session)) == []


async def test_what_another_process_answers_after_the_erasure_is_not_kept(pair):
    one, two = await tabs(pair, 1)
    pair[0].actions.delay = 1.0
    assert await one.send("dropped", "c" * 12) == {"ok": True}
    await asyncio.sleep(0.3)
    assert await two.call("erase", {}) == {"ok": True}
    await asyncio.sleep(1.5)
    assert one.lines == two.lines == []
    assert await pair[0].events(session_sender(one.session)) == []


async def test_rates_are_of_all_processes_together(pair):
    one, two = await tabs(pair, 1)
    answers = [await page.send("hello") for _ in range(12) for page in (one, two)]
    taken = [answer for answer in answers if answer["ok"]]
    assert 10 <= len(taken) <= 14
    assert {answer["error"] for answer in answers if not answer["ok"]} == {"rate"}


async def test_rates_of_rest_are_of_all_processes_together(pair):
    body = {"sender": secrets.token_hex(8), "message": "..."}
    answers = [
        (await bot.http.post("/webhooks/rest/webhook", json=body)).status_code for _ in range(45) for bot in pair
    ]
    assert PER_REST_SENDER.burst <= answers.count(200) < 80 and set(answers) == {200, 429}


async def test_a_plain_form_that_is_sent_to_both_at_once_is_one_conversation(pair):
    pair[0].actions.delay = pair[1].actions.delay = 0.5
    form = {"text": "dropped", "question": secrets.token_hex(12)}
    sent = [bot.http.post("/plain", data=form) for bot in pair for _ in range(2)]
    pages = [page.text for page in await asyncio.gather(*sent)]
    tokens = {re.search(r'name="session" value="([^"]+)"', page)[1] for page in pages}
    assert len(tokens) == 1
    events = await pair[0].events(session_sender(tokens.pop()))
    assert len([e for e in events if e.type_name == "user"]) == 1
    later = (await pair[1].http.post("/plain", data=form)).text
    assert later.count("The answer in one line.") == 1


async def test_nothing_in_redis_can_be_read_and_nothing_stays(pair):
    production.redis().ask("FLUSHALL")
    one, two = await tabs(pair, 1)
    pair[0].actions.delay = 0.5
    await one.send("dropped madagascar", "d" * 12)
    await asyncio.sleep(0.2)
    while_open = production.redis().everything()
    await until(lambda: two.said("d" * 12))
    after = production.redis().everything()
    assert "d" * 12 in while_open and session_sender(one.session) in after
    for kept in (while_open, after):
        for word in ("madagascar", "answer in one line", "127.0.0.1", one.session, "Help"):
            assert word not in kept
        assert "ttl=-1" not in kept, kept
    assert (await pair[0].http.post("/chat/end", json={"session": one.session})).status_code == 204
    left = [line for line in production.redis().everything().splitlines() if session_sender(one.session) in line]
    assert [line.split()[0].rsplit(":", 1)[-1] for line in left] == ["ended"]


async def test_closed_pages_are_tidied_and_open_ones_on_another_process_are_not(pair):
    one, two = await Page(url(pair[0])).come(), await Page(url(pair[1])).come()
    await one.say("hello")
    await two.say("hello")
    await one.leave()
    await asyncio.sleep(0.3)
    moment = time.time()
    await asyncio.sleep(0.1)
    for bot in reversed(pair):
        await web(bot).tidy_once(moment)
    assert await pair[0].events(session_sender(two.session))
    assert await pair[0].events(session_sender(one.session)) == []
