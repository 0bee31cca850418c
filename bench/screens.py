"""Takes the pictures in ``docs/screenshots/``: ``python -m bench.screens [address]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.servers import QUIET, ROOT, Servers, find_chromium

OUT = ROOT / "docs" / "screenshots"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1100, "height": 800}}


def _say(page: Page, text: str) -> None:
    page.get_by_label("Tell us what is going on").fill(text)
    page.get_by_role("button", name="Send").click()
    page.wait_for_timeout(3500)


def _choose(page: Page, name: str) -> None:
    page.get_by_role("log").get_by_role("button", name=name).last.click()
    page.wait_for_timeout(3500)


def _shots(page: Page, name: str) -> None:
    page.screenshot(path=OUT / f"{name}-start.png")
    _say(page, "/end_order")
    page.screenshot(path=OUT / f"{name}-question.png")
    _choose(page, "The order is against me")
    _choose(page, "Not final, or a hearing is coming")
    page.screenshot(path=OUT / f"{name}-card.png")
    page.get_by_role("log").locator("summary").last.click()
    page.get_by_role("log").locator(".legal").last.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 250)")
    page.screenshot(path=OUT / f"{name}-lawyer.png")
    _say(page, "he is outside my house with a gun")
    page.screenshot(path=OUT / f"{name}-danger.png")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('#chat').shadowRoot.querySelector('.offline').hidden = false")
    page.evaluate("scrollTo(0, document.querySelector('#chat').getBoundingClientRect().bottom + scrollY - innerHeight)")
    page.screenshot(path=OUT / f"{name}-offline.png")


def take(address: str) -> None:
    """All of them, small enough to be kept."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        for device, options in (("phone", PHONE), ("desk", DESK)):
            for scheme in ("light", "dark"):
                page = browser.new_context(**options, color_scheme=scheme).new_page()
                page.goto(address, wait_until="load")
                page.wait_for_timeout(1500)
                _shots(page, f"{device}-{scheme}")
                page.context.close()
        for path, name in (("/embed", "embed"), ("/plain", "plain")):
            page = browser.new_page(viewport=DESK["viewport"])
            page.goto(address + path)
            page.wait_for_timeout(1000)
            if path == "/embed":
                page.get_by_role("button", name="Ask about a court order").click()
                page.wait_for_timeout(1500)
            page.screenshot(path=OUT / f"{name}.png")
            page.close()
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
