"""The common start of both servers: logs, file permissions, settings, the token between them."""

from __future__ import annotations

from whichpath import logs
from whichpath.console import Stop, fail
from whichpath.settings import Settings, read_settings
from whichpath.store.identity import action_token
from whichpath.store.private import keep_private


def begin() -> tuple[Settings, str]:
    """Settings and token. An invalid setting ends the process with one line that names it."""
    logs.configure()
    keep_private()
    try:
        return read_settings(), action_token()
    except (Stop, ValueError) as fault:
        fail(str(fault))
