"""The website: the widget's live connection, its fallbacks over plain HTTP, and our own pages.

``GET /``, ``/embed``          the demonstration site, and the instructions for embedding the widget
``GET /widget/<file>``         the built widget, for any site
``/chat/live/``                socket.io (:mod:`whichpath.channels.web.live`)
``GET``, ``POST /plain``       the chat without any script (:mod:`whichpath.channels.web.plain`)
``POST /leave``               its exit
``POST /chat/message``         in: ``{"session": "<id>" | null, "text": "..."}``;
                               out: ``{"session": "<id>", "messages": [...]}``.
                               A missing, forged, ended or old id gets a new session.
``POST /chat/end``             in: ``{"session": "<id>"}``; deletes the conversation. Sent by "Exit this page".
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import danger, turn
from whichpath.channels.guards.headers import policy
from whichpath.channels.guards.limits import CONNECTS, PER_ADDRESS, PER_SESSION, address_of
from whichpath.channels.guards.limits_shared import limits
from whichpath.channels.guards.server import Routes, fault_page
from whichpath.channels.output import Message
from whichpath.channels.requests import BadRequest, json_object
from whichpath.channels.web import files, plain
from whichpath.channels.web.live import TEXT_LIMIT, Live
from whichpath.channels.web.origins import Origins
from whichpath.channels.web.sessions import Session
from whichpath.channels.web.shared import Bus, SharedTranscript
from whichpath.channels.web.talk import Talk
from whichpath.channels.web.transcript import Entry, MemoryTranscript, Unreachable
from whichpath.library.organisation import load_organisation_texts
from whichpath.library.phrases import load_phrases
from whichpath.settings import read_settings
from whichpath.store.encryption import Cipher
from whichpath.store.identity import key, new_session, session_sender
from whichpath.store.shared import connect, redis_url

#: The exit target of the pages without script. The widget has a setting of its own.
EXIT = "https://www.weather.gov/"
# With "no-referrer" browsers send forms without an origin, by which our own pages are recognised.
_FORM_PAGE = {"Referrer-Policy": "same-origin"}


class _Routes(Routes):
    """Routes that add the socket.io route too."""

    def __init__(self, name: str, live: Live) -> None:
        super().__init__(name)
        self.ctx.live = live

    def register(self, app: Sanic, options: dict[str, Any]) -> Any:
        """Called by Sanic before the server starts."""
        app.config.PROXIES_COUNT = read_settings().proxies or None
        self.ctx.live.attach(app)
        return super().register(app, options)


class WebInput(InputChannel):
    """The website's channel."""

    def __init__(self) -> None:
        turn.install()
        self.origins = Origins()
        self.talk: Talk
        self.live: Live

    @classmethod
    def name(cls) -> str:
        """The channel name in channel-specific responses."""
        return "web"

    def url_prefix(self) -> str:
        """At the root, not below ``/webhooks/``."""
        return "/"

    def blueprint(self, on_new_message: turn.Handler) -> Routes:
        """The routes, and the front page instead of Rasa's greeting at ``/``."""
        self.talk = _talk(on_new_message, self.name())
        self.live = Live(self.talk, self.origins)
        routes = _Routes("whichpath_web", self.live)

        @routes.listener("before_server_start")
        async def set_up(app: Sanic, _loop: Any) -> None:
            app.register_middleware(_front_page, "request")

        @routes.listener("after_server_start")
        async def start(app: Sanic, _loop: Any) -> None:
            self.talk.agent = app.ctx.agent
            work: list[Any] = [self.talk.tidy(), self.talk.put_away()]
            transcript = self.talk.transcript
            if isinstance(transcript, SharedTranscript):
                self.live.bus = Bus(transcript.redis, redis_url() or "", self.live.hear, self.live.catch_up)
                work += [self.live.bus.listen(), self.talk.watch(transcript)]
            app.ctx.web = [asyncio.ensure_future(each) for each in work]

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, _loop: Any) -> None:
            await self.talk.stop()
            for task in app.ctx.web:
                task.cancel()

        @routes.get("/embed")
        async def embed(request: Request) -> HTTPResponse:
            return files.send(request, files.PAGES["/embed"])

        @routes.get("/favicon.ico")
        async def icon(_request: Request) -> HTTPResponse:
            return response.empty()

        @routes.get("/widget/organisation.json")
        async def organisation(_request: Request) -> HTTPResponse:
            shared = {**files.SHARED, "Cache-Control": "public, max-age=300"}
            return response.json(load_organisation_texts().public(), headers=shared)

        @routes.get("/widget/<name:str>")
        async def asset(request: Request, name: str) -> HTTPResponse:
            if name not in files.ASSETS:
                return response.json({"error": "There is no such file."}, status=404)
            return files.send(request, files.ASSETS[name], files.FOREVER if request.args.get("v") else files.SHARED)

        @routes.get("/plain")
        async def start_plain(request: Request) -> HTTPResponse:
            return _plain_page(request, "", [])

        @routes.post("/plain")
        async def say_plain(request: Request) -> HTTPResponse:
            return await self._plain(request)

        @routes.post("/leave")
        async def leave(request: Request) -> HTTPResponse:
            if self.origins.allow(request.headers.get("origin"), request.host):
                await self._end(_form(request, "session"))
            return response.redirect(EXIT, status=303)

        @routes.post("/chat/message")
        async def message(request: Request) -> HTTPResponse:
            try:
                body = self._body(request)
                if not isinstance(body.get("text"), str):
                    raise BadRequest("'text' is missing.")
                token, messages = await self._ask(request, body.get("session"), body["text"], secrets.token_hex(12))
            except BadRequest as fault:
                return fault.answer()
            return response.json({"session": token, "messages": messages})

        @routes.post("/chat/end")
        async def end(request: Request) -> HTTPResponse:
            try:
                # A site without referrers sends the end of a session without an origin; the token is sufficient.
                nameless = request.headers.get("origin") == "null"
                await self._end((json_object(request) if nameless else self._body(request)).get("session"))
            except BadRequest as fault:
                return fault.answer()
            # Embedding sites end sessions too; their browsers would report a response meant for our own pages.
            return response.empty(headers={"Cross-Origin-Resource-Policy": "cross-origin"})

        return routes

    def _body(self, request: Request) -> dict[str, Any]:
        if not self.origins.allow(request.headers.get("origin"), request.host):
            raise BadRequest("This address is for our own page, and for sites that are on the list.", 403)
        return json_object(request)

    async def _end(self, token: object) -> None:
        try:
            session = await self.talk.sessions.by_token(token)
        except Unreachable:
            sender = session_sender(token)
            session = self.talk.sessions.of(sender, str(token)) if sender else None
        if session is not None:
            await self.talk.end(session)

    async def _ask(self, request: Request, token: object, text: str, question_id: str) -> tuple[str, list[Message]]:
        """One question over HTTP, with the limits of the live connection. Returns the token and the answer.

        Messages of danger are exempt from limits.
        """
        try:
            return await self._ask_within(request, token, text, question_id)
        except BadRequest as fault:
            urgent = danger.help_for(text) if fault.status == 429 else None
            if urgent is None:
                raise
            token = str(token) if session_sender(token) is not None else new_session()
            with suppress(Unreachable):
                await self.talk.transcript.note(str(session_sender(token)), urgent)
            return token, [urgent]

    async def _ask_within(
        self, request: Request, token: object, text: str, question_id: str
    ) -> tuple[str, list[Message]]:
        await self.talk.limits.admit_at(PER_ADDRESS, address_of(request))
        try:
            session, fresh = await self._open(request, token)
            await self.talk.limits.admit(PER_SESSION, session.sender)
            notes: list[Message] = []
            if fresh and token:
                notes = [dict(load_phrases().new_session.message())]
                await self.talk.transcript.note(session.sender, notes[0])
            task = await self.talk.ask(session, question_id, text, text)
        except Unreachable:
            good = session_sender(token) is not None
            return (str(token) if good else new_session()), [load_phrases().unavailable.message()]
        # Shielded: a client that disconnects must not cancel the turn.
        return session.token, notes + (await asyncio.shield(task) if task else [])

    async def _open(self, request: Request, token: object) -> tuple[Session, bool]:
        """The session of ``token``, or a new one if the address is within its limit."""
        if await self.talk.sessions.by_token(token) is None:
            await self.talk.limits.admit_at(CONNECTS, address_of(request))
        return await self.talk.open(token)

    async def _plain(self, request: Request) -> HTTPResponse:
        text = _form(request, "choice") or _form(request, "text")
        # A form on another site is the same for everybody and has no id.
        question_id = (_form(request, "question") or secrets.token_hex(12))[:64]
        token: object = _form(request, "session") or None
        messages: list[Message] = []
        try:
            if not self.origins.allow(request.headers.get("origin"), request.host):
                raise BadRequest("This address is for our own page.", 403)
            before = await self.talk.transcript.form(question_id)
            if before and await self.talk.sessions.by_token(before) is None:
                # Sent again by the Back button after the exit: nothing of the chat is shown.
                return _plain_page(request, "", [])
            token = before or token
            if text.strip() and question_id.isalnum():
                if not token:
                    # Stored before the turn runs, so that a form sent twice at once is one conversation.
                    await self.talk.limits.admit_at(CONNECTS, address_of(request))
                    token = await self.talk.transcript.keep_form(question_id, new_session())
                token, messages = await self._ask(request, token, text[:TEXT_LIMIT], question_id)
                await self.talk.transcript.keep_form(question_id, str(token))
            session, _fresh = await self._open(request, token)
            entries = (await self.talk.transcript.after(session.sender, "", 0))["entries"]
        except BadRequest as fault:
            urgent = danger.help_for(text) if fault.status == 429 else None
            if urgent is None and not messages:
                return fault_page(request, str(fault), fault.status, fault.headers)
            said = messages or ([urgent] if urgent else [])
            lines = [{"seq": 0, "who": "bot", "id": "", "message": message} for message in said]
            return _plain_page(request, str(token or ""), lines)
        except Unreachable:
            said = messages or [load_phrases().unavailable.message()]
            lines = [{"seq": 0, "who": "bot", "id": "", "message": message} for message in said]
            return _plain_page(request, str(token or ""), lines)
        return _plain_page(request, session.token, entries)


def _talk(on_new_message: turn.Handler, channel: str) -> Talk:
    """In memory, or shared by all processes in Redis."""
    url = redis_url()
    transcript = SharedTranscript(connect(url), Cipher(key())) if url else MemoryTranscript()
    return Talk(on_new_message, channel, transcript, limits())


def _plain_page(request: Request, token: str, entries: list[Entry]) -> HTTPResponse:
    # "Exit this page" is a form too, and redirects to another site.
    allowed = policy(request, f"'self' {EXIT}", plain.styles(), load_organisation_texts().pictures)
    return response.html(plain.page(token, entries), headers={**_FORM_PAGE, "Content-Security-Policy": allowed})


def _form(request: Request, name: str) -> str:
    return str(request.form.get(name) or "") if request.form else ""


async def _front_page(request: Request) -> HTTPResponse | None:
    """Replaces Rasa's greeting at ``/``, which cannot be switched off."""
    if request.path == "/" and request.method in ("GET", "HEAD"):
        return files.send(request, files.PAGES["/"], _FORM_PAGE, secrets.token_hex(12))
    return None
