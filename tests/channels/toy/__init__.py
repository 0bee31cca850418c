"""A channel in one folder, added as CONTRIBUTING.md describes, and its entry, which a test adds to the registry.

Its provider posts ``{"id", "from", "text"}`` with the secret in a header, and reads messages from a list.
"""

from __future__ import annotations

from whichpath.registry import Channel

FOLDER = "tests.channels.toy"
TOY = Channel(
    name="toy",
    title="Toy",
    connector=f"{FOLDER}.channel.ToyInput",
    settings=f"{FOLDER}.provider.read_toy",
    sender=f"{FOLDER}.provider.open_sender",
    words=(f"{FOLDER}.conversation.load_wording",),
    queued=True,
    deletes=True,
    kept=lambda _settings: 3600.0,
)
