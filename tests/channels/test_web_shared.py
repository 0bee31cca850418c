"""Two processes' worth of servers with one PostgreSQL and one Redis: pages of one person on both stay in step."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from testing import production
from testing.page import Page, until
from tests.channels.conftest import Bot, serve
from tests.channels.doubles import FakeActions
from whichpath.channels.guards.limits import PER_REST_SENDER
from whichpath.channels.web import shared
from whichpath.store.identity import session_sender

pytestmark = pytest.mark.asyncio(loop_scope="session")
#: Messages of the tiny bot's answer to "dropped".
CARD = 2


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both(tiny_model: str) -> AsyncIterator[tuple[Bot, Bot]]:
    """Two servers."""
    production.redis().ask("FLUSHALL")
    actions, database = FakeActions(), production.postgres().new_database()
    await actions.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHICHPATH_REDIS_URL", production.redis().url)
        async with serve(tiny_model, actions, database) as one, serve(tiny_model, actions, database) as two:
            yield one, two
    await actions.stop()


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _pages(monkeypatch) -> AsyncIterator[None]:
    """Every page that was opened is closed again."""
    opened: list[Page] = []
    come = Page.come
    monkeypatch.setattr(Page, "come", lambda self, *a: (opened.append(self), come(self, *a))[1])
    yield
    for page in opened:
        await page.leave()


@pytest_asyncio.fixture(loop_scope="session")
async def pair(both: tuple[Bot, Bot]) -> AsyncIterator[tuple[Bot, Bot]]:
    """The same, with everything in order before and after."""
    await both[0].actions.reset()
    yield both
    await both[0].actions.reset()
    redis = production.redis()
    redis.thaw()
    if redis.process.poll() is not None:
        redis.start()


def web(bot: Bot):
    """The web channel's conversations in that server."""
    return next(rule for rule in bot.app.blueprints.values() if rule.name == "whichpath_web").ctx.live.talk


def url(bot: Bot) -> str:
    return str(bot.http.base_url)


async def tabs(pair, *more: int) -> list[Page]:
    """Pages of one person: on the first server, then on the given ones."""
    first = await Page(url(pair[0])).come()
    return [first, *[await Page(url(pair[at]), first.session).come() for at in more]]


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


# --- a process dies ---


def as_if_dead(process, monkeypatch):
    """It holds on to no question any more, and takes up none of others."""
    monkeypatch.setattr(shared, "LEASE", 2.0)
    monkeypatch.setattr(web(process).transcript, "prolong", lambda _questions: asyncio.sleep(0))
    monkeypatch.setattr(web(process), "take_over", lambda _book: asyncio.sleep(0))


async def test_a_question_of_a_process_that_died_is_answered_by_another(pair, monkeypatch):
    one, two = await tabs(pair, 1)
    await one.say("form")
    as_if_dead(pair[0], monkeypatch)
    monkeypatch.setattr(web(pair[0]), "_answer", lambda _asked: asyncio.sleep(3600))
    assert await one.send("Reno", "e" * 12) == {"ok": True}
    await until(lambda: two.said("e" * 12), shared.LEASE + 10)
    assert two.said("e" * 12) == one.said("e" * 12) == ["Town is Reno."]


async def test_a_turn_that_was_stored_before_its_process_died_is_not_taken_again(pair, monkeypatch):
    one, two = await tabs(pair, 1)
    await one.say("form")
    as_if_dead(pair[0], monkeypatch)
    monkeypatch.setattr(web(pair[0]), "_keep", lambda *_: asyncio.sleep(3600))
    assert await one.send("Reno", "f" * 12) == {"ok": True}
    await until(lambda: two.said("f" * 12), shared.LEASE + 10)
    assert two.said("f" * 12) == one.said("f" * 12) == ["Town is Reno."]
    events = await pair[0].events(session_sender(one.session))
    assert [e.text for e in events if e.type_name == "user"] == ["form", "Reno"]


async def test_an_answer_that_comes_after_another_process_took_over_is_not_said_twice(pair, monkeypatch):
    one, two = await tabs(pair, 1)
    monkeypatch.setattr(shared, "LEASE", 1.0)
    monkeypatch.setattr(web(pair[0]).transcript, "prolong", lambda _questions: asyncio.sleep(0))
    monkeypatch.setattr(web(pair[0]), "take_over", lambda _book: asyncio.sleep(0))
    pair[0].actions.delay = 4.0
    await one.send("dropped", "a1" * 6)
    await until(lambda: two.said("a1" * 6), 30)
    await asyncio.sleep(4.5)
    assert len(two.said("a1" * 6)) == len(one.said("a1" * 6)) == CARD


# --- Redis dies ---


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_without_redis_everybody_is_told(pair, unavailable, fault):
    one, _two = await tabs(pair, 1)
    await one.say("hello")
    getattr(production.redis(), fault)()
    assert await one.send("hello") == {"ok": False, "error": "unavailable"}
    for bot in pair:
        said = await bot.http.post("/chat/message", json={"session": one.session, "text": "hello"})
        assert said.json() == {"session": one.session, "messages": [load_unavailable()]}
        page = await bot.http.post("/plain", data={"session": one.session, "text": "hello", "question": "abc"})
        assert "1-800-799-7233" in page.text and one.session in page.text
        assert [m["text"] for m in await bot.client().say("hello")] == [unavailable]
        ready = await bot.http.get("/health/ready")
        assert ready.status_code == 503 and ready.json()["redis"] is False
    # The way out works all the same.
    assert (await pair[0].http.post("/chat/end", json={"session": one.session})).status_code == 204
    assert await pair[0].events(session_sender(one.session)) == []


def load_unavailable() -> dict:
    from whichpath.library.phrases import load_phrases

    return load_phrases().unavailable.message()


async def test_redis_that_begins_anew_in_mid_turn_loses_no_answer(pair):
    one, two = await tabs(pair, 1)
    await one.say("form")
    pair[0].actions.delay = 1.0
    await one.send("Reno", "b1" * 6)
    await asyncio.sleep(0.3)
    production.redis().ask("FLUSHALL")
    await until(lambda: "Town is Reno." in one.texts and "Town is Reno." in two.texts)
    assert one.texts == two.texts == ["form", "Which town?", "Reno", "Town is Reno."]
    assert await two.say("hello") == ["Hello."]


async def test_redis_that_is_away_in_mid_turn_loses_no_answer_and_the_pages_get_in_step_again(pair):
    one, two = await tabs(pair, 1)
    await one.say("hello")
    pair[0].actions.delay = 1.0
    await one.send("dropped", "c1" * 6)
    await asyncio.sleep(0.3)
    production.redis().freeze()
    await until(lambda: one.said("c1" * 6), 20)
    production.redis().thaw()
    await until(lambda: two.said("c1" * 6), 20)
    await until(lambda: one.lines == two.lines, 20)
    assert len(one.said("c1" * 6)) == CARD and [e["seq"] for e in one.lines] == [1, 2, 3, 4, 5]


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
