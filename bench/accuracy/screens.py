"""Takes the six screenshots in ``docs/screenshots/``: ``python -m bench.accuracy.screens [address]``.

A phone, a tablet and a desktop, each light and dark, each in a different state of the chat. The answers come from the
server; the widget is that of this checkout, even if the server has loaded an older one.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from testing.servers import QUIET, ROOT, Servers, find_chromium

OUT = ROOT / "docs" / "screenshots"
WIDGET = ROOT / "widget" / "dist"
SIZES = {360: 740, 768: 1024, 1440: 900}
SCRIPTS = re.compile(r"/widget/\w+\.js(\?|$)")
FIRST = "she lied to get a tro on me in florida and court is december 8 2026"
CLOTHES = "can i go back for my clothes"


def _ours(route: Route) -> None:
    name = re.sub(r"\?.*", "", route.request.url).rsplit("/", 1)[-1]
    route.fulfill(body=(WIDGET / name).read_text(encoding="utf-8"), content_type="text/javascript")


class Visitor:
    """A simulated user of the chat."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        page.goto(address)
        for _ in range(100):
            if "session" in (page.evaluate("sessionStorage.wp") or ""):
                return
            page.wait_for_timeout(100)

    def say(self, text: str) -> None:
        """Types and sends ``text``, and waits for the answer."""
        box = self.page.locator("textarea")
        box.fill(text)
        self._answered(lambda: box.press("Enter"))

    def tap(self, name: str) -> None:
        """Presses the latest button with this title, and waits for the answer."""
        self._answered(self.log.get_by_role("button", name=name).last.click)

    def _answered(self, act: Callable[[], None]) -> None:
        answers = self.log.locator(".bot:not(.start)")
        before = answers.count()
        act()
        expect(answers.nth(before)).to_be_attached(timeout=20_000)
        expect(self.page.locator(".talk .status")).not_to_have_class("status busy", timeout=20_000)
        self.page.wait_for_timeout(500)


def _start(person: Visitor) -> None:
    """The initial state."""


def _answer(person: Visitor) -> None:
    person.say(FIRST)
    person.say(CLOTHES)


def _danger(person: Visitor) -> None:
    person.say("I asked for the order in texas, it is final")
    person.say("he is outside my house with a gun")


def _path(person: Visitor) -> None:
    _answer(person)
    person.page.get_by_role("button", name="More options").click()
    person.page.get_by_role("button", name="My path").last.click()
    for box in person.page.locator(".path .tick:not(.take) input").all()[:2]:
        box.check()


def _spanish(person: Visitor) -> None:
    person.page.get_by_role("button", name="Español").click()
    person.tap("La orden es contra mí")
    person.tap("Temporal")


#: Name, width in px, whether dark, and the steps before the screenshot.
PICTURES: list[tuple[str, int, bool, Callable[[Visitor], None]]] = [
    ("360-light-answer", 360, False, _answer),
    ("360-dark-danger", 360, True, _danger),
    ("768-light-path", 768, False, _path),
    ("768-dark-spanish", 768, True, _spanish),
    ("1440-light-answer", 1440, False, _answer),
    ("1440-dark-start", 1440, True, _start),
]


def context_of(browser: Browser, width: int, dark: bool) -> BrowserContext:
    """A browser context of ``width`` px with the widget of this checkout."""
    phone = width < 600
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if dark else "light",
        is_mobile=phone,
        has_touch=phone,
    )
    context.route(SCRIPTS, _ours)
    return context


def take(address: str) -> None:
    """Takes all screenshots; deletes the old ones."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        for name, width, dark, act in PICTURES:
            context = context_of(browser, width, dark)
            person = Visitor(context.new_page(), address)
            act(person)
            person.page.screenshot(path=OUT / f"{name}.png")
            context.close()
        browser.close()
    for old in OUT.glob("*.png"):
        if old.stem not in {name for name, *_ in PICTURES}:
            old.unlink()


def main() -> None:
    """The command line."""
    if len(sys.argv) > 1:
        return take(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        servers.start()
        try:
            take(servers.address)
        finally:
            servers.stop()


if __name__ == "__main__":
    main()
