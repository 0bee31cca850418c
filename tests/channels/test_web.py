"""The page and its endpoint, over HTTP."""

from __future__ import annotations

import re
import time

import pytest

from testing.page import Page, until
from whichpath.channels.web import history, talk
from whichpath.channels.web.transcript import MemoryTranscript
from whichpath.library.phrases import load_phrases
from whichpath.store.identity import new_session, session_sender


async def say(bot, text, session=None, **headers):
    answer = await bot.http.post("/chat/message", json={"session": session, "text": text}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_page_stands_at_the_root(bot):
    page = await bot.http.get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    for plain in ("tel:911", "tel:18007997233", "tel:988", 'class="leave"', "not legal advice", 'href="/plain"'):
        assert plain in page.text, plain


async def test_it_loads_nothing_from_elsewhere(bot):
    page = (await bot.http.get("/")).text
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page)
    assert loaded and all(place.startswith(("/", "data:")) for place in loaded)
    # Its styles are inline.
    assert "<style>" in page and "stylesheet" not in page and "@import" not in page
    for name in ("whichpath.js", "later.js", "es.js", "whichpath.css"):
        asset = await bot.http.get(f"/widget/{name}")
        assert asset.status_code == 200
        assert "innerHTML" not in asset.text and "localStorage.s" not in asset.text and "@import" not in asset.text


