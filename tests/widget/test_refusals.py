"""Attacks: forged sessions, foreign pages, huge frames, floods. The person's own chat continues."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from whichpath.library.phrases import load_phrases


class Stranger:
    """A minimal socket.io client without a browser, which can send anything."""

    def __init__(self, address: str) -> None:
        self.url = f"{address}/chat/live/?EIO=4&transport=websocket"
        self.told: list[tuple[str, object]] = []
        self.sessions: asyncio.Queue[dict] = asyncio.Queue()
        self._acks: dict[int, asyncio.Future] = {}
        self._task: asyncio.Task | None = None

    async def come(self, origin: str | None = None, **auth: object) -> dict:
        """Connects; returns the server's session event."""
        self.http = aiohttp.ClientSession()
        try:
            self.line = await self.http.ws_connect(self.url, headers={"Origin": origin} if origin else {})
        except aiohttp.ClientError:
            await self.http.close()
            raise
        self._task = asyncio.create_task(self._listen())
        await self.line.send_str("40" + json.dumps(auth))
        return await asyncio.wait_for(self.sessions.get(), 10)

    async def _listen(self) -> None:
        async for frame in self.line:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            found = re.match(r"4([23])(\d*)(\[.*)", frame.data, re.DOTALL)
            if frame.data == "2":
                await self.line.send_str("3")
            elif found and found[1] == "3":
                self._acks.pop(int(found[2])).set_result(json.loads(found[3])[0])
            elif found:
                event, data = json.loads(found[3])
                self.told.append((event, data))
                if event == "session":
                    self.sessions.put_nowait(data)

    async def call(self, event: str, data: object) -> dict:
        """Sends an event and waits for its acknowledgement."""
        number = len(self._acks) + secrets.randbelow(10**9)
        self._acks[number] = asyncio.get_running_loop().create_future()
        answer = self._acks[number]
        await self.line.send_str(f"42{number}{json.dumps([event, data])}")
        return await asyncio.wait_for(answer, 15)

    async def say(self, text: str, **more: object) -> dict:
        return await self.call("say", {"id": secrets.token_hex(12), "text": text, "shown": text, **more})

    async def leave(self) -> None:
        if self._task is not None:
            await self.line.close()
            self._task.cancel()
            await self.http.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(address: str) -> AsyncIterator[Stranger]:
    someone = Stranger(address)
    yield someone
    await someone.leave()


async def kept(person) -> str:
    return json.loads(await person.page.evaluate("sessionStorage.wp"))["session"]


async def well(person) -> None:
    """Asserts that the person's own chat is unchanged and continues."""
    before = await person.answers.count()
    await person.say("/help")
    assert await person.answers.count() == before + 1


async def test_a_forged_session_gets_nothing(visit, stranger):
    person = await visit()
    await person.say("/greet")
    token = await kept(person)
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    info = await stranger.come(session=forged)
    assert info["session"] not in (token, forged)
    # No data of the person, only that the conversation was not found.
    assert [e["message"]["text"] for e in info["entries"]] == [load_phrases().new_session.text]
    await stranger.say("/help", session=token)
    await well(person)
    assert await person.log.locator(".me").count() == 2
    assert not any("/greet" in str(told) for told in stranger.told)


@pytest.mark.parametrize("session", [5, "", "x" * 5000, ["a"], {"a": 1}, "a.b.c"])
async def test_odd_sessions_get_a_new_one(stranger, session):
    assert (await stranger.come(session=session, epoch=[], last="x"))["session"].count(".") == 2


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
async def test_a_foreign_page_is_refused(stranger, address, origin):
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await stranger.come(origin=origin)
    async with aiohttp.ClientSession() as http:
        # A site without referrers sends the origin "null": the token is sufficient to end a session.
        for path in ("/chat/message", "/plain") + (("/chat/end",) if origin != "null" else ()):
            async with http.post(
                address + path, json={"session": None, "text": "x"}, headers={"Origin": origin}
            ) as answer:
                assert answer.status == 403


async def test_a_site_on_the_list_is_let_in(stranger):
    assert (await stranger.come(origin="https://www.friend.example"))["session"]


async def test_a_huge_frame_ends_that_line_alone(visit, address):
    person = await visit()
    await person.say("/greet")
    async with aiohttp.ClientSession() as http:
        url = f"{address}/chat/live/?EIO=4&transport=websocket"
        async with http.ws_connect(url) as line:
            await line.receive(timeout=5)
            await line.send_str("40")
            while "session" not in (await line.receive(timeout=5)).data:
                pass
            await line.send_str('42["say",{"id":"aaaaaaaaaaaa","text":"' + "x" * 1_000_000 + '"}]')
            while True:
                message = await line.receive(timeout=10)
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                    break
    await well(person)


async def test_fifty_messages_in_a_second(visit, stranger):
    person = await visit()
    await person.say("/greet")
    await stranger.come()
    answers = await asyncio.gather(*(stranger.say("/help") for _ in range(50)))
    taken = [answer for answer in answers if answer["ok"]]
    assert 5 <= len(taken) <= 12
    assert {answer["error"] for answer in answers if not answer["ok"]} == {"rate"}
    await well(person)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        5,
        [],
        {},
        {"id": "a" * 12},
        {"id": "a" * 12, "text": 5},
        {"id": "../" * 4, "text": "x"},
        {"id": "a" * 900, "text": "x"},
    ],
)
async def test_odd_messages_are_refused_in_one_word(stranger, data):
    await stranger.come()
    assert await stranger.call("say", data) == {"ok": False, "error": "bad"}


async def test_the_same_question_twice_is_answered_once(stranger):
    await stranger.come()
    question = {"id": secrets.token_hex(12), "text": "/help", "shown": "/help"}
    assert [await stranger.call("say", question) for _ in range(3)] == [{"ok": True}] * 3
    await asyncio.sleep(2)
    assert len([told for told in stranger.told if told[0] == "entry"]) == 2


async def test_a_flood_in_the_own_tab_gives_the_words_back(visit):
    person = await visit()
    await person.online()
    fault = person.log.locator(".fault")
    for number in range(30):
        await person.box.fill(f"line {number}")
        await person.box.press("Enter")
        await person.page.wait_for_timeout(150)
        if await fault.count():
            break
    await expect(fault.first).to_contain_text("many messages")
    await expect(person.box).to_have_value(re.compile("line"))
