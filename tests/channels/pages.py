"""Helpers for tests with pages of one person on several servers."""

from __future__ import annotations

from typing import Any

from testing.page import Page
from tests.channels.conftest import Bot


def web(bot: Bot) -> Any:
    """The conversations of the web channel in that server."""
    return next(rule for rule in bot.app.blueprints.values() if rule.name == "whichpath_web").ctx.live.talk


def url(bot: Bot) -> str:
    """The address of that server."""
    return str(bot.http.base_url)


async def tabs(pair: tuple[Bot, Bot], *more: int) -> list[Page]:
    """Pages of one person: on the first server, then on the servers with the given indices."""
    first = await Page(url(pair[0])).come()
    return [first, *[await Page(url(pair[at]), first.session).come() for at in more]]
