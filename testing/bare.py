"""Both servers without Rasa, models or database, for fast tests: ``python -m testing.bare channels|actions PORT``."""

from __future__ import annotations

import sys

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from whichpath import logs


def channels() -> Sanic:
    """A server with two routes, configured like Rasa's server with our channels."""
    from whichpath.channels.guards.server import Routes

    app, routes = Sanic("bare"), Routes("bare_channels")

    @routes.get("/health")
    async def live(_request: Request) -> HTTPResponse:
        return json({"status": "ok"})

    @routes.post("/echo")
    async def echo(request: Request) -> HTTPResponse:
        return json({"bytes": len(request.body or b"")})

    app.blueprint(routes)
    return app


def main() -> None:
    """Serves until the process gets a signal."""
    from whichpath.server.action_server import make_app

    logs.configure()
    app = channels() if sys.argv[1] == "channels" else make_app("a token for the tests")
    app.run("127.0.0.1", int(sys.argv[2]))


if __name__ == "__main__":
    main()
