"""The versions of program and model: ``GET /version``, and the first line of the log."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from typing import Any

import tomli
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whichpath.channels.guards.server import Routes
from whichpath.server.page_input import PageInput
from whichpath.server.train import newest_model
from whichpath.settings import ROOT


@lru_cache(maxsize=1)
def version() -> dict[str, str]:
    """The program's version and the model's name. No secret: the code is public, and the name is a date."""
    model = newest_model()
    return {"version": _program(), "model": model.name.removesuffix(".tar.gz") if model else "none"}


def _program() -> str:
    file = ROOT / "pyproject.toml"
    if file.exists():
        return str(tomli.loads(file.read_text(encoding="utf-8"))["project"]["version"])
    try:
        return metadata.version("whichpath")
    except metadata.PackageNotFoundError:
        return "unknown"


class VersionInput(PageInput):
    """The endpoint ``/version``."""

    path = "version"

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """The route."""
        routes = Routes("whichpath_version")

        @routes.get("/")
        async def show(_request: Request) -> HTTPResponse:
            return response.json(version())

        return routes
