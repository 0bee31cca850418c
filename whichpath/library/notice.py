"""The notice attached to every answer, and nationwide help: ``content/notice.yml`` and ``content/help.yml``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Extra, Field

from whichpath.library.files import CONTENT, read_yaml, validated


class Notice(BaseModel, extra=Extra.forbid):
    """The texts of ``content/notice.yml``, which are attached to every answer."""

    text: str = Field(min_length=40)
    short: str = Field(min_length=20, max_length=42)
    sms: str = Field(min_length=20, max_length=38)
    lawyer: str = Field(min_length=40)
    lawyer_sms: str = Field(min_length=20, max_length=31)
    lawyers: str = Field(min_length=8)
    expired: str = Field(min_length=40)
    expired_sms: str = Field(min_length=20, max_length=200)
    for_them: str = Field(min_length=8)
    in_state: str
    in_state_domestic: str
    state_nothing: str
    state_nothing_sms: str = Field(max_length=200)
    state_criminal: str
    state_title: str
    state_more: str
    state_check: str


class Help(BaseModel, extra=Extra.forbid):
    """One nationwide service of ``content/help.yml``."""

    id: str
    title: str
    line: str = Field(min_length=10)
    sms: str | None = Field(None, max_length=31)
    roles: tuple[str, ...] = ()
    instead_of: Literal["legal_aid_url", "bar_referral_url"] | None = None
    url: str | None = None
    phone: str | None = None
    source: str = Field(min_length=3)
    reviewed: dt.date
    expires: dt.date


def load_notice(folder: Path = CONTENT) -> Notice:
    """Reads the notice; :class:`~whichpath.library.files.ContentError` names the first fault."""
    return validated(Notice, read_yaml(folder / "notice.yml"), "notice.yml")


def load_help(folder: Path = CONTENT) -> list[Help]:
    """Reads all nationwide services; errors as in :func:`load_notice`."""
    return [validated(Help, row, f"help.yml, {row.get('id')}") for row in read_yaml(folder / "help.yml")]
