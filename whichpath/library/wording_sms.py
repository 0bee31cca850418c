"""The sentences of the SMS channel: ``content/sms.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Extra, Field, validator

from whichpath.library.files import CONTENT, read_yaml, validated
from whichpath.library.gsm7 import is_gsm7

#: Number of characters of a text that every locked screen shows.
GLANCE = 40
CONTACT_LIMIT = 50
#: Longest lawyer line, in characters: with the notice it makes a line of 70.
LAWYER_LIMIT = 31


class Wording(BaseModel, extra=Extra.forbid, frozen=True):
    """The sentences of ``content/sms.yml``."""

    first: str = Field(min_length=GLANCE, max_length=70)
    first_more: str = Field(min_length=20, max_length=40)
    hello: str = Field(min_length=GLANCE, max_length=45)
    hello_wait: str = Field(min_length=20, max_length=120)
    help: str = Field(regex=r"^.*\{contact\}.*$", max_length=160 - CONTACT_LIMIT + len("{contact}"))
    stop: str = Field(min_length=GLANCE, max_length=160)
    start: str = Field(min_length=GLANCE, max_length=160)
    picture: str = Field(min_length=20, max_length=160)
    picture_too: str = Field(min_length=10, max_length=40)
    no_choice: str = Field(min_length=20, max_length=160)
    more_done: str = Field(min_length=20, max_length=160)
    wrong_number: str = Field(min_length=GLANCE, max_length=160)
    more: list[str] = Field(min_items=1)
    part: str = Field(regex=r"^.*\{lawyer\}$", max_length=70 - LAWYER_LIMIT + len("{lawyer}"))
    to_do: str = Field(min_length=4, max_length=20)
    in_full: str = Field(min_length=4, max_length=20)
    questions: dict[str, str]

    @validator("*", each_item=True)
    def _gsm7(cls, value: str) -> str:
        if not is_gsm7(value):
            raise ValueError("holds characters outside GSM-7")
        return value.strip()


@lru_cache(maxsize=1)
def load_wording(path: Path = CONTENT / "sms.yml") -> Wording:
    """Reads the sentences; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Wording, read_yaml(path), path.name)
