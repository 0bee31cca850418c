"""The sentences around the facts of a state pack: ``content/states_words.yml``."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, Extra


class Words(BaseModel, extra=Extra.forbid):
    """``content/states_words.yml``."""

    title: str
    heading: str
    close: str
    close_sms: str
    with_the: tuple[str, ...]
    people: dict[str, dict[str, str]]
    ask_first: dict[str, str]
    units: dict[str, str]
    business_days: str
    hearing: str
    hearing_asked: str
    hearing_sms: str
    dv_order_names: str
    harassment_order_names: str
    names_join: tuple[str, str]
    max_length: str
    end_or_modify_route: str
    route_unknown: str
    route_unknown_sms: str
    end_or_modify_forms: str
    ask_for_form: str
    statute: str
    pages: dict[str, str]
    womenslaw_url: str
    length_sms: str
    two_states: str
    two_states_sms: str
    two_states_source: str
    lawyers: dict[str, str]
    lawyer_sms: str
    criminal: str
    criminal_sms: str
    nothing: str
    nothing_sms: str
    nothing_source: str
    sources: dict[str, str]
    reviewed: dt.date


def place(name: str, words: Words) -> str:
    """``name`` as it reads in a sentence: «the District of Columbia»."""
    return f"the {name}" if name in words.with_the else name


def mid_sentence(value: str) -> str:
    """``value`` as it reads after a colon: «Up to 3 years.» becomes «up to 3 years.», «RCW» stays."""
    return value[0].lower() + value[1:] if value[:2].istitle() and value[1].islower() else value
