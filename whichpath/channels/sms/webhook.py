"""Verifies and parses Twilio's requests. Nothing is trusted before the signature is verified."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from whichpath.channels.requests import BadRequest
from whichpath.providers.twilio_settings import SmsSettings

#: Bytes. Twilio's own posts have two or three thousand.
BODY_LIMIT = 64 * 1024
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_SOME = re.compile(r"0*[1-9][0-9]{0,3}")
_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")


class Params(dict[str, list[str]]):
    """The fields of a form. Blank ones are kept: Twilio signs them too."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field; the interface that Twilio's validator expects."""
        return self.get(name, [])

    def one(self, name: str) -> str:
        """The field's first value, blank where it is missing."""
        return (self.get(name) or [""])[0]


@dataclass(frozen=True)
class Incoming:
    """A text that came in. ``handled`` is a command that Twilio has already answered (Advanced Opt-Out)."""

    sid: str
    phone: str
    text: str
    media: bool
    handled: str | None
    segments: str = "1"


def read_form(body: bytes) -> Params:
    """The fields of a posted form.

    Raises:
        BadRequest: too large, or not a form.
    """
    if len(body) > BODY_LIMIT:
        raise BadRequest("The body is too large.", 413)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=300, errors="strict")
    except ValueError:
        raise BadRequest("The body is no form.") from None
    params = Params()
    for name, value in pairs:
        params.setdefault(name, []).append(value)
    return params


class Gate:
    """Accepts requests that Twilio has signed for our account."""

    def __init__(self, settings: SmsSettings) -> None:
        self.settings = settings
        self._validator = RequestValidator(settings.auth_token)

    def admit(self, path: str, query: str, params: Params, signature: str | None) -> None:
        """Returns where the signature fits.

        Raises:
            BadRequest: it does not (403).
        """
        url = f"{self.settings.public_url}{path}" + (f"?{query}" if query else "")
        if not signature or not self._validator.validate(url, params, signature):
            raise BadRequest("The signature does not fit.", 403)
        if params.one("AccountSid") != self.settings.account_sid:
            raise BadRequest("This is another account's message.", 403)

    def read(self, params: Params) -> Incoming | None:
        """The text; ``None`` for one that nobody could answer (from a short code, or from ourselves).

        Raises:
            BadRequest: it has no id or no sender.
        """
        sid, phone = params.one("MessageSid") or params.one("SmsSid"), params.one("From")
        if not _MESSAGE_SID.fullmatch(sid) or not phone:
            raise BadRequest("MessageSid or From is missing.")
        if not _PHONE.fullmatch(phone) or phone in (self.settings.sender, params.one("To")):
            return None
        handled = params.one("OptOutType").lower()
        return Incoming(
            sid=sid,
            phone=phone,
            text=params.one("Body"),
            media=_SOME.fullmatch(params.one("NumMedia")) is not None,
            handled=handled if handled in ("stop", "start", "help") else None,
            segments=params.one("NumSegments")[:4],
        )
