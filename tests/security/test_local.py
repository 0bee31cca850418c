"""A client behind a proxy never counts as this machine; the start lists which endpoint is open to whom."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sanic.compat import Header

from whichpath.channels.requests import is_local
from whichpath.server.exposure import exposure_lines
from whichpath.server.metrics import may_read
from whichpath.settings import Settings

TOKEN = "0123456789abcdef"
#: Headers that proxies, load balancers, tunnels and hosting services add.
PROXIES = [
    "Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server",
    "X-Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Ray", "CF-Visitor", "CF-IPCountry", "CDN-Loop",
    "Fastly-Client-IP", "Fly-Client-IP", "X-Azure-ClientIP", "X-Amzn-Trace-Id", "X-Envoy-External-Address", "X-Cluster-Client-IP",
    "X-Original-Forwarded-For", "X-ProxyUser-Ip", "Proxy-Connection", "X-Appengine-User-Ip", "DO-Connecting-IP", "X-Vercel-Id",
]  # fmt: skip
#: Headers that browsers and programs send.
OWN = [
    "Accept",
    "User-Agent",
    "Origin",
    "Cookie",
    "Accept-Language",
    "Content-Type",
    "Connection",
    "X-Requested-With",
    "DNT",
]


def request(
    headers: dict[str, str] | None = None,
    ip: str = "127.0.0.1",
    host: str = "127.0.0.1:5005",
    proxies: int | None = None,
):
    app = SimpleNamespace(config=SimpleNamespace(PROXIES_COUNT=proxies))
    return SimpleNamespace(app=app, headers=Header(headers or {}), ip=ip, host=host)


@pytest.mark.parametrize("name", PROXIES)
@pytest.mark.parametrize("value", ["127.0.0.1", ""])
def test_behind_a_proxy_nothing_is_local(name, value):
    for spelled in (name, name.lower(), name.upper()):
        assert not is_local(request({spelled: value}))
        assert not may_read(request({spelled: value}), None)
    assert may_read(request({name: value, "Authorization": f"Bearer {TOKEN}"}), TOKEN), "with the token it may be read"


@pytest.mark.parametrize("name", OWN)
def test_without_one_this_machine_is_local(name):
    assert is_local(request({name: "x"}))


@pytest.mark.parametrize(("ip", "host", "local"), [
    ("127.0.0.1", "localhost:5005", True), ("127.8.8.8", "127.0.0.1", True), ("::1", "[::1]:5005", True), ("::ffff:127.0.0.1", "localhost", True),
    ("10.0.0.4", "localhost", False), ("::ffff:10.0.0.4", "localhost", False), ("127.0.0.1", "evil.example", False),
    ("127.0.0.1", "localhost.evil.example", False), ("127.0.0.1", "bot.example.org:5005", False), ("unix", "localhost", False),
])  # fmt: skip
def test_address_and_name_have_to_be_of_this_machine(ip, host, local):
    assert is_local(request(ip=ip, host=host)) == local


def test_where_a_proxy_is_set_up_nobody_is_local():
    assert not is_local(request(proxies=1))


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"]
)
def test_a_wrong_token_reads_nothing(given):
    assert not may_read(request({"Via": "1.1 x", "Authorization": given}), TOKEN)
    assert not may_read(request({"Via": "1.1 x", "Authorization": given}), None)


@pytest.mark.parametrize(("given", "lines"), [
    ({"rest": "local"}, ["Web chat: this machine, and whatever proxy runs on it", "REST: this machine alone", "Metrics: this machine alone"]),
    ({"rest": "open"}, ["REST: this machine alone (open, but WHICHPATH_REST_TOKEN is not set)"]),
    ({"rest": "open", "rest_token": TOKEN}, ["REST: this machine, and whoever shows WHICHPATH_REST_TOKEN"]),
    ({"rest": "off"}, ["REST: nobody (off)"]),
    ({"host": "0.0.0.0"}, ["Web chat: everybody who reaches 0.0.0.0:5005"]),
    ({"metrics_token": TOKEN}, ["Metrics: this machine, and whoever shows WHICHPATH_METRICS_TOKEN"]),
    ({"proxies": 1}, ["Trusted proxies in front: 1. Nobody counts as this machine"]),
])  # fmt: skip
def test_the_start_says_what_is_open_to_whom(given, lines):
    told = list(exposure_lines(Settings(**given)))
    assert set(lines) <= set(told)
    assert TOKEN not in " ".join(told)
