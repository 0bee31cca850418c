"""Takes the pictures in ``docs/screenshots/``: ``python -m bench.accuracy.screens [address]``.

Each state of the chat on a phone and on a desktop screen, light and dark; and the whole conversation of each situation,
by turns on phone and desktop, light and dark.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from testing.servers import QUIET, ROOT, Servers, find_chromium

OUT = ROOT / "docs" / "screenshots"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1100, "height": 800}}
DEVICES: dict[str, dict[str, Any]] = {"phone": PHONE, "desktop": DESKTOP}
#: What a person types first, and the choices they take then.
SITUATIONS: dict[str, list[str]] = {
    "protected_temporary": ["I got a temporary order against my husband last week and want to take it back"],
    "protected_final": ["I want to end the order I asked for", "Final, after a hearing"],
    "restrained_temporary": ["my ex put a TRO on me, court is December 17, I live in California, how do I fight it"],
    "restrained_final": ["There is a final order against me in Texas. Can it end early?"],
    "criminal_case": ["I called the police on my boyfriend, now he is charged. Can I drop it?"],
    "criminal_no_contact_order": ["The criminal court put a no contact order on my husband. I want it lifted"],
    "both_want_it_ended": ["my wife has an order against me but we both want it gone"],
}


class Visitor:
    """Somebody at the chat."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log")

    def come(self, address: str) -> None:
        """Opens the front page and waits for the line."""
        self.page.goto(address)
        for _ in range(100):
            if "session" in (self.page.evaluate("sessionStorage.wp") or ""):
                return
            self.page.wait_for_timeout(100)

    def say(self, text: str) -> None:
        """Types and sends."""
        self.page.get_by_label("Tell us what is going on").fill(text)
        self._answered(self.page.get_by_role("button", name="Send").click)

    def choose(self, name: str) -> None:
        """Takes the latest choice of that name."""
        self._answered(self.log.get_by_role("button", name=name).last.click)

    def _answered(self, act: Callable[[], None]) -> None:
        answers = self.log.locator(".bot:not(.start)")
        before = answers.count()
        act()
        expect(answers.nth(before)).to_be_attached(timeout=15_000)
        expect(self.page.get_by_role("status").last).not_to_contain_text("Looking", timeout=15_000)
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(800)  # the page glides to the answer

    def shot(self, name: str, whole: bool = False) -> None:
        """A picture of what is seen, or of the whole page."""
        if whole:
            # What stays on the screen would stand in the middle of a picture of everything.
            self.page.evaluate("scrollTo(0, 0)")
            style = "document.querySelector('#chat').shadowRoot.querySelector('.foot').style.position = 'static'"
            self.page.evaluate(style)
        self.page.screenshot(path=OUT / f"{name}.png", full_page=whole)


def _early(page: Page, address: str, name: str) -> None:
    """As long as the script is on its way."""
    page.route("**/widget/whichpath.js", lambda route: route.abort())
    page.goto(address)
    page.screenshot(path=OUT / f"{name}-early.png")
    page.unroute("**/widget/whichpath.js")


def _states(person: Visitor, name: str) -> None:
    page = person.page
    person.shot(f"{name}-start")
    person.say("I want to know how to end a protective order")
    person.shot(f"{name}-question")
    person.choose("The order is against me")
    person.choose("Not final, or a hearing is coming")
    person.shot(f"{name}-card")
    person.log.locator("summary").last.click()
    person.log.locator(".legal").last.evaluate("node => node.scrollIntoView({block: 'center'})")
    person.shot(f"{name}-lawyer")
    person.say("he is outside my house with a gun")
    person.shot(f"{name}-danger")
    page.get_by_text("Options", exact=True).click()
    page.get_by_role("button", name="My path").click()
    person.shot(f"{name}-path")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.get_by_label("Tell us what is going on").fill("when is my hearing")
    page.get_by_role("button", name="Send").click()
    # The line is found dead by its next sign of life.
    expect(page.get_by_role("alert")).to_be_visible(timeout=40_000)
    page.wait_for_timeout(500)
    person.shot(f"{name}-offline")


def _other_pages(browser: Browser, address: str) -> None:
    for device, scheme in (("phone", "light"), ("desktop", "dark")):
        page = browser.new_context(**DEVICES[device], color_scheme=scheme).new_page()
        page.goto(f"{address}/embed")
        page.get_by_role("button", name="Ask about a court order").click()
        page.wait_for_timeout(1500)
        page.screenshot(path=OUT / f"{device}-{scheme}-embed.png")
        page.goto(f"{address}/plain")
        page.get_by_label("Your message").fill("how long does an order last")
        page.get_by_role("button", name="Send").click()
        page.wait_for_load_state()
        page.screenshot(path=OUT / f"{device}-{scheme}-plain.png")
        page.context.close()


def _situations(browser: Browser, address: str) -> None:
    for number, (route, lines) in enumerate(SITUATIONS.items()):
        device, scheme = ("phone", "desktop")[number % 2], ("light", "dark")[number // 2 % 2]
        page = browser.new_context(**DEVICES[device], color_scheme=scheme).new_page()
        person = Visitor(page)
        person.come(address)
        person.say(lines[0])
        for choice in lines[1:]:
            person.choose(choice)
        person.shot(f"situation-{route}", whole=True)
        page.context.close()


def take(address: str) -> None:
    """All of them, small enough to be kept."""
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        for device, options in DEVICES.items():
            for scheme in ("light", "dark"):
                page = browser.new_context(**options, color_scheme=scheme).new_page()
                _early(page, address, f"{device}-{scheme}")
                person = Visitor(page)
                person.come(address)
                _states(person, f"{device}-{scheme}")
                page.context.close()
        _other_pages(browser, address)
        _situations(browser, address)
        browser.close()


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
