"""Access and limits: Rasa's routes, the action server, headers, rate limits, slow and foreign clients."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import httpx
import pytest
from sanic.response import HTTPResponse

from testing.ports import wait_for
from testing.stack import Chat, Phone
from tests.security.raw import send, well
from whichpath.channels.guards import limits, server
from whichpath.channels.guards.limits import PER_PHONE, TOLD, Bucket, Buckets, Limits, Rate
from whichpath.channels.guards.server import HEAD_SECONDS
from whichpath.channels.requests import BadRequest
from whichpath.channels.web.origins import Origins
from whichpath.library.phrases import load_phrases
from whichpath.settings import ROOT
from whichpath.store.identity import action_token

RASA_ROUTES = [
    ("GET", "/status"), ("PUT", "/model"), ("POST", "/model/train"), ("POST", "/model/parse"),
    ("POST", "/model/predict"), ("POST", "/model/test/stories"), ("DELETE", "/model"), ("GET", "/domain"),
    ("GET", "/conversations/x/tracker"), ("POST", "/conversations/x/tracker/events"), ("POST", "/conversations/x/execute"),
    ("POST", "/conversations/x/messages"), ("GET", "/conversations/x/story"), ("GET", "/models/"),
    *[("POST", f"/webhooks/{name}/webhook") for name in (
        "twilio", "facebook", "slack", "socketio", "callback", "botframework", "rocketchat", "mattermost", "hangouts", "webexteams",
    )],
    ("GET", "/socket.io/?EIO=4&transport=polling"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), RASA_ROUTES)
def test_rasas_own_routes_are_not_there(http, method, path):
    assert well(http.request(method, path, json={} if method != "GET" else None)).status_code == 404


def test_the_version_is_ours_and_tells_nothing_else(http):
    answer = well(http.get("/version"))
    assert answer.status_code == 200 and set(answer.json()) == {"version", "model"}


# --- the action server ---


@pytest.fixture
def actions(bot):
    with httpx.Client(base_url=f"http://127.0.0.1:{bot.action_port}", timeout=20, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer x", "bearer {token}", "{token}", "Basic {token}", b"\xff\xfe"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/webhook"), ("GET", "/actions"), ("GET", "/nowhere")])
def test_the_action_server_answers_rasa_alone(bot, actions, method, path, given):
    token = action_token({"WHICHPATH_ACTION_TOKEN": _token(bot)})
    headers = (
        {} if given is None else {"authorization": given if isinstance(given, bytes) else given.format(token=token)}
    )
    answer = actions.request(method, path, headers=headers, content=b"{")
    assert answer.status_code == 401 and answer.json() == {"error": "The token does not fit."}


def _token(bot) -> str:
    import hashlib
    import hmac

    key = bot.environment["WHICHPATH_SECRET"].encode()
    return hmac.new(key, b"whichpath action token v1", hashlib.sha256).hexdigest()


def test_with_the_token_it_works(bot, actions):
    headers = {"authorization": f"Bearer {_token(bot)}"}
    assert {"name": "action_answer"} in actions.get("/actions", headers=headers).json() or actions.get(
        "/actions", headers=headers
    ).json()
    assert actions.post("/webhook", headers=headers, content=b"{}").status_code != 401


def test_liveness_needs_no_token_but_a_wrong_one_is_told(actions):
    assert actions.get("/health").status_code == 200
    assert actions.get("/health", headers={"authorization": "Bearer wrong"}).status_code == 401


def test_nobody_outside_reaches_the_action_server(bot):
    import psutil

    listening = [
        c.laddr.ip for c in psutil.Process(bot.actions.pid).connections("tcp") if c.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_a_token_of_ones_own(monkeypatch):
    assert action_token({"WHICHPATH_ACTION_TOKEN": "0123456789abcdef"}) == "0123456789abcdef"
    for bad in ("short", "0123456789 abcdef", "0123456789abcdefé", "0123456789\nabcdef"):
        with pytest.raises(ValueError, match="16 printable"):
            action_token({"WHICHPATH_ACTION_TOKEN": bad})


# --- headers and faults ---


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/plain", 405), ("POST", "/webhooks/sms/webhook", 403), ("POST", "/chat/message", 400),
     ("GET", "/", 200), ("GET", "/health/live", 200), ("POST", "/webhooks/telegram/webhook", 403), ("BREW", "/", 405)],
)  # fmt: skip
def test_every_answer_has_the_headers(http, method, path, status):
    answer = well(http.request(method, path))
    assert answer.status_code == status
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(("scheme", "sent"), [("http", False), ("https", True), ("wss", True)])
async def test_browsers_stay_with_https_where_they_came_by_it(scheme, sent):
    request, answer = SimpleNamespace(scheme=scheme, host="bot.example.org"), HTTPResponse()
    await server._headers(request, answer)
    assert ("strict-transport-security" in answer.headers) == sent


def test_a_browser_gets_a_page_with_the_numbers_to_call(http):
    answer = http.get("/nowhere", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert "1-800-799-7233" in answer.text and "nowhere" not in answer.text
    assert set(http.get("/nowhere").json()) == {"error"}


# --- trusted clients ---


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"])
def test_a_name_that_was_turned_to_this_machine_is_not_this_machine(http, host):
    answer = http.post("/webhooks/rest/webhook", json={"sender": "a", "message": "hello"}, headers={"host": host})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["http://ho\nst", "http://host\n", "http://host/", "http://u@host", "HTTP://HOST:80000000", "//host", "host"],
)
def test_an_origin_that_is_none_is_refused(origin):
    assert not Origins("").allow(origin, "host")
    assert Origins("").allow("http://host", "host") and Origins("").allow("http://HOST", "Host")


# --- slow clients ---


def test_whoever_sends_byte_by_byte_is_cut_off(bot):
    began = time.monotonic()
    parts = [b"GET / HTTP/1.1\r\nHost: x\r\n", *[b"X: 1\r\n"] * 200]
    got = send(bot.port, *parts, pause=0.5, wait=30)
    # Sanic checks timeouts every few seconds.
    assert time.monotonic() - began < HEAD_SECONDS + 12
    assert got.status in (408, 0)


# --- limits ---


def test_a_bucket_says_how_long_to_wait():
    bucket = Bucket(Rate(burst=2, per_second=0.1), 0.0)
    assert [bucket.take(bucket.at) for _ in range(3)] == [True, True, False]
    assert bucket.wait == 10
    assert not bucket.take(bucket.at + 9) and bucket.take(bucket.at + 2)


def test_the_rates_can_be_multiplied(monkeypatch):
    monkeypatch.setattr(limits, "FACTOR", 3.0)
    assert Buckets(Rate(2, 1)).of("a").rate == Rate(6, 3)


def test_a_bucket_that_is_full_again_is_not_kept():
    """With any number of addresses, only those of the last seconds use memory."""
    now = 1000.0
    buckets = Buckets(Rate(burst=10, per_second=2), lambda: now)
    for number in range(3000):
        now = 1000.0 + number / 100
        assert not buckets.wait(number)
    assert 500 <= len(buckets) <= 502
    for _ in range(10):
        buckets.wait("busy")
    now += 4.9
    buckets.wait("other")
    assert [buckets.wait("busy") for _ in range(10)] == [0] * 9 + [1], "not forgotten before it is full"


async def test_a_refusal_names_the_seconds():
    rates, rate = Limits(lambda: 0.0), Rate(1, 0.5)
    await rates.admit(rate, "a")
    with pytest.raises(BadRequest) as refused:
        await rates.admit(rate, "a")
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "2"})
    await rates.admit(rate, "b")


async def test_a_phone_is_told_once_then_not_heard_then_heard_again():
    now, burst = [1000.0], int(PER_PHONE.burst)
    rates = Limits(lambda: now[0])

    async def judged(times, later=0.0, phone="a"):
        now[0] = 1000.0 + later
        return [await rates.judge(phone) for _ in range(times)]

    assert await judged(burst) == ["pass"] * burst
    assert await judged(3, 1) == ["tell", "drop", "drop"]
    assert await judged(1, 1, "b") == ["pass"], "others are others"
    assert await judged(1, 60) == ["pass"]
    assert set(await judged(30, 60)) == {"pass", "drop"}
    assert await judged(burst + 2, 1 / TOLD.per_second + 2) == ["pass"] * burst + ["tell", "drop"]


async def test_a_phone_costs_only_so_much_a_day():
    now = [0.0]
    rates, passed = Limits(lambda: now[0]), 0
    for number in range(8640):
        now[0] = number * 10.0
        passed += await rates.judge("a") == "pass"
    assert 200 <= passed <= 402


def test_a_rest_conversation_is_told_to_wait(http):
    answers = [http.post("/webhooks/rest/webhook", json={"sender": "flood", "message": "..."}) for _ in range(70)]
    late = [answer for answer in answers if answer.status_code != 200]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert late and all(a.status_code == 429 and int(a.headers["retry-after"]) >= 1 for a in map(well, late))
    assert http.post("/webhooks/rest/webhook", json={"sender": "calm", "message": "..."}).status_code == 200


def test_a_flood_of_texts_is_answered_with_one_sentence_then_silence(bot):
    phone, other = Phone(), Phone()
    allowed = int(PER_PHONE.burst)
    for _ in range(allowed + 8):
        phone.send("...")
    wait_for(lambda: len(phone.inbox()) == allowed + 1, 60)
    assert phone.inbox().count(load_phrases().slow.sms) == 1
    assert phone.silent(1.5)
    phone.send("STOP")  # always heard
    wait_for(lambda: len(phone.inbox()) == allowed + 2)
    assert other.say("...")


def test_a_flood_on_telegram_is_answered_with_one_sentence_then_silence(bot):
    chat = Chat()
    allowed = int(PER_PHONE.burst)
    for _ in range(allowed + 8):
        chat.deliver(message=chat.api.new_message(chat.id, text="..."))
    wait_for(lambda: len(chat.bot_messages()) == allowed + 1, 60)
    said = [message["text"] for message in chat.bot_messages()]
    assert said.count(load_phrases().slow.text) == 1
    time.sleep(1.5)
    assert len(chat.bot_messages()) == allowed + 1
    assert "delete" in chat.say("/erase")["text"].lower()  # always heard


def test_the_webhook_of_a_provider_is_never_told_to_wait(bot):
    answers = [Phone().post(Phone().params("STOP")) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {200}


def test_no_secret_stands_in_a_file_of_the_project():
    """Rasa's configuration files contain no secrets: these come from the environment."""
    for name in ("credentials.yml", "endpoints.yml"):
        text = re.sub(r"#.*", "", (ROOT / name).read_text())
        assert "token" not in text.lower() and "secret" not in text.lower()
