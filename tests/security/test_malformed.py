"""Ambiguous HTTP requests on both servers: each is refused, and the next request is answered."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from testing.ports import free_port, wait_for
from tests.security.raw import send
from whichpath.channels.guards.heads import fault_of
from whichpath.settings import ROOT, child_environment

#: Fault -> request head. `{}`: the announced length of the body, if one follows.
TABLE = {
    "length -1": b"Content-Length: -1",
    "length +31": b"Content-Length: +31",
    "length 3_1": b"Content-Length: 3_1",
    "length 0x1f": b"Content-Length: 0x1f",
    "length in words": b"Content-Length: five",
    "length empty": b"Content-Length: ",
    "length with a space inside": b"Content-Length: 3 1",
    "length in other digits": "Content-Length: ٣١".encode(),
    "length as a fraction": b"Content-Length: 2.0",
    "length beyond counting": b"Content-Length: 99999999999999999999",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3",
    "the same length twice": b"Content-Length: 2\r\nContent-Length: 2",
    "a list of lengths": b"Content-Length: 2, 2",
    "length and encoding": b"Content-Length: 2\r\nTransfer-Encoding: chunked",
    "encoding and length": b"Transfer-Encoding: chunked\r\nContent-Length: 2",
    "pieces": b"Transfer-Encoding: chunked",
    "encoding unknown": b"Transfer-Encoding: xchunked",
    "encoding with a space before": b"Transfer-Encoding : chunked",
    "encoding behind a bare line end": b"X: a\nTransfer-Encoding: chunked",
    "name with a space": b"Content Length: 2",
    "no name": b": 2",
    "no colon": b"Content-Length",
    "a line that goes on": b"X: a\r\n b",
    "a NUL": b"X: a\x00b",
    "a carriage return": b"X: a\rb",
    "two hosts": b"Host: evil.example",
    "two keys": b"Authorization: Bearer a\r\nAuthorization: Bearer b",
}
HOSTS = [b"a b", b"a/b", b"a@b", b"a,b", b"a:b", b"a:80:80", b"\xff", b"[::1", b"a?b", b"a#b"]
LINES = [b"POST  / HTTP/1.1", b"POST / HTTP/1.1 x", b"POST /", b"POST / HTTP/2.0", b"POST / http/1.1", b"PO(ST / HTTP/1.1",
         b"POST\t/ HTTP/1.1", b"POST /a\tb HTTP/1.1", b"POST / HTTP/1.10", b" POST / HTTP/1.1", b""]  # fmt: skip
BAD = {
    **{name: b"POST /nowhere HTTP/1.1\r\nHost: x\r\n" + rows for name, rows in TABLE.items()},
    **{f"host {host!r}": b"POST /nowhere HTTP/1.1\r\nHost: " + host for host in HOSTS},
    **{f"line {line!r}": line + b"\r\nHost: x" for line in LINES},
}
GOOD = [
    b"GET / HTTP/1.1\r\nHost: localhost:5005\r\nAccept: */*",
    b"GET / HTTP/1.1\r\nHost: [::1]:80\r\nX-Empty:",
    b"POST /a%20b?c=d HTTP/1.0\r\nContent-Length: 0\r\nUser-Agent: \xc3\xa9",
    b"POST / HTTP/1.1\r\nhost: bot.example.org\r\nCONTENT-LENGTH:  31 \r\nX: a\tb\r\nX: again",
]


@pytest.mark.parametrize("head", BAD.values(), ids=BAD)
def test_the_guard_refuses(head):
    assert fault_of(head)


@pytest.mark.parametrize("head", GOOD)
def test_the_guard_lets_in(head):
    assert fault_of(head) is None


@pytest.fixture(scope="module", params=["channels", "actions"])
def port(request) -> Iterator[int]:
    """One of the two servers, without Rasa (testing/bare.py)."""
    number = free_port()
    command = [sys.executable, "-m", "testing.bare", request.param, str(number)]
    with subprocess.Popen(command, cwd=ROOT, env=child_environment()) as server:
        wait_for(lambda: _lives(number), 60)
        yield number
        server.terminate()


def _lives(port: int) -> bool:
    return httpx.get(f"http://127.0.0.1:{port}/health", timeout=3, trust_env=False).status_code == 200


def _answers(port: int, head: bytes) -> bytes:
    """All bytes received until the connection is closed."""
    # The following bytes must not be read as another request.
    smuggled = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(head + b"\r\n\r\n" + b"{}" + smuggled)
        while more := line.recv(65536):
            got += more
    return got


def test_a_request_that_can_be_read_in_two_ways_is_refused(port):
    with ThreadPoolExecutor(24) as threads:
        answers = dict(zip(BAD, threads.map(lambda head: _answers(port, head), BAD.values()), strict=True))
    wrong = {name: got for name, got in answers.items() if got.count(b"HTTP/1.1 ") != 1 or b"/1.1 400 " not in got}
    assert not wrong
    assert _lives(port)


def test_a_length_that_is_well_is_read(port):
    got = send(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\n" + b"x" * 31, wait=5)
    assert got.status in (200, 401) and (got.status == 401 or got.body == b'{"bytes":31}')
