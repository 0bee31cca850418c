"""The action server: ``python -m ops.action_server``. Started and watched by ops/run.py.

The SDK's own start script binds to every address, allows every origin, and answers a fault with the
whole conversation in it; this one does none of that.
"""

from __future__ import annotations

import logging

from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from ops import logs
from ops.console import Stop, fail
from ops.settings import read_settings

logger = logging.getLogger(__name__)


async def on_fault(_request: Request, fault: Exception) -> HTTPResponse:
    """Any exception: its type, for Rasa's turn guard. No text of it, no tracker."""
    status = fault.status_code if isinstance(fault, SanicException) else 500
    logger.error("fault: %s", logs.where(fault))
    return json({"error": type(fault).__name__}, status=status)


def main() -> None:
    """Serves the package ``actions`` on 127.0.0.1 until a signal ends the process."""
    logs.configure()
    try:
        settings = read_settings()
    except Stop as fault:
        fail(str(fault))
    from rasa_sdk.endpoint import create_app

    app = create_app("actions", cors_origins="")
    app.error_handler.add(Exception, on_fault)
    app.run("127.0.0.1", settings.action_port)


if __name__ == "__main__":
    main()
