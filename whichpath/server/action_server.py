"""The action server: ``python -m whichpath.server.action_server``. Started and supervised by whichpath/server/run.py.

The SDK's own start script binds to every address, allows every origin, has no authentication, and returns the whole
conversation in an error response; this one does not.
"""

from __future__ import annotations

import hmac
import logging

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from whichpath import logs
from whichpath.channels.guards import heads
from whichpath.server.begin import begin

logger = logging.getLogger(__name__)
#: Limit of a request in bytes: Rasa sends the whole conversation with every call.
BODY_BYTES = 32 * 1024 * 1024
#: Seconds that a connection without requests stays open: longer than the client (aiohttp, 15) keeps it.
IDLE = 60


async def on_fault(_request: Request, fault: Exception) -> HTTPResponse:
    """Any exception: responds with its type, for the turn guard; without its text or the tracker."""
    status = fault.status_code if isinstance(fault, SanicException) else 500
    logger.error("fault: %s", logs.where(fault))
    return json({"error": type(fault).__name__}, status=status)


def guard(app: Sanic, token: str) -> None:
    """Accepts requests with ``token``. Liveness needs none, but a wrong one is refused, so that Rasa notices it at
    once."""
    expected = f"Bearer {token}".encode()

    async def admit(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization")
        if (given is None and request.path == "/health") or request.method == "NONE":
            return None  # NONE: a head that could not be read, which `on_fault` answers
        # Sanic keeps undecodable bytes as lone surrogates.
        if hmac.compare_digest((given or "").encode(errors="surrogateescape"), expected):
            return None
        return json({"error": "The token does not fit."}, status=401, headers={"WWW-Authenticate": "Bearer"})

    app.register_middleware(admit, "request")


def make_app(token: str) -> Sanic:
    """The SDK's server for the package ``actions``, with our guards."""
    from rasa_sdk.endpoint import create_app

    app = create_app("actions", cors_origins="")
    app.config.REQUEST_MAX_SIZE = BODY_BYTES
    app.config.KEEP_ALIVE_TIMEOUT = IDLE
    app.error_handler.add(Exception, on_fault)
    guard(app, token)
    heads.install(app)
    return app


def main() -> None:
    """Serves the package ``actions`` on 127.0.0.1 until a signal."""
    settings, token = begin()
    make_app(token).run("127.0.0.1", settings.action_port)


if __name__ == "__main__":
    main()
