"""Measures the widget's size and its time to usability on a slow line: ``python -m bench.speed.widget``.

Slow 3G as simulated by browsers (400 kbit/s, 400 ms) and a processor four times slower. Other widgets under the same
conditions: deep-chat 3.9 s, BotFramework Web Chat 10.9 s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from testing.servers import QUIET, ROOT, Servers, find_chromium

BUDGET_BYTES, BUDGET_SECONDS = 40 * 1024, 1.5
LINES = {"slow 3G": (400, 400), "fast 3G": (1600, 150)}  # kbit/s, ms
FILES = ("dist/whichpath.js", "dist/later.js", "dist/es.js", "dist/whichpath.css", "site/site.css")
#: Scripts that set marks in the page: help is visible, text can be typed (into the page's own box, whose content the
#: chat takes over), the chat is visible, a message can be sent.
WATCH = """
window.marks = {};
const look = () => {
  const target = document.querySelector('#chat');
  const chat = target?.shadowRoot?.querySelector('textarea');
  const now = performance.now();
  if (document.querySelector('a[href="tel:911"]')) marks.numbers ??= now;
  if (chat ?? target?.querySelector('textarea')) marks.type ??= now;
  if (chat) marks.chat ??= now;
  if ((sessionStorage.wp || '').includes('session')) marks.send ??= now;
  if (!marks.send) setTimeout(look, 10);
};
look();
"""
#: The mark of the first paint, after which the page can be read and typed into.
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def sizes() -> dict[str, int]:
    """The transfer size of each file, in bytes."""
    return {name: len(gzip.compress((ROOT / "widget" / name).read_bytes(), 9, mtime=0)) for name in FILES}


def load(browser: Browser, address: str, kilobits: int, delay: int) -> dict[str, float]:
    """Seconds until each mark, with an empty browser cache. ``kilobits``: per second; ``delay``: in ms."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    context.add_init_script(WATCH)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    rate = kilobits * 1000 / 8
    conditions = {"offline": False, "latency": delay, "downloadThroughput": rate, "uploadThroughput": rate}
    line.send("Network.emulateNetworkConditions", conditions)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, wait_until="commit")
    marks: dict[str, float] = {}
    deadline = time.monotonic() + 60
    while "send" not in marks and time.monotonic() < deadline:
        time.sleep(0.2)
        marks = page.evaluate("window.marks")
    painted = page.evaluate(PAINTED)
    context.close()
    marks = {name: max(value, painted) for name, value in marks.items()}
    return {name: value / 1000 for name, value in marks.items()}


def measure(address: str, runs: int) -> dict[str, dict[str, float]]:
    """The median times for each line, of ``runs`` runs."""
    found: dict[str, dict[str, float]] = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        load(browser, address, 100_000, 0)  # excludes the browser's first start
        for name, (kilobits, delay) in LINES.items():
            rows = [load(browser, address, kilobits, delay) for _ in range(runs)]
            found[name] = {mark: round(statistics.median(row[mark] for row in rows), 2) for mark in rows[0]}
        browser.close()
    return found


def main() -> None:
    """The command line. Exit status 1 where a budget is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.widget", description=__doc__.splitlines()[0])
    parser.add_argument("--address", help="a server that runs already")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "widget.json")
    given = parser.parse_args()
    weight = sizes()
    for name, number in weight.items():
        print(f"{name:22} {number / 1024:6.1f} KB gzipped")
    print(f"{'all':22} {sum(weight.values()) / 1024:6.1f} KB of {BUDGET_BYTES / 1024:.0f}")
    with tempfile.TemporaryDirectory() as folder:
        servers = None if given.address else Servers(Path(folder))
        if servers:
            servers.start()
        try:
            found = measure(given.address or servers.address, given.runs)  # type: ignore[union-attr]
        finally:
            if servers:
                servers.stop()
    for name, marks in found.items():
        print(
            f"{name}: numbers {marks['numbers']:.2f} s, can type {marks['type']:.2f} s, "
            f"chat {marks['chat']:.2f} s, can send {marks['send']:.2f} s"
        )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"bytes": weight, "seconds": found}, indent=1))
    kept = sum(weight.values()) <= BUDGET_BYTES and found["slow 3G"]["type"] <= BUDGET_SECONDS
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
