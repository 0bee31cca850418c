"""Fuzzing of every HTTP endpoint: there is always a response, and never a 500."""

from __future__ import annotations

import json
import secrets
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.security.raw import MARK, fuzz, json_values, send, texts, well
from whichpath.channels.guards.server import BODY_BYTES
from whichpath.store.identity import new_session

ENDPOINTS = [
    "/", "/embed", "/plain", "/leave", "/favicon.ico", "/widget/whichpath.js", "/chat/message", "/chat/end",
    "/chat/live/", "/chat/live", "/health/live", "/health/ready", "/calendar/20261205-0123456789abcdef.ics",
    "/webhooks/rest/webhook", "/webhooks/rest/", "/webhooks/sms/webhook", "/webhooks/telegram/webhook", "/metrics",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", MARK]
TYPES = [None, "application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "a/b;;=,"]
json_bodies = json_values.map(lambda value: json.dumps(value).encode())
bodies = st.one_of(
    st.binary(max_size=200),
    json_bodies,
    st.sampled_from(
        [b"[" * 100_000, b'{"a":' * 20_000, b"1" * 5000, b"\xff\xfe{}", b'{"text": 1e999}', b"x" * 300_000]
    ),
)


def ask(http: httpx.Client, method: str, path: str, body: bytes | None, **more: object) -> None:
    """Sends a request, and checks the response."""
    try:
        well(http.request(method, path, content=body, **more))
    except httpx.TransportError:
        # While the client sends a refused body, the server may close the connection before the response is read,
        # which also affects the next request on it. On a new connection the request is answered.
        if body is None or len(body) <= BODY_BYTES:
            well(httpx.request(method, f"{http.base_url}{path}", content=body, timeout=60, trust_env=False, **more))


@fuzz(120)
@given(message=texts, sender=st.one_of(st.just(""), texts))
@example(message="\ud800", sender="\udfff")
@example(message="/a{" + "[" * 9000 + "}", sender="x")
def test_rest_answers_every_text(http, message, sender):
    body = json.dumps({"sender": (secrets.token_hex(8) + sender)[:255], "message": message})
    answer = well(http.post("/webhooks/rest/webhook", content=body))
    assert answer.status_code == 200
    assert answer.json() and all(part.get("text") for part in answer.json()), "a silent turn"


@fuzz(150)
@given(
    body=bodies,
    path=st.sampled_from(["/webhooks/rest/webhook", "/chat/message", "/chat/end"]),
    kind=st.sampled_from(TYPES),
)
@example(body=b'{"session": "\\ud800.1.x", "text": "zebrafinch"}', path="/chat/message", kind=None)
@example(body=b'{"session": "\xc3\xa9.1.x"}', path="/chat/end", kind=None)
def test_no_body_breaks_a_json_endpoint(http, body, path, kind):
    ask(http, "POST", path, body, headers={"content-type": kind} if kind else {})


@fuzz(40)
@given(text=texts, session=st.one_of(st.none(), texts, st.just("-")))
def test_the_web_channel_answers_every_text(http, text, session):
    token = new_session() if session == "-" else session
    answer = well(http.post("/chat/message", content=json.dumps({"session": token, "text": text})))
    assert answer.status_code in (200, 429)
    if answer.status_code == 200:
        assert answer.json()["messages"], "a silent turn"
        # The plain page shows the message, escaped.
        page = well(http.post("/plain", data={"session": answer.json()["session"]}))
        assert page.status_code in (200, 429) and "<script>alert" not in page.text
    else:
        assert int(answer.headers["retry-after"]) >= 1


@fuzz(60)
@given(
    form=st.dictionaries(st.sampled_from(["text", "choice", "session", "question", "x"]), texts, max_size=5),
    raw=st.one_of(st.none(), st.binary(max_size=80)),
    path=st.sampled_from(["/plain", "/leave"]),
    kind=st.sampled_from(TYPES[3:5]),
)
def test_no_form_breaks_a_plain_page(http, form, raw, path, kind):
    fields = {name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}
    body = raw if raw is not None else urlencode(fields).encode()
    answer = well(http.post(path, content=body, headers={"content-type": kind}))
    assert answer.status_code in (200, 303, 429)
    assert answer.headers.get("location") in (None, "https://www.weather.gov/")


@fuzz(150)
@given(
    method=st.sampled_from(METHODS),
    path=st.one_of(
        st.sampled_from(ENDPOINTS), st.text(max_size=30).map(lambda text: "/" + quote(text, errors="replace"))
    ),
    query=st.one_of(st.just(""), st.text(max_size=20).map(lambda text: "?" + quote(text, errors="replace"))),
    body=bodies,
)
def test_no_method_on_any_path_breaks_it(http, method, path, query, body):
    ask(http, method, f"{path}{query}", body if method not in ("GET", "HEAD") else None)


@fuzz(60)
@given(name=st.one_of(st.text(max_size=40), st.from_regex(r"\A[0-9]{8}-[0-9a-f]{16}(\.ics)?\Z")))
@example(name="２0261205-0123456789abcdef.ics")
@example(name="..%2f..%2fcredentials.yml")
def test_a_calendar_link_is_ours_or_nothing(http, name):
    answer = well(http.get("/calendar/" + quote(name, safe="", errors="replace")))
    assert answer.status_code in (404, 405, 400)


names = st.sampled_from(
    ["Host", "Origin", "Content-Length", "Transfer-Encoding", "Expect", "Connection", "Upgrade", "Accept", "Cookie",
     "X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Content-Type", "Accept-Encoding", "Range",
     "If-None-Match", "X-Twilio-Signature", "X-Telegram-Bot-Api-Secret-Token", "Sec-WebSocket-Key", "X"]
)  # fmt: skip
values = st.one_of(
    st.binary(max_size=20).map(lambda raw: raw.replace(b"\r\n", b"")),
    st.sampled_from([b"chunked", b"gzip", b"-1", b"0", b"5", b"99999999999999999999", b"abc", b"100-continue", b"websocket",
                     b"keep-alive, Upgrade", b"evil.example", b"a\nX-Injected: 1", b"\xff\xfe", b"for=\"[::1]\"", b"text/html"]),
)  # fmt: skip


@fuzz(200)
@given(
    method=st.sampled_from([b"GET", b"POST", b"zebrafinch", b"", b"\xff"]),
    path=st.one_of(st.sampled_from([path.encode() for path in ENDPOINTS]), st.binary(max_size=20)),
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9", b""]),
    headers=st.lists(st.tuples(names, values), max_size=5),
)
@example(method=b"GET", path=b"/\xff", version=b"HTTP/1.1", headers=[])
@example(method=b"POST", path=b"/chat/message", version=b"HTTP/1.1", headers=[("Transfer-Encoding", b"gzip")])
@example(method=b"POST", path=b"/chat/message", version=b"HTTP/1.1", headers=[("Content-Length", b"abc")])
@example(
    method=b"GET",
    path=b"/chat/live/?EIO=4&transport=websocket",
    version=b"HTTP/1.1",
    headers=[("Upgrade", b"websocket")],
)
def test_no_head_breaks_it(bot, method, path, version, headers):
    lines = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers)
    got = send(bot.port, b"%b %b %b\r\n%b\r\n" % (method, path, version, lines), b"\r\n" * 8, wait=4)
    if got.status == 0:
        # An announced body that never comes: the server waits; test_limits.py tests how long.
        assert any(name in ("Content-Length", "Transfer-Encoding") for name, _ in headers), "silence"
    else:
        assert got.status < 500, (got.status, got.body[:200])
        assert "x-content-type-options: nosniff" in got.head or got.status == 101, got.head
        assert "\nx-injected" not in got.head.replace("\r\n", "\n").replace("content-security", "\n"), got.head


@pytest.mark.parametrize("path", ["/chat/message", "/webhooks/sms/webhook", "/plain", "/nowhere"])
def test_a_body_that_is_too_large_is_refused(bot, path):
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n".encode()
    got = send(bot.port, head + b"x" * 1000, wait=15)
    assert got.status in (413, 404) and b"error" in got.body


def test_a_head_that_is_too_large_is_refused(bot):
    got = send(bot.port, b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n")
    assert got.status == 413
