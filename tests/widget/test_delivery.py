"""Delivery: built files match their sources and size budget; content security policy; no other hosts."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import async_playwright

from testing.servers import QUIET, ROOT
from tests.widget.conftest import Person, chromium

WIDGET = ROOT / "widget"
BUILT = ("whichpath.js", "later.js", "es.js", "whichpath.css")
BUDGET = 40 * 1024
UNPACK = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])))"


def test_the_built_files_fit_their_sources(tmp_path):
    made = subprocess.run(
        ["bash", "scripts/widget.sh", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert made.returncode == 0, made.stdout + made.stderr
    node = subprocess.run(["bash", "scripts/node.sh"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    for name in BUILT:
        wanted, kept = (tmp_path / name).read_bytes(), WIDGET / "dist" / name
        assert kept.read_bytes() == wanted, f"{name} is old: make widget"
        # The compressed file has the same content. Other Node versions may compress differently.
        unpacked = subprocess.run([node, "-e", UNPACK, f"{kept}.br"], capture_output=True, check=True).stdout
        assert unpacked == wanted, f"{name}.br is old: make widget"


def test_the_budget():
    total = sum(len(gzip.compress((WIDGET / "dist" / name).read_bytes(), 9)) for name in BUILT)
    assert total + len(gzip.compress((WIDGET / "site" / "site.css").read_bytes(), 9)) <= BUDGET


def test_the_lock_names_no_registry():
    assert "resolved" not in (WIDGET / "package-lock.json").read_text()


def test_nothing_is_kept_that_outlives_the_tab():
    for path in (WIDGET / "src").glob("*.ts"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"localStorage|indexedDB|document\.cookie|innerHTML|eval\(", code), path.name


def test_files_are_short():
    for path in [*(WIDGET / "src").rglob("*.*"), *(WIDGET / "site").iterdir()]:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name


@pytest.mark.parametrize("path", ["/", "/embed", "/plain"])
def test_the_policy(address, path):
    answer = httpx.get(address + path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
    # The inline styles are exactly those that the policy allows.
    digest = base64.b64encode(hashlib.sha256(answer.text.split("<style>")[1].split("</style>")[0].encode()).digest())
    assert f"style-src 'self' 'sha256-{digest.decode()}';" in policy and " style=" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    # A neutral title and icon, without an icon that the browser would request.
    assert path == "/embed" or "<title>Information</title>" in answer.text
    assert '<link rel="icon" href="data:,">' in answer.text
    assert not re.search(r'<(?:script|img|link|iframe)[^>]*? (?:src|href)="(?!/|data:,)', answer.text)


def test_the_widget_may_be_loaded_from_other_sites_and_kept(address):
    answer = httpx.get(
        f"{address}/widget/whichpath.js", headers={"Origin": "https://x.example", "Accept-Encoding": "gzip"}
    )
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-encoding"] == "gzip" and "max-age" in answer.headers["cache-control"]
    again = httpx.get(f"{address}/widget/whichpath.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_the_browser_asks_no_other_host(visit):
    person = await visit()
    await person.say("/greet")
    await person.choose("Drop criminal charges")
    assert person.hosts == {person.address.removeprefix("http://")}
    # The policy is in force: the browser blocks a foreign image, an inline script and a request to another host.
    stopped: list[str] = []
    person.page.on("requestfailed", lambda request: stopped.append(f"{request.url} {request.failure}"))
    await person.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://evil.example/x.png'}))")
    await person.page.wait_for_timeout(300)
    assert stopped == ["https://evil.example/x.png csp"]
    told = len(person.faults)
    assert told and all("Content Security Policy" in fault for fault in person.faults)
    await person.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: 'document.title = 1'}))"
    )
    gone = await person.page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'stopped')")
    assert gone == "stopped" and len(person.faults) >= told + 2
    person.faults.clear()
    person.hosts.discard("evil.example")
    assert await person.page.title() == "Information"


async def test_the_network_log_of_the_browser_names_no_other_host(tmp_path, address):
    """All requests of the browser's network stack for our page, including prefetches and retries."""
    log = tmp_path / "net.json"
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=[*QUIET, f"--log-net-log={log}"])
        person = Person(await browser.new_page(), address)
        await person.open()
        await person.say("/greet")
        await person.choose("Drop criminal charges")
        await browser.close()
    rows = [event.get("params") or {} for event in json.loads(log.read_text())["events"]]
    # The browser's own requests (time, updates) are not initiated by a page.
    asked = [row["url"] for row in rows if row.get("initiator", "").startswith("http")]
    own = address.removeprefix("http://")
    assert any("/chat/live/" in url for url in asked)
    assert {urlsplit(url).netloc for url in asked} == {own}


def test_node_is_found_or_brought():
    assert shutil.which("bash")
    found = subprocess.run(["bash", "scripts/node.sh"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert found.returncode == 0 and found.stdout.strip().endswith("node"), found.stderr