@pytest.mark.parametrize("path", ["/", "/embed", "/plain", "/widget/none.js", "/webhooks/rest/", "/health/live"])
async def test_every_answer_has_the_headers(bot, path):
    headers = (await bot.http.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == ("same-origin" if path in ("/", "/plain") else "no-referrer")
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


async def test_files_that_name_their_version_are_kept_for_good(bot):
    script = (await bot.http.get("/widget/whichpath.js")).text
    named = re.search(r"later\.js\?v=\w{10}", script)
    assert named
    answer = await bot.http.get(f"/widget/{named[0]}")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in (await bot.http.get("/widget/later.js")).headers["cache-control"]


@pytest.mark.parametrize(("asked", "sent"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_files_are_packed_as_the_browser_can_unpack(bot, asked, sent):
    answer = await bot.http.get("/widget/whichpath.js", headers={"Accept-Encoding": asked})
    assert answer.headers.get("content-encoding") == sent


async def test_the_box_of_the_front_page_needs_no_id(bot):
    """The page is the same file for everybody."""
    answer = await bot.http.post(
        "/plain", data={"text": "hello"}, headers={"Origin": str(bot.http.base_url).rstrip("/")}
    )
    assert answer.status_code == 200 and "Hello." in answer.text


async def test_a_plain_page_that_was_left_is_not_answered_again(bot):
    """A request as repeated by the Back button. Before the exit, a reload finds the same conversation."""
    question = re.search(r'name="question" value="(\w+)"', (await bot.http.get("/")).text)
    assert question
    form = {"question": question[1], "text": "hello"}
    first = (await bot.http.post("/plain", data=form)).text
    again = (await bot.http.post("/plain", data=form)).text
    token = re.search(r'name="session" value="([^"]+)"', first)
    assert token and token[1] in again and again.count("Hello.") == first.count("Hello.") == 1
    await bot.http.post("/leave", data={"session": token[1]})
    left = (await bot.http.post("/plain", data=form)).text
    assert "Hello." not in left and "hello" not in left.split("<body")[1] and token[1] not in left


@pytest.mark.parametrize(
    "name", ["page.html", "../credentials.yml", "..%2fcredentials.yml", "package.json", "page.jsx"]
)
async def test_no_other_file_can_be_had(bot, name):
    assert (await bot.http.get(f"/chat/{name}")).status_code == 404


async def test_a_conversation_in_one_session(bot):
    first = await say(bot, "form")
    assert [m["text"] for m in first["messages"]] == ["Which town?"]
    second = await say(bot, "Reno", first["session"])
    assert second["session"] == first["session"]
    assert [m["text"] for m in second["messages"]] == ["Town is Reno."]


async def test_a_forged_or_foreign_session_gets_a_new_one(bot):
    mine = await say(bot, "form")
    forged = mine["session"][:-1] + ("0" if mine["session"][-1] != "0" else "1")
    theirs = await say(bot, "hello", forged)
    assert theirs["session"] not in (mine["session"], forged)
    assert [m["text"] for m in theirs["messages"]] == [load_phrases().new_session.text, "Hello."]
    assert [m["text"] for m in (await say(bot, "Reno", mine["session"]))["messages"]] == ["Town is Reno."]


async def test_an_old_session_gets_a_new_one(bot):
    old = new_session(now=1_000_000)
    assert (await say(bot, "hello", old))["session"] != old


async def test_a_choice_and_a_typed_payload(bot):
    assert (await say(bot, "/help"))["messages"][0]["text"] == "Help."
    assert (await say(bot, "/hello"))["messages"][0]["text"] == "Hello."


async def test_end_deletes_the_conversation(bot):
    session = (await say(bot, "hello"))["session"]
    sender = session_sender(session)
    assert await bot.events(sender)
    # navigator.sendBeacon posts text/plain.
    ended = await bot.http.post(
        "/chat/end", content=f'{{"session": "{session}"}}', headers={"content-type": "text/plain;charset=UTF-8"}
    )
    assert ended.status_code == 204
    assert ended.headers["cross-origin-resource-policy"] == "cross-origin"  # sites that embed us send it too
    assert await bot.events(sender) == []


@pytest.mark.parametrize("session", [None, "", "x", 5, ["a"], {"a": 1}])
async def test_end_without_a_session_of_ours_harms_nobody(bot, session):
    assert (await bot.http.post("/chat/end", json={"session": session})).status_code == 204


@pytest.mark.parametrize("path", ["/chat/message", "/chat/end"])
async def test_pages_of_other_sites_are_refused(bot, path):
    body = {"session": None, "text": "hello"}
    answer = await bot.http.post(path, json=body, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    own = str(bot.http.base_url).rstrip("/")
    assert (await bot.http.post(path, json=body, headers={"Origin": own})).status_code in (200, 204)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"text": 5}', b"\xff", b'{"text": null}'])
async def test_a_bad_body_is_refused_in_one_sentence(bot, raw):
    answer = await bot.http.post("/chat/message", content=raw)
    assert answer.status_code == 400 and set(answer.json()) == {"error"}


async def test_trouble_inside_is_told(bot, unavailable):
    bot.actions.mode = "error"
    assert [m["text"] for m in (await say(bot, "can it be dropped"))["messages"]] == [unavailable]


async def test_health(bot):
    assert (await bot.http.get("/health/live")).json() == {"status": "ok"}
    ready = await bot.http.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"model": True, "database": True, "actions": True})
    await bot.actions.stop()
    ready = await bot.http.get("/health/ready")
    assert (ready.status_code, ready.json()["actions"]) == (503, False)


class Later:
    """A clock that is so many minutes ahead."""

    def __init__(self, minutes):
        self.minutes = minutes

    def time(self):
        return time.time() + self.minutes * 60


async def test_after_half_an_hour_a_page_that_comes_back_shows_nothing(bot, monkeypatch):
    first = await say(bot, "hello")
    sender = session_sender(first["session"])
    monkeypatch.setattr(talk, "time", Later(25))
    assert (await say(bot, "hello", first["session"]))["session"] == first["session"]
    monkeypatch.setattr(talk, "time", Later(31))
    again = await say(bot, "hello", first["session"])
    assert again["session"] != first["session"]
    assert again["messages"][0]["text"] == load_phrases().new_session.text
    assert await bot.events(sender) == []


async def test_also_where_the_server_was_started_anew_meanwhile(bot, monkeypatch):
    first = await say(bot, "hello")
    sender = session_sender(first["session"])
    transcript, store = MemoryTranscript(), bot.store
    restarted = talk.Talk(None, "web", transcript)
    restarted.agent = bot.app.ctx.agent
    session, new = await restarted.open(first["session"])
    assert not new and (await transcript.after(sender, "", 0))["entries"]
    assert abs(await history.last_word(sender, store) - time.time()) < 60
    monkeypatch.setattr(talk, "time", Later(31))
    other = talk.Talk(None, "web", MemoryTranscript())
    other.agent = bot.app.ctx.agent
    session, new = await other.open(first["session"])
    assert new and session.sender != sender and await bot.events(sender) == []


async def test_what_no_page_shows_any_more_is_not_held_in_memory(bot):
    """A person who returns gets the conversation from the database, and counts as present again."""
    page = await Page(str(bot.http.base_url)).come()
    conversations = next(r for r in bot.app.blueprints.values() if r.name == "whichpath_web").ctx.live.talk
    sender, now = session_sender(page.session), time.time()
    await page.say("hello")
    said, epoch = page.texts, page.epoch
    conversations.put_away_once(now + 60)
    assert not await conversations.transcript.blank(sender), "a page is open"
    await page.leave()
    await until(lambda: not conversations.sessions.get(sender).sockets)
    conversations.put_away_once(now - 60)
    assert not await conversations.transcript.blank(sender), "just now"
    conversations.put_away_once(now + 60)
    assert await conversations.transcript.blank(sender) and await conversations.transcript.used_since(sender, now)
    await conversations.tidy_once(now - 60)
    await page.come()
    assert page.texts == said and (page.resets, page.epoch != epoch) == (2, True)
    assert await page.say("can it be dropped") and page.texts[: len(said)] == said
    await page.leave()
    await until(lambda: not conversations.sessions.get(sender).sockets)
