"""The main uses of the widget in Firefox and WebKit, if installed (apt: firefox-esr, webkit2gtk-driver, xvfb)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.widget import stub
from tests.widget.drivers import BROWSERS, HAVE, Driver, Played, quoted
from tests.widget.test_access import AXE, RUN
from tests.widget.test_corner import HOSTILE, page

SHIFT, ENTER = "\ue008", "\ue007"
#: Finds visible elements in our shadow roots (chat, Exit button) by selector and text.
SEE = """window.see = (css, words = '', last = true) => { const all = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)
  .flatMap(r => [...r.querySelectorAll(css)]).filter(e => e.getClientRects().length && (e.ariaLabel ?? e.textContent).includes(words)); return last ? all.pop() : all[0] }"""


@pytest_asyncio.fixture(params=sorted(BROWSERS), scope="module", loop_scope="session")
async def browser_elsewhere(request: pytest.FixtureRequest) -> AsyncIterator[Driver]:
    if not HAVE[request.param]:
        pytest.skip(f"{request.param} is not installed")
    running = await BROWSERS[request.param]().start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def come(browser_elsewhere: Driver) -> AsyncIterator:
    """``await come()``: a person at the front page or a host page of a new stub server."""
    servers = []

    async def at(host: str = "", size: tuple[int, int] = (360, 740)) -> tuple[Driver, Played]:
        played = await Played().start()
        servers.append(played)
        person = browser_elsewhere
        await person.size(*size)
        if host:
            played.stub.host["/host"] = host.replace(stub.ADDRESS, played.address)
        await person.open(played.address + ("/host" if host else "/"))
        await person.run(f"({SEE}, 1)")
        if not host:
            await person.until("(sessionStorage.wp ?? '').includes('session')")
        return person, played

    yield at
    for played in servers:
        await browser_elsewhere.open("about:blank")
        await played.runner.cleanup()


async def tap(person: Driver, words: str, css: str = "button") -> None:
    await person.until(f"!!see({quoted(css)}, {quoted(words)})")
    await person.click(f"see({quoted(css)}, {quoted(words)})")


async def say(person: Driver, text: str) -> None:
    before = await person.run("see('.log').querySelectorAll('.bot:not(.start)').length")
    await person.click("see('textarea')")
    await person.type(text + ENTER)
    await person.until(f"see('.log').querySelectorAll('.bot:not(.start)').length > {before}")


async def clean(person: Driver) -> None:
    """Asserts that axe finds nothing, and that nothing is wider than the screen."""
    await person.run(f"(() => {{ {AXE.read_text(encoding='utf-8')}; return 1 }})()")
    assert await person.run(f"({RUN})()") == []
    assert await person.run("document.documentElement.scrollWidth <= innerWidth")


async def test_the_path_by_taps_alone(come):
    person, played = await come()
    await clean(person)
    await tap(person, "The order is against me")
    await tap(person, "Not final, or a hearing")
    await person.until("!!see('select')")
    await person.run("void (see('select').value = 'TX')")
    await tap(person, "OK")
    await person.until("see('.log').querySelectorAll('.chose').length === 2")
    assert [said["text"] for said in played.stub.heard] == [
        '/inform{"role": "restrained"}',
        '/inform{"stage": "temporary"}',
        '/inform{"state": "TX"}',
    ]
    await clean(person)


async def test_a_turn_fits_and_begins_under_the_bar(come):
    person, _ = await come()
    for text in ("clothes", "court", "danger"):
        await say(person, text)
        top, bottom = await person.run(
            "(r => [r.top - see('header.bar').offsetHeight, r.bottom])(see('.turn').getBoundingClientRect())"
        )
        assert -1 <= top <= 40 and bottom - top - 52 <= 1200
    links = await person.run("[...see('.safety').querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert links == ["tel:911", "sms:911", "tel:18007997233", "sms:88788?&body=START"]
    await clean(person)


async def test_typing_moves_nothing(come):
    person, _ = await come()
    for text in ("one", "two", "three"):
        await say(person, text)
    await person.run("void scrollTo(0, 700)")
    before = await person.run("scrollY")
    await person.run("void see('textarea').focus({preventScroll: true})")
    await person.type("a longer line than fits into the box, so that it grows by a line or two")
    assert await person.run("scrollY") == before


async def test_my_path_is_ticked_off_and_seen_before_it_is_printed(come):
    person, _ = await come()
    await say(person, "court")
    await tap(person, "More options")
    await tap(person, "My path", ".item")
    await person.click("see('.tick input', '', false)")
    await person.until("see('.path').textContent.includes('1 of 3 done')")
    await tap(person, "See and print")
    await person.until("see('.sheet').textContent.includes('To do before')")
    await clean(person)


async def test_a_broken_line_is_told_and_what_waits_is_sent(come):
    person, played = await come()
    await say(person, "clothes")
    await played.stub.cut()
    await person.until("!!see('.offline')")
    await person.click("see('textarea')")
    await person.type("waits" + ENTER)
    await person.until("!!see('.me.waiting')")
    played.stub.mend()
    await person.until("!see('.me.waiting') && !see('.offline')", 30)
    assert played.stub.heard[-1]["text"] == "waits"


@pytest.mark.parametrize("way", ["button", "shift"])
async def test_the_way_out(come, way):
    person, played = await come()
    await say(person, "clothes")
    if way == "button":
        await person.click("see('a.exit-link')")
    else:
        await person.type(SHIFT * 3)
    await person.until("location.pathname === '/left' && document.title === 'Left'")
    assert "/chat/end" in played.asked
    assert not await person.run("sessionStorage.wp")


async def test_spanish(come):
    person, played = await come()
    await tap(person, "Español")
    await person.until("!!see('.way', 'La orden es contra mí')")
    await tap(person, "La orden es contra mí")
    await person.until("!!see('.ask')")
    assert played.stub.heard[-1]["text"] == '/inform{"language": "es", "role": "restrained"}'
    await clean(person)


async def test_nothing_of_a_hostile_page_covers_the_corner(come):
    person, _ = await come(host=page(HOSTILE), size=(1200, 850))
    await tap(person, "Ask about a court order")
    await say(person, "court")
    hit = """(e => { const r = e.getBoundingClientRect(); let at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
      return at?.shadowRoot?.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)?.closest('a, button, textarea') === e })"""
    for css, words in (("a.exit-link", ""), ("button", "Minimise"), ("textarea", "")):
        assert await person.run(f"{hit}(see('{css}', '{words}'))"), css
    gap = "(s => s.getBoundingClientRect().bottom - see('.foot').getBoundingClientRect().bottom)(see('section.corner'))"
    assert await person.run(gap) <= 2


async def test_a_wide_screen_has_the_side_panel(come):
    person, _ = await come(size=(1440, 900))
    await say(person, "court")
    assert "10 days left" in await person.run("see('.side').textContent")
    await clean(person)
