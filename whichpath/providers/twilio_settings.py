"""The settings of the SMS channel. Does not import Rasa, because the start command reads them too."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from whichpath.library.wording_sms import CONTACT_LIMIT
from whichpath.registry import Off
from whichpath.settings import Settings, read_settings

_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_FROM = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}|MG[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class SmsSettings:
    """The account at Twilio and our address. ``sender`` is a phone number, a short code or a messaging service's id."""

    account_sid: str
    auth_token: str
    sender: str
    public_url: str
    contact: str
    api_url: str = Settings().twilio_api_url


def read_sms(environment: Mapping[str, str] = os.environ) -> SmsSettings:
    """The settings in ``environment``.

    Raises:
        Off: something is missing or invalid; names the variable, never its value.
    """
    given = read_settings(environment)
    account, token, public_url = given.twilio_account_sid or "", given.twilio_auth_token or "", given.public_url or ""
    names = {"TWILIO_ACCOUNT_SID": account, "TWILIO_AUTH_TOKEN": token, "WHICHPATH_PUBLIC_URL": public_url}
    missing = [name for name, value in names.items() if not value]
    sender = given.twilio_from or given.twilio_messaging_service_sid or ""
    if not sender:
        missing.insert(2 if len(missing) > 2 else len(missing), "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID")
    if missing:
        raise Off(f"not set: {', '.join(missing)}")
    public_url = public_url.rstrip("/")
    if urlsplit(public_url).scheme not in ("http", "https") or not urlsplit(public_url).netloc:
        raise Off("WHICHPATH_PUBLIC_URL is no web address")
    if not _SID.fullmatch(account):
        raise Off("TWILIO_ACCOUNT_SID is no account id (AC and 32 hexadecimal digits)")
    if not _FROM.fullmatch(sender):
        raise Off("TWILIO_FROM is no phone number in the form +15551230000")
    contact = given.contact or urlsplit(public_url).netloc
    if len(contact) > CONTACT_LIMIT:
        raise Off(f"WHICHPATH_CONTACT is longer than {CONTACT_LIMIT} characters")
    return SmsSettings(
        account_sid=account,
        auth_token=token,
        sender=sender,
        public_url=public_url,
        contact=contact,
        api_url=given.twilio_api_url.rstrip("/"),
    )
