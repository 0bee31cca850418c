"""The card of an answer, on canned answers: height, steps, folds, notice, sources, terms, voice."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.widget import stub

TURN, SIX_TURNS = 1100, 6500
#: The height of each turn in px.
HEIGHTS = "e => [...e.querySelectorAll('.turn')].map(t => t.lastElementChild.getBoundingClientRect().bottom - t.getBoundingClientRect().top)"


async def heights(person) -> list[float]:
    return await person.log.evaluate(HEIGHTS)


@pytest.mark.parametrize("text", ["clothes", "court", "danger", '/inform{"stage": "temporary"}'])
async def test_a_turn_is_at_most_1100_px_on_a_phone(seat, text):
    person = await seat(phone=True)
    await person.say(text)
    await person.page.wait_for_timeout(300)
    assert (await heights(person))[-1] <= TURN


async def test_six_turns_are_at_most_6500_px(seat):
    person = await seat(phone=True)
    for text in ("one", "court", "three", "danger", "five", "six"):
        await person.say(text)
    assert len(await heights(person)) == 6
    assert await person.log.evaluate("e => e.scrollHeight") <= SIX_TURNS


async def test_the_answer_comes_first_and_the_words_before_the_folds_are_few(seat):
    person = await seat(phone=True)
    await person.say("clothes")
    told = person.answers.first.locator("h3, .told")
    words = " ".join(await told.all_inner_texts()).split()
    assert 70 < len(words) <= 90  # the title, the answer with the state's line, steps
    box = await person.answers.first.locator(".told p").first.bounding_box()
    assert box and box["y"] < 370  # half a screen


async def test_three_steps_the_rest_is_folded_and_the_notice_is_not(seat):
    person = await seat()
    await person.say("clothes")
    card = person.answers.first
    await expect(card.get_by_role("heading", level=3)).to_have_text("Can I go back to the home for my clothes?")
    await expect(card.locator(".told .steps li")).to_have_count(2)
    await expect(card.locator(".steps b").first).to_have_text("Read the order.")
    await expect(card.locator(".here")).to_have_text(
        "In Florida: the order has a box for this, a visit with an officer."
    )
    folds = card.locator(".folds summary")
    await expect(folds).to_have_text(["Step 3", "What happens next", "More"])
    for fold in await folds.all():
        assert (await fold.bounding_box())["height"] >= 44
    legal = card.locator(".legal")
    await expect(legal).to_be_visible()
    assert await legal.evaluate("e => e.closest('details, [hidden]') === null")
    await expect(legal.get_by_role("link")).to_have_count(3)
    await expect(legal.get_by_role("link").first).to_have_accessible_name("Free legal aid (opens in a new tab)")
    await folds.nth(1).click()
    await expect(card).to_contain_text("The officer stays with you.")
    await folds.first.click()
    await expect(card.get_by_text("They know how you can ask the judge.")).to_be_visible()
    number = await card.locator("details .steps li").evaluate("e => getComputedStyle(e, '::before').content")
    assert number in ("counter(a)", '"3"')


async def test_the_notice_is_one_line_and_its_full_words_are_a_tap_away(seat):
    person = await seat(phone=True)
    await person.say("clothes")
    legal = person.answers.first.locator(".legal")
    line = legal.locator("summary")
    await expect(line).to_have_text("Information, not legal advice. Laws vary.")
    spot = await line.bounding_box()
    assert spot and spot["height"] == 44  # one line, high enough for a thumb
    await expect(legal.get_by_text("take the place of a lawyer")).to_be_hidden()
    await line.tap()
    await expect(legal.get_by_text("take the place of a lawyer")).to_be_visible()
    await expect(legal.get_by_role("link")).to_have_count(3)


async def test_what_is_told_short_of_a_state_stands_whole_in_a_fold(seat, monkeypatch):
    short = stub.card(steps=[])
    short["custom"]["data"]["brief"]["local"] = "In Florida: a visit with an officer."
    monkeypatch.setitem(stub.ANSWERS, "short", [short])
    person = await seat()
    await person.say("short")
    card = person.answers.first
    await expect(card.locator(".here")).to_have_text("In Florida: a visit with an officer.")
    await card.locator("summary", has_text="In Florida").click()
    await expect(card.get_by_text("the order has a box for this")).to_be_visible()


async def test_more_than_three_folds_are_three(seat, monkeypatch):
    five = [{"title": f"Section {n}", "text": f"text {n}"} for n in range(1, 6)]
    monkeypatch.setitem(stub.ANSWERS, "five", [stub.card(sections=five, steps=[])])
    person = await seat()
    await person.say("five")
    folds = person.answers.first.locator(".folds summary")
    await expect(folds).to_have_text(["Section 1", "Section 2", "More"])
    await folds.last.click()
    await expect(person.answers.first.get_by_text("text 5")).to_be_visible()


async def test_sources_copy_and_thumbs(seat):
    person = await seat()
    await person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await person.say("clothes")
    await person.tap("Sources")
    await expect(person.answers.first).to_contain_text("checked November 22, 2026")
    await expect(person.answers.first).to_contain_text("No lawyer has checked this text yet.")
    await expect(person.answers.first).to_contain_text("(page of March 1, 2020)")
    await person.tap("Copy")
    copied = await person.page.evaluate("navigator.clipboard.readText()")
    assert "not legal advice" in copied and "Find a lawyer" in copied
    await person.tap("Wrong for me")
    await expect(person.log.locator(".me")).to_have_count(2)
    assert person.stub.heard[-1]["text"] == "/correct"


VOICE = """
window.said = [];
const voices = [%s];
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => voices, speak: (u) => said.push(u.text), cancel: () => {}, addEventListener: () => {}}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } };
"""


@pytest.mark.parametrize("local", [True, False])
async def test_only_the_devices_own_voice_reads_aloud(seat, local):
    voice = f"{{lang: 'en-US', localService: {str(local).lower()}}}"
    person = await seat(init=VOICE % voice)
    await person.say("clothes")
    button = person.answers.first.get_by_role("button", name="Listen")
    if not local:  # such a voice sends the text to another server
        await expect(button).to_be_hidden()
        return
    await button.click()
    said = (await person.page.evaluate("said"))[0]
    assert said.startswith("Can I go back") and "Read the order." in said
    await expect(person.answers.first.get_by_role("button", name="Stop")).to_be_visible()


async def test_a_term_opens_one_line(seat, monkeypatch):
    terms = [{"term": "police", "text": "An officer comes along."}, {"term": "rest", "text": "No word of it."}]
    monkeypatch.setitem(stub.ANSWERS, "term", [stub.card(terms=terms)])
    person = await seat()
    await person.say("term")
    # Once, and not inside "arrested".
    term = person.answers.first.get_by_role("button", name="police", exact=True)
    await expect(person.answers.first.locator(".term")).to_have_text(["police"])
    await expect(person.answers.first.get_by_text("An officer comes along.")).to_be_hidden()
    await term.click()
    await expect(person.answers.first.get_by_text("An officer comes along.")).to_be_visible()


async def test_beside_danger_help_the_answer_is_short_and_loses_nothing(seat, monkeypatch):
    folded = stub.without_buttons(stub.card())
    folded["custom"]["data"]["brief"]["local"] = None
    monkeypatch.setitem(stub.ANSWERS, "both", [stub.DANGER, folded])
    person = await seat(phone=True)
    await person.say("both")
    folds = person.log.locator(".folds summary")
    await expect(folds).to_have_text(["Do first"])
    await folds.tap()
    for text in ("Read the order.", "They know how you can ask the judge.", "the order has a box", "The officer stays"):
        await expect(person.log.get_by_text(text)).to_be_visible()
