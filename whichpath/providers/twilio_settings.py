"""What the SMS channel needs from the environment. Imports nothing of Rasa: the start command reads it too."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from whichpath.library.wording_sms import CONTACT_LIMIT

API_URL = "https://api.twilio.com"
_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_FROM = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}|MG[0-9a-fA-F]{32}")


class Off(Exception):
    """The channel is off. The message says why."""


@dataclass(frozen=True)
class SmsSettings:
    """Twilio's side and ours. ``sender`` is a phone number, a short code or a messaging service's id."""

    account_sid: str
    auth_token: str
    sender: str
    public_url: str
    contact: str
    api_url: str = API_URL


def read_sms(environment: Mapping[str, str] = os.environ) -> SmsSettings:
    """The settings in ``environment``.

    Raises:
        Off: something is missing or cannot be right; names the variable, never its value.
    """
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "WHICHPATH_PUBLIC_URL")
    missing = [name for name in names if not environment.get(name)]
    sender = environment.get("TWILIO_FROM") or environment.get("TWILIO_MESSAGING_SERVICE_SID") or ""
    if not sender:
        missing.insert(2 if len(missing) > 2 else len(missing), "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID")
    if missing:
        raise Off(f"not set: {', '.join(missing)}")
    public_url = environment["WHICHPATH_PUBLIC_URL"].rstrip("/")
    if urlsplit(public_url).scheme not in ("http", "https") or not urlsplit(public_url).netloc:
        raise Off("WHICHPATH_PUBLIC_URL is no web address")
    if not _SID.fullmatch(environment["TWILIO_ACCOUNT_SID"]):
        raise Off("TWILIO_ACCOUNT_SID is no account id (AC and 32 hexadecimal digits)")
    if not _FROM.fullmatch(sender):
        raise Off("TWILIO_FROM is no phone number in the form +15551230000")
    contact = environment.get("WHICHPATH_CONTACT") or urlsplit(public_url).netloc
    if len(contact) > CONTACT_LIMIT:
        raise Off(f"WHICHPATH_CONTACT is longer than {CONTACT_LIMIT} characters")
    return SmsSettings(
        account_sid=environment["TWILIO_ACCOUNT_SID"],
        auth_token=environment["TWILIO_AUTH_TOKEN"],
        sender=sender,
        public_url=public_url,
        contact=contact,
        api_url=(environment.get("TWILIO_API_URL") or API_URL).rstrip("/"),
    )
