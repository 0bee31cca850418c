"""The content of Telegram messages: every answer, section and page. No Rasa server."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testing.bot_api import TOKEN_LIMIT
from whichpath.channels.guards.payloads import issued
from whichpath.channels.telegram.render import LIMIT, length, payload_of
from whichpath.channels.telegram.screens import Press, buttons, cards, opens, press_of, sections, shown
from whichpath.channels.telegram.states import COLUMNS, pages
from whichpath.library.entries import load_answers
from whichpath.library.situation import Situation
from whichpath.library.states.packs import load_states
from whichpath.library.wording_telegram import load_wording
from whichpath.pathway.compose import Composer, DayWords

ANSWERS, WORDING = load_answers(), load_wording()
COMPOSER = Composer(load_states(), today=lambda: dt.date(2026, 11, 29))
KNOWN = Situation(state="CA", role="protected", stage="temporary")
NAME = "A" * 12
ASKED = {
    "text": "Which state?",
    "buttons": [{"title": "Skip this", "payload": "/not_sure"}],
    "custom": {"data": {"ask": "state"}},
}


def message(rendered):
    return {"text": rendered.text, "custom": {"data": rendered.data}}


def rendered(situation):
    for entry in ANSWERS:
        for number, variant in enumerate(entry.variants):
            yield variant, COMPOSER.entry(entry, number, situation, None, "I understood this: x.")


def bold(text, entities):
    """The parts of a text that Telegram shows in bold; offsets are UTF-16 units."""
    raw = text.encode("utf-16-le")
    return [raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in entities]


def all_shown(card):
    return [shown(card, number) for number in (None, *range(len(sections(card))))]


def test_answer_in_bold_numbered_steps_then_notice_and_lawyers_and_no_section_open():
    for variant, told in rendered(Situation()):
        (card,) = cards([message(told)])
        text, entities = shown(card, None)
        assert text == told.text and bold(text, entities) == [variant.answer.split("\n")[0].strip()]
        steps = [f"{n}. {step}" for n, step in enumerate(variant.do, 1)]
        places = [text.find(words) for words in (variant.answer, *steps, COMPOSER.notice.text, told.data["referral"])]
        assert -1 not in places and places == sorted(places)
        assert sections(card) == [[fold.title, fold.text] for fold in variant.more]


def test_each_section_opens_in_the_message_under_the_answer_and_above_notice_and_lawyers():
    seen = 0
    for variant, told in rendered(KNOWN):
        (card,) = cards([message(told), ASKED])
        sections = told.data["sections"]
        further = len(sections) - len(variant.more)
        assert further in (0, 1) and [s["title"] for s in sections][further:] == [fold.title for fold in variant.more]
        for number, section in enumerate(sections):
            text, entities = shown(card, number)
            assert bold(text, entities)[1:] == [section["title"]]
            order = [
                variant.answer,
                f"{section['title']}\n{section['text']}",
                COMPOSER.notice.text,
                told.data["referral"],
                "Which state?",
            ]
            places = [text.find(words) for words in order]
            assert -1 not in places and places == sorted(places) and text.count(COMPOSER.notice.text) == 1
            assert not any(f"{n}. {step}" in text for n, step in enumerate(variant.do, 1))
            seen += 1
    assert seen > 500


def test_every_answer_and_state_and_question_together_is_one_message_within_the_limit():
    state = COMPOSER.state(KNOWN, ("withdraw", "hearing", "end"))
    for _variant, told in rendered(KNOWN):
        (card,) = cards([message(told), message(state), ASKED])
        for text, entities in all_shown(card):
            assert length(text) <= LIMIT and text.count(COMPOSER.notice.text) == 2
            assert all(0 <= e["offset"] and e["offset"] + e["length"] <= length(text) for e in entities)
        assert json.loads(json.dumps(card)) == card


def test_sections_of_a_day_and_of_an_answer_in_spanish_open_too():
    day = DayWords(dt.date(2026, 12, 20), dt.date(2026, 11, 29), "Court date", "", "", "")
    told = [COMPOSER.day(day, Situation(role=role), None, alone=True) for role in ("protected", "restrained")]
    told += [COMPOSER.in_spanish(COMPOSER.entry(e, 0, Situation(), None), e) for e in ANSWERS]
    for each in told:
        (card,) = cards([message(each)])
        assert [title for title, _text in sections(card)] == [fold["title"].strip() for fold in each.data["sections"]]
        for text, _bold in all_shown(card):
            assert text.endswith(f"{each.data['notice']}\n\n{each.data['referral']}")


def test_the_way_back_is_in_the_language_of_the_answer():
    entry = next(entry for entry in ANSWERS if entry.variants[0].more)
    told = COMPOSER.in_spanish(COMPOSER.entry(entry, 0, Situation(), None), entry)
    (card,) = cards([message(told)])
    assert buttons(card, NAME, 0)[0][0]["text"] == WORDING.back["es"]
    (card,) = cards([message(COMPOSER.entry(entry, 0, Situation(), None))])
    assert buttons(card, NAME, 0)[0][0]["text"] == WORDING.back["en"]


@given(st.text(max_size=300), st.text(max_size=300), st.integers(1, 60), st.booleans())
def test_whatever_is_said_no_message_is_too_long_and_nothing_is_lost(answer, more, times, legal):
    answer, more = f"x{answer}😀", f"y{more}"
    notice = "A notice. 😀"
    text = f"{answer * times}\n\n{notice}\n\nFind a lawyer"
    data = {
        "legal": legal,
        "answer": answer * times,
        "notice": notice,
        "sections": [{"title": "T😀", "text": more * times}],
    }
    said = cards([{"text": text, "custom": {"data": data}}, {"text": "Next?"}])
    everything = ""
    for card in said:
        for words, entities in all_shown(card):
            assert 0 < length(words) <= LIMIT
            assert all(0 <= e["offset"] and e["offset"] + e["length"] <= length(words) for e in entities)
            everything += words
    assert "Next?" in everything and notice in everything
    squeezed = "".join(everything.split())
    assert len(said) > 1 or "".join((more * times).split()) in squeezed


def test_nothing_in_an_answer_is_read_as_markup():
    told = {"answer": "<b>No</b> & *yes* _x_", "notice": "N", "legal": True}
    (card,) = cards([{"text": "<b>No</b> & *yes* _x_\n\nN", "custom": {"data": told}}])
    text, entities = shown(card, None)
    assert text.startswith("<b>No</b> & *yes* _x_") and bold(text, entities) == ["<b>No</b> & *yes* _x_"]


# --- the buttons ---


def test_the_states_come_in_pages_by_the_alphabet_and_each_answers_the_question():
    names = [name for page in pages() for name, _payload in page]
    assert names == sorted(names) and len(names) == 56
    assert all(12 <= len(page) <= 15 for page in pages())
    assert all(payload in issued() for page in pages() for _name, payload in page)


def test_each_page_has_its_states_the_ways_to_its_neighbours_and_the_choices():
    (card,) = cards([ASKED])
    for number, page in enumerate(pages()):
        rows = buttons(card, NAME, None, number)
        shown_here = {b["text"]: payload_of(b["callback_data"]) for row in rows for b in row}
        assert {name: payload for name, payload in shown_here.items() if payload} == {
            **dict(page),
            "Skip this": "/not_sure",
        }
        assert all(len(row) <= COLUMNS for row in rows)
        ways = [press_of(b["callback_data"]) for row in rows for b in row if press_of(b["callback_data"])]
        assert all(way.turns and way.card == NAME for way in ways)
        assert [way.page for way in ways] == [n for n in (number - 1, number + 1) if 0 <= n < len(pages())]


def test_buttons_open_every_section_lead_back_and_keep_the_page():
    entry = next(entry for entry in ANSWERS if len(entry.variants[0].more) > 2)
    (card,) = cards([message(COMPOSER.entry(entry, 0, Situation(), None)), ASKED])
    titles = [WORDING.fold.format(title=fold.title) for fold in entry.variants[0].more]
    rows = buttons(card, NAME, None, 2)
    assert [row[0]["text"] for row in rows[: len(titles)]] == titles
    rows = buttons(card, NAME, 1, 2)
    assert [row[0]["text"] for row in rows[: len(titles)]] == [WORDING.back["en"], titles[0], *titles[2:]]
    for row in rows:
        for button in row:
            press = press_of(button["callback_data"])
            assert len(button["callback_data"].encode()) <= TOKEN_LIMIT
            assert press is None or press.turns or press.page == 2
            assert press is None or not press.turns or press.section == 1


def test_a_message_without_sections_and_question_is_not_kept():
    assert not opens(cards([{"text": "Hello", "buttons": []}])[0]) and opens(cards([ASKED])[0])
    assert cards([]) == [] and cards([{"buttons": [{"title": "A", "payload": "/help"}]}]) == []


@pytest.mark.parametrize("data", ["", "f", "f:x:1:1", f"f:{NAME}:x:1", f"f:{NAME}:1", f"h:{NAME}:1:1", f"f:{NAME}:100:1",
                                  f"f:{NAME}:1:1:1", f"f:{NAME}:१:1", "p:" + "0" * 24, "/restart"])  # fmt: skip
def test_other_data_is_no_such_press(data):
    assert press_of(data) is None


@given(st.integers(0, 99) | st.none(), st.integers(0, 99), st.booleans())
def test_a_press_is_read_as_it_was_written(section, page, turns):
    press = Press(NAME, section, page, turns)
    assert press_of(press.data()) == press and len(press.data().encode()) <= TOKEN_LIMIT
