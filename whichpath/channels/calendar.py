"""Calendar files for a day in court: ``GET /calendar/<token>.ics``; ``GET /c/<token>`` in a text message.

It takes no messages.
"""

from __future__ import annotations

import datetime as dt

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import turn
from whichpath.channels.guards.server import Routes
from whichpath.channels.requests import BadRequest
from whichpath.pathway.calendar import ics, load_calendar
from whichpath.store import calendar_link

_HEADERS = {
    # Neutral, like the entry: the file name stays in the browser's list of downloads.
    "Content-Disposition": 'attachment; filename="appointment.ics"',
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class CalendarInput(InputChannel):
    """An input channel only because Rasa lets nothing else add routes."""

    def __init__(self) -> None:
        self.words = load_calendar()
        turn.install()

    @classmethod
    def name(cls) -> str:
        """The name under which Rasa registers it."""
        return "calendar"

    def url_prefix(self) -> str:
        """At the root, not below ``/webhooks/``."""
        return "/"

    def blueprint(self, on_new_message: turn.Handler) -> Blueprint:
        """The routes."""
        routes = Routes("whichpath_calendar")

        @routes.get("/calendar/<name:str>")
        async def entry(_request: Request, name: str) -> HTTPResponse:
            return self._file(calendar_link.day_of(name.removesuffix(".ics")) if name.endswith(".ics") else None)

        @routes.get("/c/<name:str>")
        async def short_entry(_request: Request, name: str) -> HTTPResponse:
            return self._file(calendar_link.day_of_short(name))

        return routes

    def _file(self, day: dt.date | None) -> HTTPResponse:
        if day is None:
            return BadRequest("There is no such entry.", 404).answer()
        now = dt.datetime.now(dt.timezone.utc)
        text = ics(day, self.words, uid=calendar_link.uid(day), now=now)
        return HTTPResponse(text, content_type="text/calendar; charset=utf-8", headers=_HEADERS)
