"""Routes that are no channels, which Rasa allows to input channels only."""

from __future__ import annotations

from typing import ClassVar

from rasa.core.channels.channel import InputChannel


class PageInput(InputChannel):
    """An operator's page. It takes no messages."""

    path: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """The name under which Rasa registers it."""
        return cls.path

    def url_prefix(self) -> str:
        """At the root, not below ``/webhooks/``."""
        return f"/{self.path}"
