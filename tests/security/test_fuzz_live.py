"""Fuzzing of the widget's web socket: no frame stops the server, and every question is acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from testing.stack import Stack
from tests.security.raw import MARK, fuzz, json_values, texts
from whichpath.channels.web.live import KNOCK_SECONDS

URL = "/chat/live/?EIO=4&transport=websocket"
events = st.tuples(st.sampled_from(["say", "erase", "connect", "disconnect", "*", "", MARK, "message"]), json_values)
frames = st.one_of(
    texts.map(lambda text: text.encode("utf-8", "replace").decode()[:3000]),
    events.map(lambda event: "42" + json.dumps(event)),
    st.tuples(st.integers(0, 999), json_values).map(lambda row: f"42{row[0]}" + json.dumps(row[1])),
    st.tuples(st.sampled_from("0123456789b"), texts).map(lambda row: row[0] + row[1].encode("utf-8", "replace").decode()[:500]),
    st.tuples(st.sampled_from(["40", "41", "43", "44", "45", "46", "49"]), json_values).map(lambda row: row[0] + json.dumps(row[1])),
    st.binary(max_size=60),
    st.sampled_from(
        [
            "", "1", "2", "3", "3probe", "5", "6", "40/admin,", "40/,{}", "41/nowhere,", "42", "42[]", "42[1]", "42[null]",
            '42["say"]', '42["say",null,1,2]', "42{}", '421["say",{"_placeholder":true,"num":0}]', "43[]", "431[1]",
            '451-["say",{"_placeholder":true,"num":0}]', '451-["say",{"_placeholder":true,"num":7}]', "4599999999999-[]",
            '459-["say"]', '42["say",' + "[" * 9000 + "]" * 9000 + "]", "42" + "[" * 20000, "4" + "2" * 5000, '42["erase",{}]',
            '42["say",' + "1" * 9000 + "]",
        ]
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


async def _open(http: aiohttp.ClientSession, url: str, auth: object) -> aiohttp.ClientWebSocketResponse:
    line = await http.ws_connect(url, max_msg_size=0)
    await line.send_str("40" + json.dumps(auth))
    return line


async def _until(line: aiohttp.ClientWebSocketResponse, *starts: str, seconds: float = 20) -> str | None:
    """The first frame that begins with one of ``starts``; ``None`` where the connection was closed."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        frame = await line.receive(timeout=deadline - asyncio.get_running_loop().time())
        if frame.type is not aiohttp.WSMsgType.TEXT:
            return None
        if frame.data == "2":
            await line.send_str("3")
        if frame.data.startswith(starts):
            return frame.data


async def play(url: str, auth: object, sent: list[str | bytes]) -> None:
    """Sends ``sent`` on a new connection, which may be closed as a result."""
    async with aiohttp.ClientSession() as http:
        line = await _open(http, url, auth)
        for frame in sent:
            try:
                await (line.send_bytes(frame) if isinstance(frame, bytes) else line.send_str(frame))
            except ConnectionError:
                break
        await line.close()


class Bystander:
    """Another person's open connection. Resending an accepted question tests it without a new turn."""

    ASKED = '427["say",{"id":"abcdefgh99","text":"/help","shown":"Help"}]'

    async def come(self, url: str) -> None:
        self.http = aiohttp.ClientSession()
        self.line = await _open(self.http, url, {})
        await self.line.send_str(self.ASKED)
        answer = await _until(self.line, '42["entry",{"seq":2')
        assert answer is not None, "no answer"

    async def is_well(self) -> None:
        await self.line.send_str(self.ASKED)
        assert await _until(self.line, "437") == '437[{"ok":true}]'

    async def leave(self) -> None:
        await self.line.close()
        await self.http.close()


@pytest.fixture(scope="module")
def bystander(bot: Stack, loop: asyncio.AbstractEventLoop) -> Iterator[Bystander]:
    person = Bystander()
    loop.run_until_complete(person.come(f"{bot.url}{URL}"))
    yield person
    loop.run_until_complete(person.leave())


@fuzz(90)
@given(auth=json_values, sent=st.lists(frames, max_size=5))
@example(auth={"session": "\ud800.1.x"}, sent=[])
@example(auth={"session": None}, sent=['42["say",{"id":"abcdefgh1","text":"\\ud83d"}]'])
@example(auth={}, sent=["x" * 40_000])
def test_no_frame_harms_others(bot, loop, bystander, auth, sent):
    loop.run_until_complete(play(f"{bot.url}{URL}", auth, sent))
    loop.run_until_complete(bystander.is_well())


@fuzz(25)
@given(payload=json_values)
@example(payload={"id": "abcdefgh1", "text": "\ud83d", "shown": "\ud83d"})
def test_every_question_is_acknowledged(bot, loop, payload):
    async def ask() -> str | None:
        async with aiohttp.ClientSession() as http:
            line = await _open(http, f"{bot.url}{URL}", {})
            await line.send_str("425" + json.dumps(["say", payload]))
            # "41": too many new conversations from this address.
            return await _until(line, "435", "41")

    answer = loop.run_until_complete(ask())
    assert answer is not None, "silence"
    assert answer.startswith("41") or json.loads(answer[3:])[0]["ok"] in (True, False)


@pytest.mark.parametrize(
    "query", ["", "?EIO=4", "?EIO=4&transport=polling", "?EIO=3&transport=websocket", "?EIO=4&transport=websocket&sid=x",
              "?EIO=4&transport=websocket&j=x", "?transport[]=1&EIO=%FF"]
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_the_address_of_the_line_without_a_line(http, query, method):
    assert http.request(method, f"/chat/live/{query}").status_code < 500


def test_a_line_that_never_says_whose_it_is_is_cut(bot, loop):
    async def wait() -> str | None:
        async with aiohttp.ClientSession() as http:
            line = await http.ws_connect(f"{bot.url}{URL}")
            return await _until(line, "nothing", seconds=KNOCK_SECONDS + 15)

    assert loop.run_until_complete(wait()) is None


def test_a_line_that_sends_without_end_is_cut(bot, loop):
    async def flood() -> str | None:
        async with aiohttp.ClientSession() as http:
            line = await http.ws_connect(f"{bot.url}{URL}")
            for _ in range(400):
                try:
                    await line.send_str('42["nothing"]')
                except ConnectionError:
                    return None
            return await _until(line, "nothing", seconds=15)

    assert loop.run_until_complete(flood()) is None
