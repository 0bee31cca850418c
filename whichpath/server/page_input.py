"""Routes beside the channels: Rasa lets only its channels add any."""

from __future__ import annotations

from typing import ClassVar

from rasa.core.channels.channel import InputChannel


class PageInput(InputChannel):
    """A page of the operator. It takes no messages."""

    path: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """As Rasa lists it."""
        return cls.path

    def url_prefix(self) -> str:
        """At the root, not below ``/webhooks/``."""
        return f"/{self.path}"
