"""The widget's live connection: socket.io over a web socket at ``/chat/live/``.

Page to server: ``say {id, text, shown}`` and ``erase {}``, both acknowledged with ``{ok, error?}``.
Server to page: ``session {session, epoch, reset, entries, open}`` after each connection, ``entry``,
``typing {id, on}``, ``ended {}``. The token at the connection decides whose conversation it is; no later event names
one. ``widget/src/types.ts`` is the other side.

Pages of one person may be connected to several processes. Each process is notified of changes and reads from the
transcript what its pages lack, so that they get every line once and in order.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import socketio
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards import danger
from whichpath.channels.guards.limits import CONNECTS, FRAMES, LINES, PER_ADDRESS, PER_SESSION, Buckets, address_of
from whichpath.channels.requests import BadRequest, whole
from whichpath.channels.web.origins import Origins
from whichpath.channels.web.sessions import Session
from whichpath.channels.web.shared import Bus
from whichpath.channels.web.talk import Talk
from whichpath.channels.web.transcript import Unreachable
from whichpath.library.phrases import load_phrases

PATH = "/chat/live/"
#: Bytes of a frame. The longest message that is read in full has 1,000 characters.
FRAME_LIMIT = 32 * 1024
TEXT_LIMIT = 8_000
ID_LIMIT = 64
#: Refused messages after which a connection is closed.
PATIENCE = 100
#: Seconds that a connection may stay unauthenticated; most open connections of one address.
KNOCK_SECONDS, OPEN_LINES = 10, 500


class _Server(socketio.AsyncServer):
    """Closes connections that never authenticate or that flood; the library does neither."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._frames = Buckets(FRAMES)

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        asyncio.get_running_loop().call_later(KNOCK_SECONDS, self._cut_silent, eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        if self._frames.wait(eio_sid):
            await self._cut(eio_sid)
        else:
            await super()._handle_eio_message(eio_sid, data)

    def _cut_silent(self, eio_sid: str) -> None:
        if eio_sid in self.environ and not self.manager.sid_from_eio_sid(eio_sid, "/"):
            self.start_background_task(self._cut, eio_sid)

    async def _cut(self, eio_sid: str) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None and not socket.closed:
            # Not `disconnect`: it waits for ever where the client no longer reads.
            await socket.close(wait=False)
            await socket.queue.put(None)


class Live:
    """The socket.io server and its events."""

    def __init__(self, talk: Talk, origins: Origins) -> None:
        self.talk = talk
        self.bus: Bus | None = None
        self._lines: dict[str, tuple[Session, str]] = {}
        self._open: Counter[str] = Counter()
        self._refused: dict[str, int] = {}
        self.sio = _Server(
            async_mode="sanic",
            cors_allowed_origins=lambda origin, environ: origins.allow(origin, environ.get("HTTP_HOST")),
            cors_credentials=False,
            # No polling: it would need all requests of a connection to reach the same worker.
            transports=["websocket"],
            allow_upgrades=False,
            max_http_buffer_size=FRAME_LIMIT,
            # A dead connection is noticed within 20 s on both sides.
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
        """Adds the route; call it before the server starts."""
        app.config.WEBSOCKET_MAX_SIZE = FRAME_LIMIT
        app.register_middleware(self._admit, "request")
        self.sio.attach(app, PATH.strip("/"))

    async def _admit(self, request: Request) -> HTTPResponse | None:
        if request.path.startswith(PATH.rstrip("/")):
            try:
                await self.talk.limits.admit_at(LINES, address_of(request))
            except BadRequest as fault:
                return fault.answer()
        return None

    # --- to the pages ---

    async def _tell(self, event: str, session: Session, data: dict[str, Any]) -> None:
        """Sends to all pages of a session, in every process; lines that only this one has (``unkept``) stay."""
        if self.bus is not None and event != "unkept":
            await self.bus.tell(event, session.sender, data)
        await self._deliver(event, session, data)

    async def hear(self, event: str, sender: str, data: dict[str, Any]) -> None:
        """Handles a notification of another process."""
        session = self.talk.sessions.get(sender)
        if session is not None:
            await self._deliver(event, session, data)
            if event == "ended":
                self.talk.sessions.drop(session)

    async def _deliver(self, event: str, session: Session, data: dict[str, Any]) -> None:
        if not session.sockets:
            return
        if event == "entry":
            await self._catch_up(session)
        elif event == "typing":
            await self.sio.emit(event, data, room=session.sender)
        elif event == "start_over":
            await self._start_over(session)
        elif event == "unkept":
            await self._unkept(session, data)
        elif event == "ended":
            await self.sio.emit(event, data, room=session.sender)
            for sid in list(session.sockets):
                await self.sio.disconnect(sid)

    async def _catch_up(self, session: Session) -> None:
        """Sends what the pages of ``session`` in this process lack."""
        async with session.delivering:
            try:
                info = await self.talk.transcript.after(session.sender, session.epoch, session.last)
            except Unreachable:
                return  # the bus catches up when Redis is back
            if info["reset"]:
                await self.sio.emit("session", {"session": session.token, **info}, room=session.sender)
            else:
                for entry in info["entries"]:
                    await self.sio.emit("entry", entry, room=session.sender)
            self._has(session, info)

    @staticmethod
    def _has(session: Session, info: dict[str, Any], last: int = 0) -> None:
        """Records that the pages have ``info``, and everything up to ``last`` unless they start over."""
        if session.epoch != info["epoch"]:
            session.last = 0
        session.epoch = info["epoch"]
        before = 0 if info["reset"] else last
        session.last = max(session.last, before, *(entry["seq"] for entry in info["entries"]))

    async def _start_over(self, session: Session) -> None:
        # `erased`: the page must not send pending questions again.
        async with session.delivering:
            try:
                session.epoch = (await self.talk.transcript.after(session.sender, "", 0))["epoch"]
            except Unreachable:
                session.epoch = ""
            session.last = 0
            facts = {"session": session.token, "epoch": session.epoch, "reset": True, "entries": [], "open": []}
            await self.sio.emit("session", {**facts, "erased": True}, room=session.sender)
        await self._catch_up(session)

    async def _unkept(self, session: Session, data: dict[str, Any]) -> None:
        """Sends lines that could not be stored in the transcript; they are numbered between two others."""
        async with session.delivering:
            for at, message in enumerate(data["messages"]):
                seq = session.last + 0.5 + at / 100
                entry = {"seq": seq, "who": "bot", "id": data["id"], "message": message}
                await self.sio.emit("entry", entry, room=session.sender)
            session.epoch = ""

    async def catch_up(self) -> None:
        """After Redis was away: notifications may have been lost."""
        for session in self.talk.sessions:
            if session.sockets:
                await self._catch_up(session)

    # --- from the pages ---

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        address = address_of(environ["sanic.request"])
        given = auth if isinstance(auth, dict) else {}
        token, epoch, last = given.get("session"), given.get("epoch"), given.get("last")
        # Reconnections with a valid token are accepted: an unstable network is no attack.
        try:
            known = await self.talk.sessions.by_token(token) is not None
            if self._open[address] >= OPEN_LINES or not (known or await self.talk.limits.take_at(CONNECTS, address)):
                raise socketio.exceptions.ConnectionRefusedError("rate")
            session, fresh = await self.talk.open(token)
            if fresh and token:
                await self.talk.transcript.note(session.sender, dict(load_phrases().new_session.message()))
            shown = epoch if isinstance(epoch, str) else ""
            await self._let_in(sid, session, address, shown, last if isinstance(last, int) else -1)
        except Unreachable:
            # The page shows it, with the numbers to call, and tries again.
            raise socketio.exceptions.ConnectionRefusedError("unavailable") from None

    async def _let_in(self, sid: str, session: Session, address: str, epoch: str, last: int) -> None:
        async with session.delivering:
            info = await self.talk.transcript.after(session.sender, epoch, last)
            await self.sio.enter_room(sid, session.sender)
            self._lines[sid] = (session, address)
            self._open[address] += 1
            if not session.sockets:
                session.epoch = ""
                self._has(session, info, last)
            session.sockets.add(sid)
            await self.sio.emit("session", {"session": session.token, **info}, to=sid)

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        session, address = self._lines.pop(sid, (None, ""))
        self._refused.pop(sid, None)
        if session is not None:
            session.sockets.discard(sid)
            session.used = time.time()
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _say(self, sid: str, data: Any = None, *_more: Any) -> dict[str, Any]:
        line = self._lines.get(sid)
        if line is None or line[0].ended:
            return {"ok": False, "error": "ended"}
        fault = _fault_of(data)
        if fault:
            return await self._refuse(sid, fault)
        try:
            return await self._take_in(sid, *line, data)
        except Unreachable:
            return {"ok": False, "error": "unavailable"}

    async def _take_in(self, sid: str, session: Session, address: str, data: dict[str, Any]) -> dict[str, Any]:
        if data["id"] in session.running or await self.talk.transcript.seen(session.sender, data["id"]):
            return {"ok": True}
        text, instead = whole(data["text"]), None
        if not (await self._may(session) and await self.talk.limits.take_at(PER_ADDRESS, address)):
            # Messages of danger are exempt from limits.
            instead = danger.help_for(text)
            if instead is None:
                return await self._refuse(sid, "rate")
        task = await self.talk.ask(session, data["id"], text, whole(str(data.get("shown") or "")), instead)
        if task is None and await self.talk.transcript.ended(session.sender):
            return {"ok": False, "error": "ended"}
        return {"ok": True}

    async def _may(self, session: Session) -> bool:
        return await self.talk.limits.take(PER_SESSION, session.sender)

    async def _erase(self, sid: str, *_data: Any) -> dict[str, Any]:
        line = self._lines.get(sid)
        if line is None or line[0].ended:
            return {"ok": False, "error": "ended"}
        if not await self._may(line[0]):
            return await self._refuse(sid, "rate")
        try:
            return {"ok": await self.talk.erase(line[0])}
        except Unreachable:
            return {"ok": False, "error": "unavailable"}

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
