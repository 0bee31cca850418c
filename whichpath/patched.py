"""The versions of Rasa and Sanic that our patches are written for. Each patch checks its own before it is installed.

Where the patches are: :mod:`whichpath.channels.guards.turn`, :mod:`whichpath.channels.guards.heads`,
:mod:`whichpath.server.connectors`, :mod:`whichpath.server.quick`, :mod:`whichpath.server.lean`.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata

WRITTEN_FOR = {"rasa": "3.6", "sanic": "21.12", "dask": "2022.10"}


@cache
def written_for(package: str) -> None:
    """Returns if the installed ``package`` is of the line that the patches are written for.

    Raises:
        RuntimeError: it is another one, whose inside may differ.
    """
    found, wanted = metadata.version(package), WRITTEN_FOR[package]
    if not found.startswith(f"{wanted}."):
        raise RuntimeError(f"whichpath patches {package} {wanted}, and {found} is installed: see whichpath/patched.py")
