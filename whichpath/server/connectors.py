"""The input channels that Rasa serves: those of ``credentials.yml``, and every one of :mod:`whichpath.registry`."""

from __future__ import annotations

from typing import Any

from whichpath.patched import written_for
from whichpath.registry import channels


def input_channels(_only: str | None, credentials_file: str | None) -> list[Any]:
    """Replaces ``rasa.core.run.create_http_input_channels``.

    A channel needs no row in the file; a row holds options.
    """
    from rasa.core.run import _create_single_channel
    from rasa.shared.utils.io import read_config_file

    rows: dict[str, Any] = dict(read_config_file(credentials_file)) if credentials_file else {}
    for channel in channels():
        rows.setdefault(channel.connector, None)
    return [_create_single_channel(connector, options) for connector, options in rows.items()]


def install() -> None:
    """Call it once, before Rasa serves."""
    written_for("rasa")
    from rasa.core import run

    run.create_http_input_channels = input_channels
