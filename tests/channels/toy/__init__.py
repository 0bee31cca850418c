"""A channel in one folder, as CONTRIBUTING.md says how to add one; and its entry, which a test puts into the registry.

Its provider posts ``{"id", "from", "text"}`` with the secret in a header, and takes messages out of a list.
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
