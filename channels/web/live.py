"""The live line of the widget: socket.io over a web socket at ``/chat/live/``.

Page to server: ``say {id, text, shown}`` and ``erase {}``, both acknowledged with ``{ok, error?}``.
Server to page: ``session {session, epoch, reset, entries, open}`` after each connection, ``entry``,
``typing {id, on}``, ``ended {}``. Whose conversation it is was settled by the token at the connection;
no later event names one. ``widget/src/types.ts`` is the other side.
"""

from __future__ import annotations

import logging
from typing import Any

import socketio
from sanic import Sanic
from sanic.request import Request

from channels.guards.identity import session_sender
from channels.guards.phrases import load_phrases
from channels.web.limits import CONNECTS, PER_ADDRESS, Buckets, network_of
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


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy only what ``WHICHPATH_PROXIES`` lets us believe."""
    return network_of(request.remote_addr or request.ip)


class Live:
    """The socket.io server and what is said over it."""

    def __init__(self, talk: Talk, origins: Origins) -> None:
        self.talk = talk
        self.messages = Buckets(PER_ADDRESS)
        self.connects = Buckets(CONNECTS)
        self._lines: dict[str, tuple[Session, str]] = {}
        self._refused: dict[str, int] = {}
        self.sio = socketio.AsyncServer(
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
        self.sio.attach(app, PATH.strip("/"))

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
        if session_sender(token) is None and not self.connects.take(address):
            raise socketio.exceptions.ConnectionRefusedError("rate")
        session, fresh = await self.talk.open(token)
        if fresh and token:
            session.note("bot", "", message=dict(load_phrases().new_session.message()))
        self._lines[sid] = (session, address)
        session.sockets.add(sid)
        await self.sio.enter_room(sid, session.sender)
        known = epoch if isinstance(epoch, str) else ""
        info = self.talk.info(session, known, last if isinstance(last, int) else 0)
        await self.sio.emit("session", info, to=sid)

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        session, _ = self._lines.pop(sid, (None, ""))
        self._refused.pop(sid, None)
        if session is not None:
            session.sockets.discard(sid)

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
        self.talk.ask(session, data["id"], data["text"], str(data.get("shown") or ""))
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
