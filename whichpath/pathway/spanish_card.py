"""Answers in Spanish: Spanish where translated, with the English text in a fold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from whichpath.library.entries import SMS_CHARS
from whichpath.library.spanish import Spanish
from whichpath.pathway.brief import brief


def state_in_spanish(data: Mapping[str, Any], state: str, spanish: Spanish) -> dict[str, Any]:
    """The changes of ``data`` for a state's lines: they are sourced in English and stay English in the fold."""
    words = spanish.ui
    return _changed(data, words["state_title"].format(state=state), words["noted_state"].format(state=state), spanish)


def in_spanish(data: Mapping[str, Any], entry_id: str, spanish: Spanish, today: dt.date) -> dict[str, Any]:
    """The changes of ``data``, the English answer."""
    return _changed(data, spanish.question(entry_id) or data["title"], spanish.answer(entry_id, today), spanish)


def _changed(data: Mapping[str, Any], title: str, own: str | None, spanish: Spanish) -> dict[str, Any]:
    words = spanish.ui
    english = "\n".join([data["answer"], *(f"{n}. {step}" for n, step in enumerate(data["steps"], 1))])
    if own:
        answer = f"{own} {words['english_details']}"
        sections = [{"title": words["english_fold"], "text": english, "lang": "en"}]
    else:
        answer, sections = f"{words['english_only_here']}\n\n{data['body']}", data["sections"]
    return {
        "title": title,
        "answer": answer,
        "body": answer,
        "steps": [],
        "sections": sections,
        "local": None,
        # The title of the fold replaces the last sentence of the answer.
        "brief": brief(title, own or answer, ()),
        "notice": words["notice"],
        "notice_short": words["notice_short"],
        "referral": "\n- ".join([words["lawyers"], *(spanish.lawyer(line) for line in _ways(data["referral"]))]),
        "sms": f"{_sentences(own or data['answer'], SMS_CHARS)}\n{words['notice_sms']} {data['lawyer_sms']}",
        "lead": None,
        "lang": "es",
    }


def _ways(referral: str) -> list[str]:
    """The ways to a lawyer in ``referral``, below its heading."""
    return [line.removeprefix("- ") for line in referral.split("\n")[1:] if line.strip()]


def _sentences(text: str, most: int) -> str:
    """The first sentences of ``text`` that fit into ``most`` characters; one that does not fit is cut."""
    kept = text[: most + 1]
    return text if len(text) <= most else kept[: kept.rfind(". ") + 1] or text[:most]
