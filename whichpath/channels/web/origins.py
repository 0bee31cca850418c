"""The allowed origins: our own pages, and those in ``WHICHPATH_ORIGINS``."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from rasa.shared.exceptions import RasaException

from whichpath.settings import read_settings

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")


class Origins:
    """The allow-list."""

    def __init__(self, named: str | None = None) -> None:
        """``named``: origins between commas or spaces, ``WHICHPATH_ORIGINS`` where left out.

        Raises:
            RasaException: one of them is not an origin (``https://www.example.org``, no path).
        """
        text = read_settings().origins if named is None else named
        rows = [row.lower().rstrip("/") for row in re.split(r"[,\s]+", text) if row]
        wrong = [row for row in rows if not _ORIGIN.fullmatch(row)]
        if wrong:
            raise RasaException(f"WHICHPATH_ORIGINS: '{wrong[0]}' is no origin like https://www.example.org")
        self.named = frozenset(rows)

    def allow(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of ``origin`` may call ``host``. No origin: not a request of a browser's page."""
        if origin is None:
            return True
        # Checked first: the standard library drops line ends, and the origin is echoed in a header.
        if not _ORIGIN.fullmatch(origin.lower()):
            return False
        own = bool(host) and urlsplit(origin.lower()).netloc == (host or "").lower()
        return own or origin.lower() in self.named
