"""The live line of the widget: socket.io over a web socket at ``/chat/live/``.

Page to server: ``say {id, text, shown}`` and ``erase {}``, both acknowledged with ``{ok, error?}``.
Server to page: ``session {session, epoch, reset, entries, open}`` after each connection, ``entry``,
``typing {id, on}``, ``ended {}``. Whose conversation it is was settled by the token at the connection;
no later event names one. ``widget/src/types.ts`` is the other side.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Any

import socketio
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.guards.limits import CONNECTS, FRAMES, LINES, PER_ADDRESS, Buckets, address_of
from channels.guards.phrases import load_phrases
from channels.requests import BadRequest, whole
from channels.web.origins import Origins
from channels.web.sessions import Session
from channels.web.talk import Talk

logger = logging.getLogger(__name__)
PATH = "/chat/live/"
#: Bytes of a frame. The longest message that is read whole has 1,000 characters.
FRAME_LIMIT = 32 * 1024
TEXT_LIMIT = 8_000
ID_LIMIT = 64
#: Refused messages after which a line is cut.
PATIENCE = 100
#: Seconds that a line may stay without saying whose it is; lines of one address that are open at a time.
KNOCK_SECONDS, OPEN_LINES = 10, 500


class _Server(socketio.AsyncServer):
    """Cuts lines that never say whose they are, and lines that send without end: the library does neither."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._frames = Buckets(FRAMES)

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        asyncio.get_running_loop().call_later(KNOCK_SECONDS, self._cut_silent, eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        if self._frames.take(eio_sid):
            await super()._handle_eio_message(eio_sid, data)
        else:
            await self._cut(eio_sid)

    def _cut_silent(self, eio_sid: str) -> None:
        if eio_sid in self.environ and not self.manager.sid_from_eio_sid(eio_sid, "/"):
            self.start_background_task(self._cut, eio_sid)

    async def _cut(self, eio_sid: str) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None and not socket.closed:
            # Not `disconnect`: it waits for ever where the other side takes nothing any more.
            await socket.close(wait=False)
            await socket.queue.put(None)


class Live:
    """The socket.io server and what is said over it."""

    def __init__(self, talk: Talk, origins: Origins) -> None:
        self.talk = talk
        self.messages = Buckets(PER_ADDRESS)
        self.connects = Buckets(CONNECTS)
        self.lines = Buckets(LINES)
        self._lines: dict[str, tuple[Session, str]] = {}
        self._open: Counter[str] = Counter()
        self._refused: dict[str, int] = {}
        self.sio = _Server(
            async_mode="sanic",
            cors_allowed_origins=lambda origin, environ: origins.allow(origin, environ.get("HTTP_HOST")),
            cors_credentials=False,
            # No polling: it would need every request of a line to reach the same worker.
            transports=["websocket"],
            allow_upgrades=False,
            max_http_buffer_size=FRAME_LIMIT,
            # A line that died is noticed within 20 s on both sides.
            ping_interval=10,
            ping_timeout=10,
            always_connect=True,
            logger=False,
            engineio_logger=False,
        )
        self.sio.on("connect", self._connect)
        self.sio.on("disconnect", self._disconnect)
        self.sio.on("say", self._say)
        self.sio.on("erase", self._erase)
        talk.tell = self._tell

    def attach(self, app: Sanic) -> None:
        """Adds the route; to be called before the server starts."""
        app.config.WEBSOCKET_MAX_SIZE = FRAME_LIMIT
        app.register_middleware(self._admit, "request")
        self.sio.attach(app, PATH.strip("/"))

    async def _admit(self, request: Request) -> HTTPResponse | None:
        if request.path.startswith(PATH.rstrip("/")):
            try:
                self.lines.admit(address_of(request))
            except BadRequest as fault:
                return fault.answer()
        return None

    async def _tell(self, event: str, session: Session, data: dict[str, Any]) -> None:
        await self.sio.emit(event, data, room=session.sender)
        if event == "ended":
            for sid in list(session.sockets):
                await self.sio.disconnect(sid)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        address = address_of(environ["sanic.request"])
        given = auth if isinstance(auth, dict) else {}
        token, epoch, last = given.get("session"), given.get("epoch"), given.get("last")
        # Who comes back with a good token is let in: a line that breaks often is no attack.
        known = self.talk.sessions.by_token(token) is not None
        if self._open[address] >= OPEN_LINES or not (known or self.connects.take(address)):
            raise socketio.exceptions.ConnectionRefusedError("rate")
        session, fresh = await self.talk.open(token)
        if fresh and token:
            session.note("bot", "", message=dict(load_phrases().new_session.message()))
        self._lines[sid] = (session, address)
        self._open[address] += 1
        session.sockets.add(sid)
        await self.sio.enter_room(sid, session.sender)
        info = self.talk.info(session, epoch if isinstance(epoch, str) else "", last if isinstance(last, int) else 0)
        await self.sio.emit("session", info, to=sid)

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        session, address = self._lines.pop(sid, (None, ""))
        self._refused.pop(sid, None)
        if session is not None:
            session.sockets.discard(sid)
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _say(self, sid: str, data: Any = None, *_more: Any) -> dict[str, Any]:
        line = self._lines.get(sid)
        if line is None or line[0].ended:
            return {"ok": False, "error": "ended"}
        session, address = line
        fault = _fault_of(data)
        if fault:
            return await self._refuse(sid, fault)
        if data["id"] in session.seen:
            return {"ok": True}
        if not (session.bucket.take() and self.messages.take(address)):
            return await self._refuse(sid, "rate")
        self.talk.ask(session, data["id"], whole(data["text"]), whole(str(data.get("shown") or "")))
        return {"ok": True}

    async def _erase(self, sid: str, *_data: Any) -> dict[str, Any]:
        line = self._lines.get(sid)
        if line is None or line[0].ended:
            return {"ok": False, "error": "ended"}
        if not line[0].bucket.take():
            return await self._refuse(sid, "rate")
        return {"ok": await self.talk.erase(line[0])}

    async def _refuse(self, sid: str, error: str) -> dict[str, Any]:
        self._refused[sid] = self._refused.get(sid, 0) + 1
        if self._refused[sid] > PATIENCE:
            await self.sio.disconnect(sid)
        return {"ok": False, "error": error}


def _fault_of(data: Any) -> str | None:
    """What is wrong with a question; ``None`` where nothing is."""
    if not isinstance(data, dict):
        return "bad"
    question_id, text, shown = data.get("id"), data.get("text"), data.get("shown")
    if not isinstance(question_id, str) or not 8 <= len(question_id) <= ID_LIMIT or not question_id.isalnum():
        return "bad"
    if not isinstance(text, str) or not text.strip() or not (shown is None or isinstance(shown, str)):
        return "bad"
    return "size" if len(text) > TEXT_LIMIT or len(shown or "") > TEXT_LIMIT else None
