"""Raw bytes over a socket, and checks of every response."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

#: A word in everything that is sent, which must be in no log.
MARK = "zebrafinch"
HEADERS = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "cache-control")


def fuzz(examples: int) -> settings:
    """Hypothesis settings: the same examples in every run, without deadlines, so that a busy machine causes no failure."""
    everything = list(HealthCheck)
    return settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=everything
    )


def well(answer: httpx.Response) -> httpx.Response:
    """Asserts that a response is safe to show, and returns it."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    for name in HEADERS:
        assert answer.headers.get(name), (name, answer.status_code)
    assert not {"server", "x-powered-by"} & set(answer.headers)
    assert "Traceback" not in answer.text and "site-packages" not in answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        kind = answer.headers["content-type"]
        assert kind.startswith("text/html") or set(answer.json()) == {"error"}, answer.text[:300]
    return answer


@dataclass
class Answer:
    """The first response on a connection. ``status``: 0 where none came."""

    status: int
    head: str
    body: bytes


def send(port: int, *parts: bytes, pause: float = 0.0, wait: float = 20.0) -> Answer:
    """Sends ``parts`` with ``pause`` seconds between them; returns the first response."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as line:
        try:
            for number, part in enumerate(parts):
                if number:
                    time.sleep(pause)
                line.sendall(part)
            while b"\r\n\r\n" not in got and (more := line.recv(65536)):
                got += more
        except (TimeoutError, ConnectionError):
            pass
    head, _, body = got.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/1.1 ") else 0
    return Answer(status, head.decode("latin-1").lower(), body)


#: Texts of people and attackers: any characters, lone surrogates, control characters, our payloads, markup.
texts = st.one_of(
    st.text(alphabet=st.characters(), max_size=60),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Co"]), max_size=20),
    st.sampled_from(
        [
            '/inform{"role": "protected"}',
            '/inform{"role": ["protected"]}',
            "/a{" + "[" * 5000 + "}",
            "/restart",
            "/session_start",
            "<script>alert(1)</script>",
            "{{7*7}} ${7*7} %s %(x)s {0.__class__}",
            "'; DROP TABLE events; --",
            "\x00",
            "a" * 30000,
            "\u202e\u200b",
            "1" * 4500,
            "\ud83d",
            "9" * 400 + "/9/9",
            "february 31 0000",
        ]
    ),
).map(lambda text: f"{MARK} {text}" if text[:1] not in "/1" else text)

#: JSON of any shape, whose keys include the names that our channels read.
keys = st.sampled_from(
    ["sender", "message", "session", "text", "metadata", "id", "from", "chat", "type", "data", "shown", "entities", ""]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    texts,
    st.sampled_from(["private", "zebrafinch.1.x", "\ud800.1.x", "a.b.c", 10**30, -1]),
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)
