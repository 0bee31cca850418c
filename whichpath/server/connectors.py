"""The input channels that Rasa serves: those of ``credentials.yml``, and every one of :mod:`whichpath.registry`."""

from __future__ import annotations

from typing import Any

from whichpath.registry import channels

#: The version of Rasa whose function :func:`install` replaces.
RASA = "3.6"


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
    import rasa
    from rasa.core import run

    assert rasa.__version__.startswith(f"{RASA}."), "written for another version of Rasa"
    run.create_http_input_channels = input_channels
